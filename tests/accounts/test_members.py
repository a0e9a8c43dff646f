import pytest
from tests.accounts.conftest import PASSWORD

from afterclick.accounts.accounts import Accounts
from afterclick.accounts.policy import Capability, Role
from afterclick.accounts.viewer import EVERY_SITE
from afterclick.errors import InvalidInput, NotFound

pytestmark = pytest.mark.usefixtures("quick_hashes")

ADMINISTRATOR = {EVERY_SITE: Role.ADMINISTRATOR}


def test_a_member_has_the_role_of_each_site_and_nothing_on_others(accounts: Accounts) -> None:
    roles = {"shop": Role.SUPPORT, "blog": Role.MARKETING}
    viewer = accounts.members.create("Jana@Example.com ", " Jana  N ", PASSWORD, roles).viewer
    assert viewer.name == "jana@example.com"
    assert viewer.may(Capability.PERSONAL, "shop")
    assert not viewer.may(Capability.PERSONAL, "blog")
    assert viewer.may(Capability.MONEY, "blog")
    assert not viewer.capabilities("other")


def test_an_address_has_one_account_however_it_is_written(accounts: Accounts) -> None:
    accounts.members.create("jana@example.com", "", None, {})
    with pytest.raises(InvalidInput, match="has an account already"):
        accounts.members.create("JANA@example.com", "", None, {})
    found = accounts.members.by_email(" Jana@EXAMPLE.com")
    assert found is not None
    assert not found.has_password


@pytest.mark.parametrize("email", ["", "jana", "@x", "a b@x", "a@b@c", "a@" + "x" * 300, "\ud800@x", "a\0@x"])
def test_what_is_no_address_is_refused(accounts: Accounts, email: str) -> None:
    if email == "\ud800@x":  # kept with a question mark, harmless
        assert accounts.members.create(email, "", None, {}).email == "?@x"
        return
    with pytest.raises(InvalidInput, match="e-mail address"):
        accounts.members.create(email, "", None, {})


def test_the_last_administrator_stays(accounts: Accounts) -> None:
    members = accounts.members
    first = members.create("a@x.com", "", None, ADMINISTRATOR)
    for change in (
        lambda: members.remove(first.id),
        lambda: members.take(first.id, EVERY_SITE),
        lambda: members.give(first.id, EVERY_SITE, Role.SUPPORT),
    ):
        with pytest.raises(InvalidInput, match="last administrator"):
            change()
    assert members.get(first.id).roles == ADMINISTRATOR
    members.create("b@x.com", "", None, ADMINISTRATOR)
    members.remove(first.id)
    assert [one.email for one in members.list()] == ["b@x.com"]


def test_a_role_is_changed_and_taken_site_by_site(accounts: Accounts) -> None:
    members = accounts.members
    members.create("a@x.com", "", None, ADMINISTRATOR)
    jana = members.create("jana@x.com", "", None, {"shop": Role.SUPPORT})
    members.give(jana.id, "shop", Role.PRODUCT)
    members.give(jana.id, "blog", Role.EXECUTIVE)
    members.take(jana.id, "shop")
    assert members.get(jana.id).roles == {"blog": Role.EXECUTIVE}
    with pytest.raises(NotFound):
        members.give("nobody", "shop", Role.SUPPORT)


def test_removing_a_member_ends_their_sessions_and_second_factor(accounts: Accounts) -> None:
    accounts.members.create("a@x.com", "", None, ADMINISTRATOR)
    jana = accounts.members.create("jana@x.com", "", None, {})
    token = accounts.sign_ins.start(jana.id, "127.0.0.1", "")
    accounts.second_factors.enrol(jana.id, jana.email)
    accounts.members.remove(jana.id)
    assert accounts.sign_ins.find(token) is None
