"""Queries of addresses in texts, which may hold anything, and fragments that are spelled like one.

A question mark is a query's behind what is an address for sure, or between a path and `name=`: what asks something in a
sentence is neither. A place in a script behind a query stays.
"""

import re
from collections.abc import Iterator

from afterclick.collect.passage.cleaning.view import Mask, View

_LONGEST = 2048
"""Characters of an address that are looked at."""
_SIGNS = re.compile(r"[?#]")
_FIELD = re.compile(r"&*[\w\[$%~@-][\w.~%\[\]$@|+-]{0,127}=(?![=>])")
"""What follows, if it is no comparison or function of a program."""
_BACKWARDS = re.compile(r"[^\x00-\x20\"'<>\\]+")
_PATH = re.compile(r"/[^(^*|]+")
"""A path, and no expression such as `/(?:a|b)/`."""
_NO_PATH = re.compile(r"(?:^|[^\w.-])www\.[\w.-]+$|\.(?:php\d?|s?html?|aspx?|jspx?|cgi)$", re.IGNORECASE)
"""What is an address without a slash before a field."""
_END, _END_OF_VALUE = re.compile(r"[\x00-\x20\"'<>\\]"), re.compile(r"[\x00-\x20\"'<>\\&]")
_SCRIPT = re.compile(r"\.(?:[cm]?[jt]sx?|html?|vue|svelte|php|wasm)$", re.IGNORECASE)
_PLACE = re.compile(r":\d{1,7}(?::\d{1,7})?$")
"""Line and column behind the address of a script and its query."""
_TIME = re.compile(r"\d\d:\d\d:\d\d$")
_CLOSING = ")]},.;!`"
"""What stands behind an address in a sentence."""


def may_have_query(text: str) -> bool:
    """Whether such a query or fragment may be in a plain text."""
    if "/" in text:
        return "?" in text or ("#" in text and "=" in text)
    return "?" in text and "=" in text and "." in text


def address_queries(view: View) -> Iterator[Mask]:
    """Where they stand."""
    text, end = view.glued, 0
    for at in _signs(text):
        if at < end:
            continue
        before = _BACKWARDS.match(text[max(end, at - _LONGEST) : at][::-1])
        end = at + 1
        if before and _is_query(view, text, at, address := before[0][::-1]):
            end = _end(view, text, at)
            yield _cut(view, at, end, _rest(address, text[at:end]))


def _signs(text: str) -> Iterator[int]:
    """Where what may begin a query or a fragment stands; a search by expression costs ten times as much."""
    if "#" in text:
        yield from (found.start() for found in _SIGNS.finditer(text))
        return
    at = text.find("?")
    while at >= 0:
        yield at
        at = text.find("?", at + 1)


def _is_query(view: View, text: str, at: int, address: str) -> bool:
    if text[at] == "?" and ("://" in address or _PATH.fullmatch(address)) and view.is_as_sent(at):
        return True
    return ("/" in address or _NO_PATH.search(address) is not None) and _FIELD.match(text, at + 1) is not None


def _end(view: View, text: str, at: int) -> int:
    """Where a query ends: with the address, or with the field that has the address, percent-encoded, for its value."""
    if not view.depth(at):
        end = _END.search(text, at)
        return end.start() if end else len(text)
    for end in _END_OF_VALUE.finditer(text, at):
        if not view.depth(end.start()):
            return end.start()
    return len(text)


def _cut(view: View, start: int, end: int, rest: str) -> Mask:
    whole = view.mask(start, end, "")
    if not rest:
        return whole
    kept = view.mask(end - len(rest), end, "")
    return whole._replace(instead=view.sent[kept.start : kept.end])


def _rest(address: str, query: str) -> str:
    """What ends a query and is none of it: `:12:5)`.

    A page's own address is told with two numbers, as other queries end with a time of day.
    """
    open_query = query.rstrip(_CLOSING)
    end = len(open_query)
    if open_query[-1].isdigit() and (place := _PLACE.search(open_query)):
        has_column = ":" in place[0][1:]
        if _SCRIPT.search(address) or (has_column and not _TIME.search(open_query)):
            end = place.start()
    return query[end:]
