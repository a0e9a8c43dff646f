"""The address of a page, taken apart: host, path, and the parameters of its query that someone asks for."""

import re
from collections.abc import Set as AbstractSet
from functools import lru_cache
from unicodedata import normalize
from urllib.parse import unquote_plus, unquote_to_bytes

import idna

_REMEMBERED = 512  # pages repeat; more would be slower to forget than an address is to take apart
_LONGEST = 8192
_MOST_PARAMETERS = 64
_USUAL = re.compile(r"https?://([a-z0-9.-]+)(?=[/?#]|\Z)([^?#]*)(?:\?([^#]*))?", re.DOTALL)
"""What nearly all addresses are: the same parts, found in half the time."""
# RFC 3986, appendix B, with the authority taken apart. urllib needs ten times as long.
_PARTS = re.compile(
    r"(?:(?:[A-Za-z][A-Za-z0-9+.-]*:)?//(?:[^/?#@\\]*@)?(\[[^\]/?#]*\]|[^/?#:\\\[\]]*)(?::\d*)?(?=[/?#\\]|$))?"
    r"([^?#]*)(?:\?([^#]*))?",
    re.DOTALL,
)

_ENCODED = re.compile(r"(?:%[89A-Fa-f][0-9A-Fa-f])+|%[0-7][0-9A-Fa-f]")


@lru_cache(_REMEMBERED)
def page_of(url: str) -> tuple[str, str, str]:
    """Host in lower case and ASCII without port and user, path in one spelling, and query without its question mark;
    each empty when not there.

    An address that has a host and no path has the path "/". One that is no address is all empty.
    """
    url = url[:_LONGEST].replace("\x00", "").strip()
    found = _USUAL.match(url) or _PARTS.match(url)
    if found is None or (found[1] is None and "://" in found[2]):
        return "", "", ""
    host = (found[1] or "").strip("[]").lower()
    if not host.isascii():
        host = _in_ascii(host)
    return host, spelled(found[2]) or ("/" if host else ""), found[3] or ""


def _in_ascii(host: str) -> str:
    """An international name as the network knows it: xn--e1afmkfd.xn--p1ai; as it is when it is none."""
    try:
        return idna.encode(host, uts46=True).decode("ascii")
    except idna.IDNAError:
        return host


def spelled(path: str) -> str:
    """A path in one spelling, so that one page is one path: other letters than ASCII as they are, not per cent encoded.

    >>> spelled("/%d1%82%D0%BE"), spelled("/a%2fb"), spelled("/%ff")
    ('/то', '/a%2Fb', '/%FF')
    """
    if "%" in path:
        path = _ENCODED.sub(_decoded, path)
    return path if path.isascii() else normalize("NFC", path)


def _decoded(found: re.Match[str]) -> str:
    letters = unquote_to_bytes(found[0])
    if letters.isascii():
        return found[0].upper()
    try:
        return letters.decode()
    except UnicodeDecodeError:
        return found[0].upper()


@lru_cache(_REMEMBERED)
def parameters(query: str, names: AbstractSet[str]) -> dict[str, str]:
    """Those parameters of a query whose names are asked for, decoded; the first of each name. Not to be changed."""
    found: dict[str, str] = {}
    for part in query.split("&", _MOST_PARAMETERS)[:_MOST_PARAMETERS]:
        name, _, value = part.partition("=")
        if name in names and value and name not in found:
            found[name] = unquote_plus(value).replace("\x00", "")
    return found
