"""What one part of a path looks like: an id, a locale, a slug or a plain word."""

import re
from functools import lru_cache
from typing import NamedTuple

from babel.localedata import locale_identifiers

ID, SLUG = ":id", ":slug"
_REMEMBERED = 1 << 16
_DEEPEST = 12
_ID = re.compile(
    r"\d+"  # numbers
    r"|[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}"
    r"|(?=[0-9a-fA-F]*\d)[0-9a-fA-F]{12,}"  # hashes, object ids
)
_CODE = re.compile(r"(?=[A-Za-z_-]*\d)[A-Za-z0-9_-]{20,}|[A-Za-z]{1,8}-\d{2,}")  # tokens, SKU-1042
_WORDS = re.compile(r"(?:[A-Za-z]+|\d{1,6}[A-Za-z]{0,3})(?:[-_](?:[A-Za-z]+|\d{1,6}[A-Za-z]{0,3})){2,}")
_ENDING = re.compile(r"\.(?:html?|php|aspx?|jsp)$")
_SHAPE = re.compile(r"[^\W_][-_+.~][^\W_]|\d|%")
_LANGUAGES = frozenset(name for name in locale_identifiers() if len(name) == 2)  # of ISO 639-1
_REGION = re.compile(r"[-_](?:[A-Za-z]{2}|[A-Za-z]{4}|\d{3})$")


class Part(NamedTuple):
    """A part as it came, as it is written while nothing is learned, and whether its place is worth counting."""

    text: str
    plain: str
    counts: bool
    locale: bool = False


@lru_cache(_REMEMBERED)
def parts(path: str) -> tuple[Part, ...]:
    """The first twelve parts of a path; only the first can be a locale."""
    texts = [text for text in path.split("/")[1:] if text][:_DEEPEST]
    return tuple(_part(text, is_locale(text) and not at) for at, text in enumerate(texts))


def _part(text: str, locale: bool) -> Part:
    if locale or text.startswith(":"):
        return Part(text, text, False, locale)
    if _ID.fullmatch(text):
        return Part(text, ID, False)
    return Part(text, ID if is_code(text) else text, True)


def without_ids(path: str) -> str:
    """A path with every part that looks like an id replaced by `:id`; a trailing slash is dropped."""
    if not path:
        return ""
    shown = (ID if _ID.fullmatch(text) or is_code(text) else text for text in path.split("/"))
    return "/".join(shown).rstrip("/") or "/"


def is_code(text: str) -> bool:
    """Whether it looks like a code, such as SKU-1042 or a token; words and short numbers in a row are none.

    >>> is_code("SKU-1042"), is_code("9f3cA7bQx81LmZ40pTr2w"), is_code("the-shellcoders-handbook_209")
    (True, True, False)
    """
    return bool(_CODE.fullmatch(text)) and not _WORDS.fullmatch(text) and not is_locale(text)


def is_locale(text: str) -> bool:
    """A language by its code of two letters, alone or with a region or a script.

    >>> [is_locale(text) for text in ("en", "en-gb", "zh_Hant", "es-419", "cart")]
    [True, True, True, True, False]
    """
    return _REGION.sub("", text).lower() in _LANGUAGES


def is_shaped(text: str) -> bool:
    """Whether it has the shape of a slug: several words in a row, a digit, or signs that had to be encoded.

    >>> [is_shaped(text) for text in ("ivy-large", "fern2", "caf%C3%A9", "about", "about.html")]
    [True, True, True, False, False]
    """
    return bool(_SHAPE.search(_ENDING.sub("", text)))
