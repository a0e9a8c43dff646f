import pytest
from tests.accounts.conftest import PASSWORD

from afterclick.accounts.members import Members
from afterclick.accounts.policy import Capability, Role
from afterclick.accounts.viewer import EVERY_SITE
from afterclick.errors import InvalidInput, NotFound

pytestmark = pytest.mark.usefixtures("quick_hashes")

ADMINISTRATOR = {EVERY_SITE: Role.ADMINISTRATOR}


def test_a_person_has_the_role_of_each_site_and_nothing_on_others(members: Members) -> None:
    roles = {"shop": Role.SUPPORT, "blog": Role.MARKETING}
    viewer = members.people.create("Jana@Example.com ", " Jana  N ", PASSWORD, roles).viewer
    assert viewer.name == "jana@example.com"
    assert viewer.may(Capability.PERSONAL, "shop")
    assert not viewer.may(Capability.PERSONAL, "blog")
    assert viewer.may(Capability.MONEY, "blog")
    assert not viewer.capabilities("other")


def test_an_address_has_one_account_however_it_is_written(members: Members) -> None:
    members.people.create("jana@example.com", "", None, {})
    with pytest.raises(InvalidInput, match="has an account already"):
        members.people.create("JANA@example.com", "", None, {})
    found = members.people.by_email(" Jana@EXAMPLE.com")
    assert found is not None
    assert not found.has_password


@pytest.mark.parametrize("email", ["", "jana", "@x", "a b@x", "a@b@c", "a@" + "x" * 300, "\ud800@x", "a\0@x"])
def test_what_is_no_address_is_refused(members: Members, email: str) -> None:
    if email == "\ud800@x":  # kept with a question mark, harmless
        assert members.people.create(email, "", None, {}).email == "?@x"
        return
    with pytest.raises(InvalidInput, match="e-mail address"):
        members.people.create(email, "", None, {})


def test_the_last_administrator_stays(members: Members) -> None:
    people = members.people
    first = people.create("a@x.com", "", None, ADMINISTRATOR)
    for change in (
        lambda: people.remove(first.id),
        lambda: people.take(first.id, EVERY_SITE),
        lambda: people.give(first.id, EVERY_SITE, Role.SUPPORT),
    ):
        with pytest.raises(InvalidInput, match="last administrator"):
            change()
    assert people.get(first.id).roles == ADMINISTRATOR
    people.create("b@x.com", "", None, ADMINISTRATOR)
    people.remove(first.id)
    assert [one.email for one in people.list()] == ["b@x.com"]


def test_a_role_is_changed_and_taken_site_by_site(members: Members) -> None:
    people = members.people
    people.create("a@x.com", "", None, ADMINISTRATOR)
    jana = people.create("jana@x.com", "", None, {"shop": Role.SUPPORT})
    people.give(jana.id, "shop", Role.PRODUCT)
    people.give(jana.id, "blog", Role.EXECUTIVE)
    people.take(jana.id, "shop")
    assert people.get(jana.id).roles == {"blog": Role.EXECUTIVE}
    with pytest.raises(NotFound):
        people.give("nobody", "shop", Role.SUPPORT)


def test_removing_a_person_ends_their_sessions_and_second_factor(members: Members) -> None:
    members.people.create("a@x.com", "", None, ADMINISTRATOR)
    jana = members.people.create("jana@x.com", "", None, {})
    token = members.sign_ins.start(jana.id, "127.0.0.1", "")
    members.second_factors.enrol(jana.id, jana.email)
    members.people.remove(jana.id)
    assert members.sign_ins.find(token) is None
