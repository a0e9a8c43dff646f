"""The write key of a Segment client: in the headers or the query as at every door, else `writeKey` in the body."""

import re

import msgspec

from afterclick.collect.passage.entry import enter
from afterclick.collect.passage.gate import key_of
from afterclick.collect.passage.passage import NOBODY, House, Passage
from afterclick.collect.segment.wire import Head
from afterclick.errors import Unauthorized

_HEAD = msgspec.json.Decoder(Head)
_KEY = re.compile(rb'"writeKey"\s*:\s*"([^"\\]{1,128})"')
_MALFORMED = (msgspec.DecodeError, UnicodeDecodeError, RecursionError)


def authenticate(house: House, passage: Passage) -> None:
    """Find what the key opens, when it came with the request; analytics.js before 2022 sends it in the body alone."""
    try:
        key = key_of(passage.headers, passage.query)
    except Unauthorized:
        return
    enter(house, passage, key)


def authenticate_by_body(house: House, passage: Passage) -> None:
    """Find what the key in the body opens, when none came before it. Raises Unauthorized when there is none."""
    if passage.grant is NOBODY:
        enter(house, passage, _key_in(passage.body))
        house.limiter.check(passage.grant.key)


def _key_in(body: bytes) -> str:
    try:
        key = _HEAD.decode(body).write_key
    except _MALFORMED:  # a bad call must not hide the key of its neighbours
        found = _KEY.search(body)
        key = found[1].decode("utf-8", "replace") if found else None
    if not isinstance(key, str) or not key:
        raise Unauthorized("Send your write key as the user of Basic, or as `writeKey` in the body.")
    return key
