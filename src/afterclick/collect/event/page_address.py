"""The address of a page, taken apart: host, path, and the parameters of its query that someone asks for."""

import re
from collections.abc import Set as AbstractSet
from functools import lru_cache
from urllib.parse import unquote_plus

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


@lru_cache(_REMEMBERED)
def page_of(url: str) -> tuple[str, str, str]:
    """Host in lower case without port and user, path, and query without its question mark; each empty when not there.

    An address that has a host and no path has the path "/". One that is no address is all empty.
    """
    url = url[:_LONGEST].replace("\x00", "").strip()
    found = _USUAL.match(url) or _PARTS.match(url)
    if found is None or (found[1] is None and "://" in found[2]):
        return "", "", ""
    host = (found[1] or "").strip("[]").lower()
    return host, found[2] or ("/" if host else ""), found[3] or ""


@lru_cache(_REMEMBERED)
def parameters(query: str, names: AbstractSet[str]) -> dict[str, str]:
    """Those parameters of a query whose names are asked for, decoded; the first of each name. Not to be changed."""
    found: dict[str, str] = {}
    for part in query.split("&", _MOST_PARAMETERS)[:_MOST_PARAMETERS]:
        name, _, value = part.partition("=")
        if name in names and value and name not in found:
            found[name] = unquote_plus(value).replace("\x00", "")
    return found
