from concurrent.futures import ThreadPoolExecutor

import pytest

from afterclick.accounts import passwords
from afterclick.errors import InvalidInput, TooMany

GOOD = "seven herons by the weir"


@pytest.mark.parametrize(
    ("password", "why"),
    [
        ("short1!A", "at least 10 characters"),
        ("x" * 201, "at most 200"),
        ("password123", "lists of breached ones"),
        ("PASSWORD123", "lists of breached ones"),
        ("jana.novakova1", "guessed|Add a word"),
        ("aaaaaaaaaaaaaaaaaaaa", "lists of breached ones|Add a word"),
    ],
)
def test_a_password_that_would_be_guessed_is_refused_with_the_reason(password: str, why: str) -> None:
    with pytest.raises(InvalidInput, match=why):
        passwords.check(password, ("jana.novakova@example.com", "Jana Nováková"))


def test_a_password_is_judged_by_how_soon_it_is_guessed_and_never_by_kinds_of_characters() -> None:
    assert passwords.judged(GOOD).is_good
    assert not passwords.judged("Passw0rd!2").is_good


def test_only_the_password_fits_and_it_is_kept_by_argon2id() -> None:
    kept = passwords.hashed(GOOD)
    assert kept.startswith("$argon2id$")
    assert GOOD not in kept
    assert passwords.fits(GOOD, kept)
    assert not passwords.fits(GOOD + " ", kept)
    assert not passwords.fits(GOOD, None)
    assert not passwords.fits(GOOD, "no hash")


def test_a_password_fits_however_its_letters_are_composed() -> None:
    assert passwords.fits("caf\u00e9 na rohu ulice", passwords.hashed("cafe\u0301 na rohu ulice"))


@pytest.mark.parametrize("odd", ["", "\0" * 12, "\ud800" * 12, "a" * 1_000_000])
def test_odd_bytes_are_judged_and_compared_like_any(odd: str) -> None:
    passwords.judged(odd, (odd,))
    assert not passwords.fits(odd, passwords.hashed(GOOD))


def test_a_flood_of_passwords_is_turned_away_instead_of_filling_the_memory() -> None:
    def attempt(_: int) -> bool:
        try:
            return passwords.fits(GOOD, None)
        except TooMany:
            return True

    with ThreadPoolExecutor(32) as pool:
        turned_away = sum(pool.map(attempt, range(32)))
    assert 10 <= turned_away < 32
    assert passwords.fits(GOOD, passwords.hashed(GOOD))  # the line is free again
