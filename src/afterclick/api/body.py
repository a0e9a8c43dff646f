"""The body of a request: how large it may be, and how its bytes are read as text."""

import codecs

LARGEST = 262_144
"""Bytes that the dashboard and its API take of one request; a route that takes more says so where it is declared."""

_UTF_16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)


def decoded(content: bytes) -> str:
    """The text of some bytes; what is no character becomes U+FFFD."""
    return content.decode(encoding_of(content[:2]), "replace")


def encoding_of(first: bytes) -> str:
    """By a byte order mark, or by the zero that every second byte of Latin letters is in UTF-16; else UTF-8."""
    if first in _UTF_16:
        return "utf-16"
    if len(first) == 2 and first.count(0) == 1:
        return "utf-16-le" if first[1] == 0 else "utf-16-be"
    return "utf-8-sig"
