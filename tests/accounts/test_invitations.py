import pytest
from sqlalchemy import Engine, text
from tests.accounts.conftest import PASSWORD
from tests.accounts.ticking import Ticking

from afterclick.accounts.accounts import Accounts
from afterclick.accounts.invitations import GOOD_MS, RESET_MS
from afterclick.accounts.policy import Role
from afterclick.accounts.viewer import THIS_MACHINE
from afterclick.errors import InvalidInput, NotFound

pytestmark = [
    pytest.mark.usefixtures("quick_hashes"),
    pytest.mark.parametrize("control_settings", ["sqlite"], indirect=True),
]

ROLES = {"shop": Role.SUPPORT}


def test_an_invitation_makes_an_account_with_its_roles_once(accounts: Accounts) -> None:
    token = accounts.invitations.invite(THIS_MACHINE, "Jana@x.com", ROLES)
    (listed,) = accounts.invitations.list()
    assert (listed.email, listed.roles, listed.invited_by) == ("jana@x.com", ROLES, "this machine")
    member = accounts.invitations.accept(token, "Jana", PASSWORD)
    assert member.roles == ROLES
    assert accounts.members.with_password("jana@x.com", PASSWORD) == member
    with pytest.raises(NotFound, match="expired or was used"):
        accounts.invitations.accept(token, "Jana", PASSWORD)
    assert accounts.invitations.list() == []


def test_a_password_that_is_refused_leaves_the_link_usable(accounts: Accounts) -> None:
    token = accounts.invitations.invite(THIS_MACHINE, "jana@x.com", ROLES)
    with pytest.raises(InvalidInput):
        accounts.invitations.accept(token, "Jana", "password123")
    assert accounts.invitations.accept(token, "Jana", PASSWORD).email == "jana@x.com"


def test_an_invitation_ends_by_time_by_withdrawal_and_by_a_newer_one(
    accounts: Accounts, clock: Ticking
) -> None:
    first = accounts.invitations.invite(THIS_MACHINE, "jana@x.com", ROLES)
    second = accounts.invitations.invite(THIS_MACHINE, "jana@x.com", ROLES)
    for gone in (first, "", "\ud800", second + "x"):
        with pytest.raises(NotFound):
            accounts.invitations.find(gone)
    accounts.invitations.withdraw(accounts.invitations.find(second).id)
    with pytest.raises(NotFound):
        accounts.invitations.find(second)
    third = accounts.invitations.invite(THIS_MACHINE, "jana@x.com", ROLES)
    clock.later(GOOD_MS)
    with pytest.raises(NotFound):
        accounts.invitations.find(third)


def test_who_has_an_account_is_not_invited_again(accounts: Accounts) -> None:
    accounts.members.create("jana@x.com", "", None, {})
    with pytest.raises(InvalidInput, match="has an account already"):
        accounts.invitations.invite(THIS_MACHINE, "jana@x.com", ROLES)


def test_a_reset_link_gives_a_new_password_once_and_for_a_day(accounts: Accounts, clock: Ticking) -> None:
    accounts.members.create("jana@x.com", "Jana", PASSWORD, ROLES)
    with pytest.raises(NotFound):
        accounts.invitations.reset(THIS_MACHINE, "nobody@x.com")
    token = accounts.invitations.reset(THIS_MACHINE, "jana@x.com")
    assert accounts.invitations.list() == []
    fresh = "nine lanterns over the harbour"
    assert accounts.invitations.accept(token, "", fresh).name == "Jana"
    assert accounts.members.with_password("jana@x.com", PASSWORD) is None
    assert accounts.members.with_password("jana@x.com", fresh)
    late = accounts.invitations.reset(THIS_MACHINE, "jana@x.com")
    clock.later(RESET_MS)
    with pytest.raises(NotFound):
        accounts.invitations.accept(late, "", PASSWORD)


def test_an_invitation_does_not_change_an_account_that_came_another_way(accounts: Accounts) -> None:
    token = accounts.invitations.invite(THIS_MACHINE, "jana@x.com", ROLES)
    accounts.members.create("jana@x.com", "Jana", None, {"blog": Role.EXECUTIVE})
    with pytest.raises(NotFound, match="no longer fits"):
        accounts.invitations.accept(token, "", PASSWORD)


def test_the_database_holds_no_token_of_an_invitation(accounts: Accounts, control: Engine) -> None:
    token = accounts.invitations.invite(THIS_MACHINE, "jana@x.com", ROLES)
    with control.connect() as connection:
        assert token not in str(connection.execute(text("SELECT * FROM invitations")).all())
