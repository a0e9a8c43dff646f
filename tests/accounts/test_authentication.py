import time
from dataclasses import replace

import pytest
from pyotp.totp import TOTP
from tests.accounts.conftest import PASSWORD
from tests.accounts.ticking import Ticking

from afterclick.accounts.authentication import InvalidPassword, Origin
from afterclick.accounts.members import Members
from afterclick.accounts.people import Person
from afterclick.accounts.policy import Role
from afterclick.errors import TooMany, Unauthorized

pytestmark = pytest.mark.parametrize("control_settings", ["sqlite"], indirect=True)  # hashing costs enough

HERE = Origin("203.0.113.7", "Firefox")


@pytest.fixture
def jana(members: Members) -> Person:
    return members.people.create("jana@x.com", "Jana", PASSWORD, {"shop": Role.SUPPORT})


def actions(members: Members) -> list[tuple[str, str]]:
    return [(one.action, one.target) for one in members.audit.read()]


def test_e_mail_and_password_begin_a_session_which_signing_out_ends(members: Members, jana: Person) -> None:
    started = members.authentication.sign_in(" JANA@x.com ", PASSWORD, HERE)
    assert not started.pending
    found = members.sign_ins.find(started.token)
    assert found is not None
    assert (found.person, found.address) == (jana.id, HERE.address)
    members.authentication.sign_out(started.token)
    assert members.sign_ins.find(started.token) is None
    assert actions(members) == [("signin.end", "jana@x.com"), ("signin.done", "jana@x.com")]


def test_an_unknown_address_is_answered_like_a_wrong_password_in_the_same_time(
    members: Members, jana: Person
) -> None:
    def answer(email: str) -> tuple[str, float]:
        began = time.process_time()
        with pytest.raises(Unauthorized) as refused:
            members.authentication.sign_in(email, "some other long password", HERE)
        return str(refused.value), time.process_time() - began

    known, unknown = [[answer(email) for _ in range(2)] for email in ("jana@x.com", "nobody@x.com")]
    assert {said for said, _ in known} == {said for said, _ in unknown}
    spent = [min(seconds for _, seconds in answers) for answers in (known, unknown)]
    assert max(spent) < 3 * min(spent)  # a hash is most of it; without one it would be a hundredth
    assert {action for action, _ in actions(members)} == {"signin.fail"}


def test_guessing_is_held_back_also_for_the_right_password(members: Members, jana: Person) -> None:
    for _ in range(5):
        with pytest.raises(Unauthorized):
            members.authentication.sign_in("jana@x.com", "wrong wrong wrong", HERE)
    with pytest.raises(TooMany):
        members.authentication.sign_in("jana@x.com", PASSWORD, HERE)
    assert members.authentication.sign_in("jana@x.com", PASSWORD, Origin("203.0.113.8")).token


def test_who_has_a_second_factor_gives_a_code_before_anything_opens(
    members: Members, jana: Person, clock: Ticking
) -> None:
    secret = members.second_factors.enrol(jana.id, jana.email).secret
    members.second_factors.confirm(jana.id, TOTP(secret).generate_otp(clock.now // 30_000))
    clock.later(30_000)
    started = members.authentication.sign_in("jana@x.com", PASSWORD, HERE)
    assert started.pending
    with pytest.raises(Unauthorized, match="does not fit"):
        members.authentication.with_code(started.token, "12345", HERE)
    token = members.authentication.with_code(
        started.token, TOTP(secret).generate_otp(clock.now // 30_000), HERE
    ).token
    assert token != started.token
    assert members.sign_ins.find(started.token) is None
    found = members.sign_ins.find(token)
    assert found is not None
    assert not found.pending
    with pytest.raises(Unauthorized):
        members.authentication.with_code(token, "123456", HERE)


def test_guessing_codes_is_held_back(members: Members, jana: Person, clock: Ticking) -> None:
    secret = members.second_factors.enrol(jana.id, jana.email).secret
    members.second_factors.confirm(jana.id, TOTP(secret).generate_otp(clock.now // 30_000))
    token = members.authentication.sign_in("jana@x.com", PASSWORD, HERE).token
    for _ in range(5):
        with pytest.raises(Unauthorized):
            members.authentication.with_code(token, "x", HERE)
    with pytest.raises(TooMany):
        members.authentication.with_code(token, "x", HERE)


def test_a_change_of_credentials_ends_every_session_and_begins_a_new_one(
    members: Members, jana: Person
) -> None:
    first, second = (members.authentication.sign_in("jana@x.com", PASSWORD, HERE).token for _ in range(2))
    found = members.sign_ins.find(first)
    assert found is not None
    fresh = members.authentication.renewed(found, HERE).token
    assert members.sign_ins.find(first) is None
    assert members.sign_ins.find(second) is None
    assert members.sign_ins.find(fresh)


def test_a_signed_in_person_proves_their_password_under_the_same_throttle(
    members: Members, jana: Person
) -> None:
    members.authentication.proves(jana.id, PASSWORD, HERE)
    for _ in range(5):
        with pytest.raises(InvalidPassword):
            members.authentication.proves(jana.id, "wrong wrong wrong", HERE)
    with pytest.raises(TooMany):
        members.authentication.proves(jana.id, PASSWORD, HERE)


def test_guesses_from_many_addresses_cannot_keep_the_owner_from_a_browser_they_have_used(
    members: Members, jana: Person, quick_hashes: None
) -> None:
    device = members.authentication.sign_in(jana.email, PASSWORD, HERE).device
    for number in range(50):
        with pytest.raises(Unauthorized):
            members.authentication.sign_in(jana.email, "wrong", Origin(f"198.51.100.{number}"))
    with pytest.raises(TooMany):
        members.authentication.sign_in(jana.email, PASSWORD, Origin("198.51.100.99"))
    assert members.authentication.sign_in(jana.email, PASSWORD, replace(HERE, device=device)).token
    with pytest.raises(TooMany):
        members.authentication.sign_in(jana.email, PASSWORD, Origin("198.51.100.99", device="made up"))


def test_a_browser_that_was_used_before_has_a_limit_of_its_own_for_its_account_alone(
    members: Members, jana: Person, quick_hashes: None
) -> None:
    known = replace(HERE, device=members.authentication.sign_in(jana.email, PASSWORD, HERE).device)
    for _ in range(5):
        with pytest.raises(Unauthorized):
            members.authentication.sign_in(jana.email, "wrong", known)
    with pytest.raises(TooMany):
        members.authentication.sign_in(jana.email, PASSWORD, known)
    members.people.create("petr@x.com", "Petr", PASSWORD, {"shop": Role.SUPPORT})
    for _ in range(5):
        with pytest.raises(Unauthorized):
            members.authentication.sign_in("petr@x.com", "wrong", known)
    with pytest.raises(TooMany):
        members.authentication.sign_in("petr@x.com", PASSWORD, HERE)


def test_the_same_address_written_differently_is_one_account_to_who_guesses(
    members: Members, jana: Person, quick_hashes: None
) -> None:
    for written in ("jana@x.com", " JANA@X.com", "\uff4aana@x.com", "j\uff41na@x.com", "Jana@x\uff0ecom"):
        with pytest.raises(Unauthorized):
            members.authentication.sign_in(written, "wrong", HERE)
    with pytest.raises(TooMany):
        members.authentication.sign_in("jana@x.com", PASSWORD, HERE)
