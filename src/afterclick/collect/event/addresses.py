"""Addresses of requests and scripts as records tell them: without queries, relative to the page that named them."""

import re
from functools import lru_cache
from urllib.parse import urlsplit

_REMEMBERED = 4096
_LONGEST = 8192
_IDENTIFIER = re.compile(r"[0-9]+|(?=[^0-9]*[0-9])[\w-]{12,}")
"""A number, or at least 12 letters, digits and dashes with a digit among them: UUIDs, hashes, slugs."""


@lru_cache(_REMEMBERED)
def pattern(url: str, page: str) -> str:
    """The path with identifiers replaced by `:id`; other hosts than the page's stay in front."""
    host, path = _parts(url)
    routed = "/".join(":id" if _IDENTIFIER.fullmatch(part) else part for part in path.split("/"))
    return routed if not host or host == _parts(page)[0] else host + routed


@lru_cache(_REMEMBERED)
def place(url: str, page: str) -> str:
    """A script's address without its query, and without its origin when that is the page's."""
    try:
        parts = urlsplit(url[:_LONGEST])
    except ValueError:
        return ""
    if not parts.netloc:
        return parts.path
    own = parts.netloc == _parts(page)[0]
    return parts.path if own else f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}{parts.path}"


@lru_cache(_REMEMBERED)
def _parts(url: str) -> tuple[str, str]:
    """Host with its port, and path."""
    try:
        parts = urlsplit(url[:_LONGEST])
    except ValueError:
        return "", ""
    return parts.netloc.rpartition("@")[2], parts.path or "/"
