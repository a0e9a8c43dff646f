"""Texts with personal data and secrets masked, at the least cost for the many that have none."""

import re
import string
from collections.abc import Callable, Iterable, Iterator
from functools import lru_cache

from afterclick.collect.passage.cleaning.address_queries import address_queries, may_have_query
from afterclick.collect.passage.cleaning.addresses import addresses, may_ask
from afterclick.collect.passage.cleaning.commands import commands, may_run
from afterclick.collect.passage.cleaning.keys import keys
from afterclick.collect.passage.cleaning.named import bare, named
from afterclick.collect.passage.cleaning.names import may_be_bare, may_name
from afterclick.collect.passage.cleaning.numbers import numbers, telephones
from afterclick.collect.passage.cleaning.view import Mask, View, masked

_REMEMBERED = 8192
_SHORTEST, _LONGEST = 13, 512
"""Characters of the shortest text that is remembered, and that without a sign may hold a key or a number; and of the
longest that is remembered: a longer one repeats less."""

_SIGNS = bytes(sign in b"%&\\@+=:?<\x00" or sign > 127 for sign in range(256))
_WORDS = bytes.maketrans((string.ascii_letters + string.digits + "-_").encode(), b"a" * 64)
_NO_DIGITS = bytes(set(range(256)) - set(string.digits.encode()))
_SIGN, _KEY, _FEWEST = b"\x01", b"a" * 14, 10
"""What most of what is looked for has in it, or is spelled with; the shortest run of a key; the fewest digits of a
card's number or an IBAN."""
_BEYOND = 512
"""What is looked at beyond a cut: what may be personal is shorter, or known by how it begins."""
_MAIL = re.compile(r"[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,8}")
_NO_HOST = re.compile(
    r"\.(?:\d+|png|jpe?g|gif|webp|avif|svg|ico|m?js|cjs|tsx?|jsx|css|json|html?|woff2?|map)$", re.I
)
"""How what stands behind an @ ends where it is a version or a file: `react@18.2.0`, `logo@2x.png`."""
_SPELLED_OUT = re.compile(
    r"[\w.+-]{1,64} ?[(\[]at[)\]] ?[\w-]{1,63}(?:(?:\.| ?[(\[] ?do?t ?[)\]] ?)[\w-]{1,63}){0,7}"
    r"(?:\.| ?[(\[] ?do?t ?[)\]] ?)[^\W\d_]{2,24}(?![\w(])",
    re.IGNORECASE,
)
"""An address that is to be read by people alone."""
_USERINFO = re.compile(r"://[^\s/:@?#\"'<>]{0,64}:(?!\[)([^\s/\"'<>]{1,256})@")
"""The password of a connection string."""


def scrubbed(text: str) -> str:
    """The text with personal data and secrets masked."""
    return _remembered(text) if _SHORTEST <= len(text) <= _LONGEST else _scrubbed(text)


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
    if _SIGN in raw.translate(_SIGNS):
        view = View(text)
        plain = view.plain
        finders = _finders(plain, raw if plain is text else plain.encode("ascii", "replace"), True)
        if may_have_query(plain):
            finders = [address_queries, *finders]
    elif not (finders := _short(text) if len(raw) < _SHORTEST else _finders(text, raw, False)):
        return text
    else:
        view = View(text)
    masks = [mask for find in finders for mask in find(view)]
    return masked(text, masks) if masks else text


_Finder = Callable[[View], Iterable[Mask]]


def _short(text: str) -> list[_Finder]:
    """The same for a short text without signs: `passwd x`, `/otp/123456`."""
    if " " in text and may_be_bare(text.lower()):
        return [bare]
    return [addresses] if "/" in text and may_ask(text.lower()) else []


def _finders(plain: str, raw: bytes, is_signed: bool) -> list[_Finder]:
    """What may find something in a plain text, which is `raw` but for letters beyond ASCII.

    Looks for a plain piece of each pattern first: a search by expression costs ten times as much.
    """
    lower = plain.lower()
    finders: list[_Finder] = []
    if (
        _KEY in raw.translate(_WORDS)
        or "hook" in plain
        or "---" in plain
        or "earer" in lower
        or "basic" in lower
    ):
        finders.append(keys)
    if is_signed:
        finders += _of_signs(plain, lower)
    elif "--" in plain:
        finders.append(named)
    if " " in plain and may_be_bare(lower):
        finders.append(bare)
    if "-" in plain and (" -" in plain or '"-' in plain or "'-" in plain) and may_run(plain):
        finders.append(commands)
    if "at)" in lower or "at]" in lower:
        finders.append(_spelled_out)
    if "/" in plain and may_ask(lower):
        finders.append(addresses)
    if len(raw.translate(None, _NO_DIGITS)) >= _FEWEST:
        finders.append(numbers)
    return finders


def _of_signs(plain: str, lower: str) -> list[_Finder]:
    finders: list[_Finder] = []
    if "@" in plain:
        finders.append(_before_at)
    if "+" in plain:
        finders.append(telephones)
    if ("=" in plain or ":" in plain or "</" in plain or "--" in plain) and may_name(lower):
        finders.append(named)
    return finders


def _spelled_out(view: View) -> Iterator[Mask]:
    for found in _SPELLED_OUT.finditer(view.plain):
        yield view.mask(*found.span(), "[email]")


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
