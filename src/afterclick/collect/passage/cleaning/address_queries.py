"""Queries of addresses in texts, which may hold anything; a place in a script behind them stays."""

import re
from collections.abc import Iterator

from afterclick.collect.passage.cleaning.view import Mask, View

_QUERY = re.compile(
    r"(?P<address>(?:https?|wss?)://[^\s?#\"'<>\\]{1,2048}|(?<!\S)/[^\s?#\"'<>\\]{1,2048})(?P<query>\?[^\s\"'<>\\]*)"
)
_SCRIPT = re.compile(r"\.(?:[cm]?[jt]sx?|html?|vue|svelte|php|wasm)$", re.IGNORECASE)
_PLACE = re.compile(r":\d{1,7}(?::\d{1,7})?(?=[)\]},.;!`]{0,8}$)")
_TIME = re.compile(r"\d\d:\d\d:\d\d$")
_CLOSED = re.compile(r"[)\]},.;!`]{0,8}$")
"""Line and column behind the query of a script's address, and the bracket or stop behind an address in a sentence."""


def address_queries(view: View) -> Iterator[Mask]:
    """Where queries stand, of the addresses before them."""
    for found in _QUERY.finditer(view.sent):
        yield Mask(*found.span("query"), _rest(found["address"], found["query"]))


def _rest(address: str, query: str) -> str:
    """What ends a query and is none of it: `:12:5)`.

    A page's own address is told with two numbers, as other queries end with a time of day.
    """
    place = _PLACE.search(query)
    if place and (
        _SCRIPT.search(address) or (":" in place[0][1:] and not _TIME.search(query, 0, place.end()))
    ):
        return query[place.start() :]
    closed = _CLOSED.search(query)
    return closed[0] if closed else ""
