import pytest
from sqlalchemy import Engine, text
from tests.accounts.ticking import Ticking

from afterclick.accounts.members import Members
from afterclick.accounts.people import Person
from afterclick.accounts.signins import HOUR_MS, MOST, PENDING_MS


@pytest.fixture
def jana(members: Members) -> Person:
    return members.people.create("jana@x.com", "", None, {})


def test_a_token_opens_its_session_and_no_other_text_does(members: Members, jana: Person) -> None:
    token = members.sign_ins.start(jana.id, "10.0.0.1", "Firefox")
    found = members.sign_ins.find(token)
    assert found is not None
    assert (found.person, found.address, found.agent) == (jana.id, "10.0.0.1", "Firefox")
    for other in ("", token[:-1], token + "x", "\ud800", "x" * 100_000):
        assert members.sign_ins.find(other) is None


def test_the_database_holds_no_token(members: Members, jana: Person, control: Engine) -> None:
    token = members.sign_ins.start(jana.id, "", "")
    with control.connect() as connection:
        (row,) = connection.execute(text("SELECT * FROM sign_ins")).all()
    assert token not in map(str, row)


def test_an_idle_session_ends_and_one_in_use_does_not(members: Members, jana: Person, clock: Ticking) -> None:
    idle, used = (members.sign_ins.start(jana.id, "", "") for _ in range(2))
    for _ in range(3):
        clock.later(5 * HOUR_MS)
        assert members.sign_ins.find(used)
    assert members.sign_ins.find(idle) is None


def test_a_session_ends_when_it_is_too_old_however_much_it_is_used(
    members: Members, jana: Person, clock: Ticking
) -> None:
    token = members.sign_ins.start(jana.id, "", "")
    for _ in range(28):
        assert members.sign_ins.find(token)
        clock.later(6 * HOUR_MS)
    clock.later(1)
    assert members.sign_ins.find(token) is None


def test_a_session_that_owes_its_second_factor_ends_soon_and_is_not_listed(
    members: Members, jana: Person, clock: Ticking
) -> None:
    token = members.sign_ins.start(jana.id, "", "", pending=True)
    assert members.sign_ins.list(jana.id) == []
    clock.later(PENDING_MS + 1)
    assert members.sign_ins.find(token) is None


def test_sessions_are_listed_and_ended_one_by_one_or_all_by_their_owner_only(
    members: Members, jana: Person, clock: Ticking
) -> None:
    other = members.people.create("other@x.com", "", None, {})
    first, second = (members.sign_ins.start(jana.id, "", name) for name in ("first", "second"))
    clock.later(120_000)
    members.sign_ins.find(second)
    listed = members.sign_ins.list(jana.id)
    assert [one.agent for one in listed] == ["second", "first"]
    members.sign_ins.end(other.id, listed[0].id)
    assert members.sign_ins.find(second)
    members.sign_ins.end(jana.id, listed[0].id)
    assert members.sign_ins.find(second) is None
    members.sign_ins.end_all(jana.id)
    assert members.sign_ins.find(first) is None


def test_a_person_has_a_bounded_number_of_sessions(members: Members, jana: Person, clock: Ticking) -> None:
    tokens: list[str] = []
    for _ in range(MOST + 2):
        clock.later(1)
        tokens.append(members.sign_ins.start(jana.id, "", ""))
    assert len(members.sign_ins.list(jana.id)) == MOST
    assert members.sign_ins.find(tokens[0]) is None
    assert members.sign_ins.find(tokens[-1])
