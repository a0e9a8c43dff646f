"""Texts with personal data and secrets masked, at the least cost for the many that have none."""

import re
import string
from collections.abc import Iterator
from functools import lru_cache

from afterclick.collect.passage.cleaning.keys import has, keys
from afterclick.collect.passage.cleaning.named import named
from afterclick.collect.passage.cleaning.names import PIECES
from afterclick.collect.passage.cleaning.numbers import numbers, telephones
from afterclick.collect.passage.cleaning.view import Mask, View, masked

_REMEMBERED = 4096
_LONG, _LONGEST = 64, 512
"""Characters of a text that is remembered: a shorter one costs no more than that, a longer one repeats less."""

_SIGNS = bytes(sign in b"%&\\@+=:?<\x00" or sign > 127 for sign in range(256))
_WORDS = bytes.maketrans((string.ascii_letters + string.digits + "-_").encode(), b"a" * 64)
_NO_DIGITS = bytes(set(range(256)) - set(string.digits.encode()))
_SIGN, _KEY, _FEWEST, _SHORTEST = b"\x01", b"a" * 14, 10, 13
"""What all but keys and numbers has in it, or is spelled with; the shortest run of a key; the fewest digits of a card's
number or an IBAN; and characters of the shortest of them.
"""
_HOLDERS = ("hook", "earer", "EARER", "asic", "ASIC", "---")
"""What stands beside keys that may be shorter."""
_BEYOND = 512
"""What is looked at beyond a cut: what may be personal is shorter, or known by how it begins."""
_MAIL = re.compile(r"[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,8}")
_NO_HOST = re.compile(
    r"\.(?:\d+|png|jpe?g|gif|webp|avif|svg|ico|m?js|cjs|tsx?|jsx|css|json|html?|woff2?|map)$", re.I
)
"""How what stands behind an @ ends where it is a version or a file: `react@18.2.0`, `logo@2x.png`."""
_QUERY = re.compile(
    r"(?:(?:https?|wss?)://[^\s?#\"'<>\\]{1,2048}|(?<!\S)/[^\s?#\"'<>\\]{1,2048})(\?[^\s\"'<>\\]*)"
)
_USERINFO = re.compile(r"://[^\s/:@?#\"'<>]{0,64}:(?!\[)([^\s/\"'<>]{1,256})@")
"""The password of a connection string."""


def scrubbed(text: str) -> str:
    """The text with personal data and secrets masked."""
    return _remembered(text) if _LONG <= len(text) <= _LONGEST else _scrubbed(text)


@lru_cache(_REMEMBERED)
def label(text: str) -> str:
    """The same of a name that comes again and again: of an event, a step, a route, a service."""
    return scrubbed(text)


def cut(text: str, most: int) -> str:
    """At most so many characters of a text that is to be scrubbed. A longer one is scrubbed first, since the half of a
    card's number would not be known for one."""
    if len(text) <= most:
        return text
    clean = scrubbed(text[: most + _BEYOND])
    if len(text) > most + _BEYOND:
        clean = clean[:-_BEYOND]
    return clean[:most]


def without_query(url: str) -> str:
    """The URL up to its query or fragment."""
    return url.partition("?")[0].partition("#")[0]


@lru_cache(_REMEMBERED)
def _remembered(text: str) -> str:
    return _scrubbed(text)


def _scrubbed(text: str) -> str:
    raw = text.encode("ascii", "replace")
    if _SIGN not in raw.translate(_SIGNS) and (len(raw) < _SHORTEST or not _is_like(text, raw)):
        return text
    view = View(text)
    masks = _masks(view, raw if view.plain is text else view.plain.encode("ascii", "replace"))
    return masked(text, masks) if masks else text


def _is_like(text: str, raw: bytes) -> bool:
    """Whether a key, a number or a flag may be in a text without signs."""
    return "--" in text or _has_keys(text, raw) or _has_numbers(raw)


def _has_keys(text: str, raw: bytes) -> bool:
    return _KEY in raw.translate(_WORDS) or has(text, _HOLDERS)


def _has_numbers(raw: bytes) -> bool:
    return len(raw.translate(None, _NO_DIGITS)) >= _FEWEST


def _masks(view: View, raw: bytes) -> list[Mask]:
    """What is found in a view, whose plain text is `raw` but for letters beyond ASCII.

    Looks for a plain piece of each pattern first: a search by expression costs ten times as much.
    """
    plain = view.plain
    masks: list[Mask] = []
    if "?" in view.sent and "/" in view.sent:
        masks += [Mask(*found.span(1), "") for found in _QUERY.finditer(view.sent)]
    if _has_keys(plain, raw):
        masks += keys(view)
    if "@" in plain:
        masks += _before_at(view)
    if "+" in plain:
        masks += telephones(view)
    if ("=" in plain or ":" in plain or "</" in plain or "--" in plain) and has(plain.lower(), PIECES):
        masks += named(view)
    if _has_numbers(raw):
        masks += numbers(view)
    return masks


def _before_at(view: View) -> Iterator[Mask]:
    """E-mail addresses, and passwords that stand before a host."""
    text = view.plain
    passwords = [found.span(1) for found in _USERINFO.finditer(text)] if "://" in text else []
    for place in passwords:
        yield view.mask(*place, "[secret]")
    ends = {end for _, end in passwords}
    for found in _MAIL.finditer(text):
        if text.index("@", found.start()) not in ends and not _NO_HOST.search(found[0]):
            yield view.mask(*found.span(), "[email]")
