import pytest
from pyotp.totp import TOTP
from sqlalchemy import Engine, text
from tests.accounts.ticking import Ticking

from afterclick.accounts.accounts import Accounts
from afterclick.accounts.members import Member
from afterclick.accounts.totp import STEP_MS
from afterclick.errors import InvalidInput


@pytest.fixture
def jana(accounts: Accounts) -> Member:
    return accounts.members.create("jana@x.com", "", None, {})


def code(secret: str, clock: Ticking, steps: int = 0) -> str:
    return TOTP(secret).generate_otp(clock.now // STEP_MS + steps)


def test_a_second_factor_counts_once_a_code_of_it_was_seen(
    accounts: Accounts, jana: Member, clock: Ticking
) -> None:
    factors = accounts.second_factors
    enrolment = factors.enrol(jana.id, jana.email)
    assert factors.enrol(jana.id, jana.email) == enrolment
    assert "jana%40x.com" in enrolment.uri
    assert not factors.has(jana.id)
    with pytest.raises(InvalidInput, match="does not fit"):
        factors.confirm(jana.id, "000000" if code(enrolment.secret, clock) != "000000" else "111111")
    assert len(factors.confirm(jana.id, code(enrolment.secret, clock))) == 10
    assert factors.who() == {jana.id}
    with pytest.raises(InvalidInput, match="already"):
        factors.enrol(jana.id, jana.email)


def test_a_code_counts_once_and_only_around_its_time(
    accounts: Accounts, jana: Member, clock: Ticking
) -> None:
    factors = accounts.second_factors
    secret = factors.enrol(jana.id, jana.email).secret
    factors.confirm(jana.id, code(secret, clock))
    assert not factors.fits(jana.id, code(secret, clock))  # the one that confirmed it
    clock.later(STEP_MS)
    spaced = f"{code(secret, clock)[:3]} {code(secret, clock)[3:]}"
    assert factors.fits(jana.id, spaced)
    assert not factors.fits(jana.id, spaced)
    assert not factors.fits(jana.id, code(secret, clock, -1))  # older than the one just used
    assert not factors.fits(jana.id, code(secret, clock, 5))
    for nonsense in ("", "12345", "٤٤٤٤٤٤", "\ud800", "9" * 10_000):
        assert not factors.fits(jana.id, nonsense)


def test_a_recovery_code_counts_once_however_it_is_typed(
    accounts: Accounts, jana: Member, clock: Ticking
) -> None:
    factors = accounts.second_factors
    codes = factors.confirm(jana.id, code(factors.enrol(jana.id, jana.email).secret, clock))
    typed = codes[0].lower().replace("-", " ")
    assert factors.fits(jana.id, typed)
    assert not factors.fits(jana.id, typed)
    assert factors.recovery_codes_left(jana.id) == 9
    other = accounts.members.create("other@x.com", "", None, {})
    assert not factors.fits(other.id, codes[1])
    assert len(set(factors.new_recovery_codes(jana.id)) - set(codes)) == 10
    assert not factors.fits(jana.id, codes[1])


def test_the_database_holds_neither_the_secret_nor_a_code(
    accounts: Accounts, jana: Member, clock: Ticking, control: Engine
) -> None:
    factors = accounts.second_factors
    secret = factors.enrol(jana.id, jana.email).secret
    codes = factors.confirm(jana.id, code(secret, clock))
    with control.connect() as connection:
        kept = str(connection.execute(text("SELECT * FROM second_factors")).all())
        kept += str(connection.execute(text("SELECT * FROM recovery_codes")).all())
    assert secret not in kept
    assert not any(one in kept or one.replace("-", "") in kept for one in codes)


def test_a_second_factor_is_turned_off_with_its_recovery_codes(
    accounts: Accounts, jana: Member, clock: Ticking
) -> None:
    factors = accounts.second_factors
    codes = factors.confirm(jana.id, code(factors.enrol(jana.id, jana.email).secret, clock))
    factors.forget(jana.id)
    assert not factors.has(jana.id)
    assert not factors.fits(jana.id, codes[0])
