"""A text as a reader takes it: percent-encoding, HTML's and JSON's escapes, odd digits, dashes and spaces made plain.

What is looked for is written once, in plain signs, and found however it is spelled; what is found is told by its place
in the text as it was sent, so that all else stays as it is.
"""

import re
from collections.abc import Iterable
from functools import lru_cache
from html.entities import html5
from operator import itemgetter
from typing import NamedTuple
from unicodedata import category, decimal, is_normalized, normalize
from urllib.parse import unquote_to_bytes

_REMEMBERED = 4096  # spellings of signs
_HEX = "[0-9A-Fa-f]"
_PERCENT = "%(?:25){0,8}"
_SPELLED = re.compile(
    rf"{_PERCENT}(?:[c-fC-F]{_HEX}(?:{_PERCENT}[89abAB]{_HEX}){{1,3}}|[2-7]{_HEX}|0[9aAdD])"
    rf"|&(?:amp;){{0,8}}(?:#[0-9]{{1,7}};?|#[xX]{_HEX}{{1,6}};?|[A-Za-z]{{2,8}};)"
    rf"|\\u{_HEX}{{4}}|\\x{_HEX}{{2}}|\\[nrt]|\\{{1,8}}/"
    r"|[^\x00-\x7f]|\x00"
)
"""One sign that is spelled otherwise than ASCII writes it."""
_ODD = re.compile(
    "[\xad\u034f\u058a\u05be\u061c\u06dd\u115f\u1160\u1680\u180b-\u180e\u200b-\u2015\u202a-\u202e\u2060-\u206f\u2212"
    "\u2e17\u2e1a\u2e3a\u2e3b\u2e40\u301c\u3030\ufe00-\ufe0f\ufeff\ufff9-\ufffb]"
    r"|(?![0-9])\d|[\U000e0000-\U000e0fff]"
)
"""Signs that NFKC leaves, and that nobody sees or that read like ASCII's."""
_PARTS = re.compile(r"[\s\"'<>\\()\[\]{},;!`]")
"""What an address ends with, unless it is percent-encoded."""
_UNSEEN = frozenset(
    {0x034F, 0x115F, 0x1160, *range(0x180B, 0x180F), *range(0xFE00, 0xFE10), *range(0xE0100, 0xE01F0), 0}
)


class Mask(NamedTuple):
    """What stands instead of the signs from `start` to before `end` of a text as it was sent."""

    start: int
    end: int
    instead: str


_START = itemgetter(0)


class View:
    """`plain` is the text in plain signs; `lower` the same in small letters, sign by sign."""

    __slots__ = ("_ends", "_starts", "plain", "sent")

    def __init__(self, sent: str) -> None:
        self.sent = sent
        self.plain, self._starts, self._ends = _read(sent) if _is_odd(sent) else (sent, None, None)

    @property
    def lower(self) -> str:
        """In small letters, as many as there are: a few letters grow when made small, and stay as they are."""
        small = self.plain.lower()
        if len(small) == len(self.plain):
            return small
        return "".join([one if len(low := one.lower()) != 1 else low for one in self.plain])

    @property
    def glued(self) -> str:
        """The plain text in which nothing percent-encoded parts an address, as the space in `/my%20page?q=1` would."""
        if self._starts is None:
            return self.plain
        return _PARTS.sub(lambda found: "|" if self.depth(found.start()) else found[0], self.plain)

    def is_as_sent(self, at: int) -> bool:
        """Whether a sign was sent as it is read."""
        return self._starts is None or self.sent[self._starts[at]] == self.plain[at]

    def mask(self, start: int, end: int, instead: str) -> Mask:
        """A mask for a place of the plain text that holds a sign at least."""
        if self._starts is None or self._ends is None:
            return Mask(start, end, instead)
        return Mask(self._starts[start], self._ends[end - 1], instead)

    def depth(self, at: int) -> int:
        """How deep a sign is percent-encoded, as characters; 0 for one that is not.

        A sign that ends a value is spelled as the one that began it: in `a=b%26c` the ampersand is the value's own.
        """
        if self._starts is None or self._ends is None or self.sent[self._starts[at]] != "%":
            return 0
        return self._ends[at] - self._starts[at]


def masked(text: str, masks: Iterable[Mask]) -> str:
    """The text with its masks. Where two overlap they are one, which says what the longer says, or else the former."""
    parts: list[str] = []
    end = 0
    for mask in _apart(sorted(masks, key=_START)):
        parts += text[end : mask.start], mask.instead
        end = mask.end
    return "".join(parts) + text[end:] if parts else text


def _apart(masks: list[Mask]) -> list[Mask]:
    apart: list[Mask] = []
    for mask in masks:
        if not apart or mask.start >= apart[-1].end:
            apart.append(mask)
            continue
        last = apart[-1]
        longer = mask if mask.end - mask.start > last.end - last.start else last
        apart[-1] = Mask(last.start, max(last.end, mask.end), longer.instead)
    return apart


def _is_odd(text: str) -> bool:
    if "%" in text or "&" in text or "\\" in text or "\x00" in text:
        return True
    return not (text.isascii() or (is_normalized("NFKC", text) and _ODD.search(text) is None))


def _read(sent: str) -> tuple[str, list[int] | None, list[int] | None]:
    """The plain text, and where each of its signs begins and ends in the one that was sent."""
    parts: list[str] = []
    starts: list[int] = []
    ends: list[int] = []
    end = 0
    for found in _SPELLED.finditer(sent):
        spelled = found.group()
        plain = _plain(spelled)
        if plain == spelled:
            continue
        first, last = found.span()
        parts += sent[end:first], plain
        starts += range(end, first)
        ends += range(end + 1, first + 1)
        starts += [first] * len(plain)
        ends += [last] * len(plain)
        end = last
    if not parts:
        return sent, None, None
    starts += range(end, len(sent))
    ends += range(end + 1, len(sent) + 1)
    return "".join(parts) + sent[end:], starts, ends


@lru_cache(_REMEMBERED)
def _plain(spelled: str) -> str:
    """What a reader takes the sign for; nothing for one that nobody sees."""
    return "".join(map(_ascii, normalize("NFKC", _decoded(spelled))))


def _decoded(spelled: str) -> str:
    match spelled[0], spelled[-1]:
        case "%", _:
            return _of_bytes(spelled)
        case "&", _:
            return _of_entity(spelled)
        case "\\", ("n" | "r" | "t") if len(spelled) == 2:
            return " " if spelled[1] == "t" else "\n"
        case "\\", "/":
            return "/"
        case "\\", _:
            return chr(int(spelled[2:], 16))
        case _:
            return spelled


def _of_bytes(spelled: str) -> str:
    try:
        return unquote_to_bytes(re.sub("%(?:25)*(?=[0-9A-Fa-f]{2})", "%", spelled)).decode()
    except UnicodeDecodeError:
        return spelled


def _of_entity(spelled: str) -> str:
    name = re.sub("&(?:amp;)*(?=[^;])", "", spelled).strip(";")
    if not name.startswith("#"):
        return html5.get(f"{name};", spelled)
    number = int(name[2:], 16) if name[1] in "xX" else int(name[1:])
    return chr(number) if number < 0x110000 else spelled


def _ascii(sign: str) -> str:
    if sign.isascii():
        return "" if sign == "\x00" else sign
    kind = category(sign)
    if kind == "Nd":
        return str(decimal(sign))
    if kind == "Cf" or ord(sign) in _UNSEEN:
        return ""
    return "-" if kind == "Pd" or sign == "\u2212" else " " if kind == "Zs" else sign
