import pytest
from sqlalchemy import Engine, text
from tests.accounts.ticking import Ticking

from afterclick.accounts.accounts import Accounts
from afterclick.accounts.members import Member
from afterclick.accounts.signins import HOUR_MS, MOST, PENDING_MS


@pytest.fixture
def jana(accounts: Accounts) -> Member:
    return accounts.members.create("jana@x.com", "", None, {})


def test_a_token_opens_its_session_and_no_other_text_does(accounts: Accounts, jana: Member) -> None:
    token = accounts.sign_ins.start(jana.id, "10.0.0.1", "Firefox")
    found = accounts.sign_ins.find(token)
    assert found is not None
    assert (found.member, found.address, found.agent) == (jana.id, "10.0.0.1", "Firefox")
    for other in ("", token[:-1], token + "x", "\ud800", "x" * 100_000):
        assert accounts.sign_ins.find(other) is None


def test_the_database_holds_no_token(accounts: Accounts, jana: Member, control: Engine) -> None:
    token = accounts.sign_ins.start(jana.id, "", "")
    with control.connect() as connection:
        (row,) = connection.execute(text("SELECT * FROM sign_ins")).all()
    assert token not in map(str, row)


def test_an_idle_session_ends_and_one_in_use_does_not(
    accounts: Accounts, jana: Member, clock: Ticking
) -> None:
    idle, used = (accounts.sign_ins.start(jana.id, "", "") for _ in range(2))
    for _ in range(3):
        clock.later(5 * HOUR_MS)
        assert accounts.sign_ins.find(used)
    assert accounts.sign_ins.find(idle) is None


def test_a_session_ends_when_it_is_too_old_however_much_it_is_used(
    accounts: Accounts, jana: Member, clock: Ticking
) -> None:
    token = accounts.sign_ins.start(jana.id, "", "")
    for _ in range(28):
        assert accounts.sign_ins.find(token)
        clock.later(6 * HOUR_MS)
    clock.later(1)
    assert accounts.sign_ins.find(token) is None


def test_a_session_that_owes_its_second_factor_ends_soon_and_is_not_listed(
    accounts: Accounts, jana: Member, clock: Ticking
) -> None:
    token = accounts.sign_ins.start(jana.id, "", "", pending=True)
    assert accounts.sign_ins.list(jana.id) == []
    clock.later(PENDING_MS + 1)
    assert accounts.sign_ins.find(token) is None


def test_sessions_are_listed_and_ended_one_by_one_or_all_by_their_owner_only(
    accounts: Accounts, jana: Member, clock: Ticking
) -> None:
    other = accounts.members.create("other@x.com", "", None, {})
    first, second = (accounts.sign_ins.start(jana.id, "", name) for name in ("first", "second"))
    clock.later(120_000)
    accounts.sign_ins.find(second)
    listed = accounts.sign_ins.list(jana.id)
    assert [one.agent for one in listed] == ["second", "first"]
    accounts.sign_ins.end(other.id, listed[0].id)
    assert accounts.sign_ins.find(second)
    accounts.sign_ins.end(jana.id, listed[0].id)
    assert accounts.sign_ins.find(second) is None
    accounts.sign_ins.end_all(jana.id)
    assert accounts.sign_ins.find(first) is None


def test_a_member_has_a_bounded_number_of_sessions(accounts: Accounts, jana: Member, clock: Ticking) -> None:
    tokens: list[str] = []
    for _ in range(MOST + 2):
        clock.later(1)
        tokens.append(accounts.sign_ins.start(jana.id, "", ""))
    assert len(accounts.sign_ins.list(jana.id)) == MOST
    assert accounts.sign_ins.find(tokens[0]) is None
    assert accounts.sign_ins.find(tokens[-1])
