import time
from dataclasses import replace

import pytest
from pyotp.totp import TOTP
from tests.accounts.conftest import PASSWORD
from tests.accounts.ticking import Ticking

from afterclick.accounts.accounts import Accounts
from afterclick.accounts.authentication import InvalidPassword, Origin
from afterclick.accounts.members import Member
from afterclick.accounts.policy import Role
from afterclick.errors import TooMany, Unauthorized

pytestmark = pytest.mark.parametrize("control_settings", ["sqlite"], indirect=True)  # hashing costs enough

HERE = Origin("203.0.113.7", "Firefox")


@pytest.fixture
def jana(accounts: Accounts) -> Member:
    return accounts.members.create("jana@x.com", "Jana", PASSWORD, {"shop": Role.SUPPORT})


def actions(accounts: Accounts) -> list[tuple[str, str]]:
    return [(one.action, one.target) for one in accounts.audit.read()]


def test_e_mail_and_password_begin_a_session_which_signing_out_ends(accounts: Accounts, jana: Member) -> None:
    started = accounts.authentication.sign_in(" JANA@x.com ", PASSWORD, HERE)
    assert not started.pending
    found = accounts.sign_ins.find(started.token)
    assert found is not None
    assert (found.member, found.address) == (jana.id, HERE.address)
    accounts.authentication.sign_out(started.token)
    assert accounts.sign_ins.find(started.token) is None
    assert actions(accounts) == [("signin.end", "jana@x.com"), ("signin.done", "jana@x.com")]


def test_an_unknown_address_is_answered_like_a_wrong_password_in_the_same_time(
    accounts: Accounts, jana: Member
) -> None:
    def answer(email: str) -> tuple[str, float]:
        began = time.process_time()
        with pytest.raises(Unauthorized) as refused:
            accounts.authentication.sign_in(email, "some other long password", HERE)
        return str(refused.value), time.process_time() - began

    known, unknown = [[answer(email) for _ in range(2)] for email in ("jana@x.com", "nobody@x.com")]
    assert {said for said, _ in known} == {said for said, _ in unknown}
    spent = [min(seconds for _, seconds in answers) for answers in (known, unknown)]
    assert max(spent) < 3 * min(spent)  # a hash is most of it; without one it would be a hundredth
    assert {action for action, _ in actions(accounts)} == {"signin.fail"}


def test_guessing_is_held_back_also_for_the_right_password(accounts: Accounts, jana: Member) -> None:
    for _ in range(5):
        with pytest.raises(Unauthorized):
            accounts.authentication.sign_in("jana@x.com", "wrong wrong wrong", HERE)
    with pytest.raises(TooMany):
        accounts.authentication.sign_in("jana@x.com", PASSWORD, HERE)
    assert accounts.authentication.sign_in("jana@x.com", PASSWORD, Origin("203.0.113.8")).token


def test_who_has_a_second_factor_gives_a_code_before_anything_opens(
    accounts: Accounts, jana: Member, clock: Ticking
) -> None:
    secret = accounts.second_factors.enrol(jana.id, jana.email).secret
    accounts.second_factors.confirm(jana.id, TOTP(secret).generate_otp(clock.now // 30_000))
    clock.later(30_000)
    started = accounts.authentication.sign_in("jana@x.com", PASSWORD, HERE)
    assert started.pending
    with pytest.raises(Unauthorized, match="does not fit"):
        accounts.authentication.with_code(started.token, "12345", HERE)
    token = accounts.authentication.with_code(
        started.token, TOTP(secret).generate_otp(clock.now // 30_000), HERE
    ).token
    assert token != started.token
    assert accounts.sign_ins.find(started.token) is None
    found = accounts.sign_ins.find(token)
    assert found is not None
    assert not found.pending
    with pytest.raises(Unauthorized):
        accounts.authentication.with_code(token, "123456", HERE)


def test_guessing_codes_is_held_back(accounts: Accounts, jana: Member, clock: Ticking) -> None:
    secret = accounts.second_factors.enrol(jana.id, jana.email).secret
    accounts.second_factors.confirm(jana.id, TOTP(secret).generate_otp(clock.now // 30_000))
    token = accounts.authentication.sign_in("jana@x.com", PASSWORD, HERE).token
    for _ in range(5):
        with pytest.raises(Unauthorized):
            accounts.authentication.with_code(token, "x", HERE)
    with pytest.raises(TooMany):
        accounts.authentication.with_code(token, "x", HERE)


def test_a_change_of_credentials_ends_every_session_and_begins_a_new_one(
    accounts: Accounts, jana: Member
) -> None:
    first, second = (accounts.authentication.sign_in("jana@x.com", PASSWORD, HERE).token for _ in range(2))
    found = accounts.sign_ins.find(first)
    assert found is not None
    fresh = accounts.authentication.renewed(found, HERE).token
    assert accounts.sign_ins.find(first) is None
    assert accounts.sign_ins.find(second) is None
    assert accounts.sign_ins.find(fresh)


def test_a_signed_in_member_proves_their_password_under_the_same_throttle(
    accounts: Accounts, jana: Member
) -> None:
    accounts.authentication.proves(jana.id, PASSWORD, HERE)
    for _ in range(5):
        with pytest.raises(InvalidPassword):
            accounts.authentication.proves(jana.id, "wrong wrong wrong", HERE)
    with pytest.raises(TooMany):
        accounts.authentication.proves(jana.id, PASSWORD, HERE)


def test_guesses_from_many_addresses_cannot_keep_the_owner_from_a_browser_they_have_used(
    accounts: Accounts, jana: Member, quick_hashes: None
) -> None:
    device = accounts.authentication.sign_in(jana.email, PASSWORD, HERE).device
    for number in range(50):
        with pytest.raises(Unauthorized):
            accounts.authentication.sign_in(jana.email, "wrong", Origin(f"198.51.100.{number}"))
    with pytest.raises(TooMany):
        accounts.authentication.sign_in(jana.email, PASSWORD, Origin("198.51.100.99"))
    assert accounts.authentication.sign_in(jana.email, PASSWORD, replace(HERE, device=device)).token
    with pytest.raises(TooMany):
        accounts.authentication.sign_in(jana.email, PASSWORD, Origin("198.51.100.99", device="made up"))


def test_a_browser_that_was_used_before_has_a_limit_of_its_own_for_its_account_alone(
    accounts: Accounts, jana: Member, quick_hashes: None
) -> None:
    known = replace(HERE, device=accounts.authentication.sign_in(jana.email, PASSWORD, HERE).device)
    for _ in range(5):
        with pytest.raises(Unauthorized):
            accounts.authentication.sign_in(jana.email, "wrong", known)
    with pytest.raises(TooMany):
        accounts.authentication.sign_in(jana.email, PASSWORD, known)
    accounts.members.create("petr@x.com", "Petr", PASSWORD, {"shop": Role.SUPPORT})
    for _ in range(5):
        with pytest.raises(Unauthorized):
            accounts.authentication.sign_in("petr@x.com", "wrong", known)
    with pytest.raises(TooMany):
        accounts.authentication.sign_in("petr@x.com", PASSWORD, HERE)


def test_the_same_address_written_differently_is_one_account_to_who_guesses(
    accounts: Accounts, jana: Member, quick_hashes: None
) -> None:
    for written in ("jana@x.com", " JANA@X.com", "\uff4aana@x.com", "j\uff41na@x.com", "Jana@x\uff0ecom"):
        with pytest.raises(Unauthorized):
            accounts.authentication.sign_in(written, "wrong", HERE)
    with pytest.raises(TooMany):
        accounts.authentication.sign_in("jana@x.com", PASSWORD, HERE)
