import pytest
from sqlalchemy import Engine, text
from tests.accounts.conftest import PASSWORD
from tests.accounts.ticking import Ticking

from afterclick.accounts.invitations import GOOD_MS, RESET_MS
from afterclick.accounts.members import Members
from afterclick.accounts.policy import Role
from afterclick.accounts.viewer import THIS_MACHINE
from afterclick.errors import InvalidInput, NotFound

pytestmark = [
    pytest.mark.usefixtures("quick_hashes"),
    pytest.mark.parametrize("control_settings", ["sqlite"], indirect=True),
]

ROLES = {"shop": Role.SUPPORT}


def test_an_invitation_makes_an_account_with_its_roles_once(members: Members) -> None:
    token = members.invitations.invite(THIS_MACHINE, "Jana@x.com", ROLES)
    (listed,) = members.invitations.list()
    assert (listed.email, listed.roles, listed.invited_by) == ("jana@x.com", ROLES, "this machine")
    person = members.invitations.accept(token, "Jana", PASSWORD)
    assert person.roles == ROLES
    assert members.people.with_password("jana@x.com", PASSWORD) == person
    with pytest.raises(NotFound, match="expired or was used"):
        members.invitations.accept(token, "Jana", PASSWORD)
    assert members.invitations.list() == []


def test_a_password_that_is_refused_leaves_the_link_usable(members: Members) -> None:
    token = members.invitations.invite(THIS_MACHINE, "jana@x.com", ROLES)
    with pytest.raises(InvalidInput):
        members.invitations.accept(token, "Jana", "password123")
    assert members.invitations.accept(token, "Jana", PASSWORD).email == "jana@x.com"


def test_an_invitation_ends_by_time_by_withdrawal_and_by_a_newer_one(
    members: Members, clock: Ticking
) -> None:
    first = members.invitations.invite(THIS_MACHINE, "jana@x.com", ROLES)
    second = members.invitations.invite(THIS_MACHINE, "jana@x.com", ROLES)
    for gone in (first, "", "\ud800", second + "x"):
        with pytest.raises(NotFound):
            members.invitations.find(gone)
    members.invitations.withdraw(members.invitations.find(second).id)
    with pytest.raises(NotFound):
        members.invitations.find(second)
    third = members.invitations.invite(THIS_MACHINE, "jana@x.com", ROLES)
    clock.later(GOOD_MS)
    with pytest.raises(NotFound):
        members.invitations.find(third)


def test_who_has_an_account_is_not_invited_again(members: Members) -> None:
    members.people.create("jana@x.com", "", None, {})
    with pytest.raises(InvalidInput, match="has an account already"):
        members.invitations.invite(THIS_MACHINE, "jana@x.com", ROLES)


def test_a_reset_link_gives_a_new_password_once_and_for_a_day(members: Members, clock: Ticking) -> None:
    members.people.create("jana@x.com", "Jana", PASSWORD, ROLES)
    with pytest.raises(NotFound):
        members.invitations.reset(THIS_MACHINE, "nobody@x.com")
    token = members.invitations.reset(THIS_MACHINE, "jana@x.com")
    assert members.invitations.list() == []
    fresh = "nine lanterns over the harbour"
    assert members.invitations.accept(token, "", fresh).name == "Jana"
    assert members.people.with_password("jana@x.com", PASSWORD) is None
    assert members.people.with_password("jana@x.com", fresh)
    late = members.invitations.reset(THIS_MACHINE, "jana@x.com")
    clock.later(RESET_MS)
    with pytest.raises(NotFound):
        members.invitations.accept(late, "", PASSWORD)


def test_an_invitation_does_not_change_an_account_that_came_another_way(members: Members) -> None:
    token = members.invitations.invite(THIS_MACHINE, "jana@x.com", ROLES)
    members.people.create("jana@x.com", "Jana", None, {"blog": Role.EXECUTIVE})
    with pytest.raises(NotFound, match="no longer fits"):
        members.invitations.accept(token, "", PASSWORD)


def test_the_database_holds_no_token_of_an_invitation(members: Members, control: Engine) -> None:
    token = members.invitations.invite(THIS_MACHINE, "jana@x.com", ROLES)
    with control.connect() as connection:
        assert token not in str(connection.execute(text("SELECT * FROM invitations")).all())
