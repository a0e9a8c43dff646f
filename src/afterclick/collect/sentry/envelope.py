"""Takes a Sentry envelope apart: a line of headers, then items, each a line of headers and a payload.

Source: https://develop.sentry.dev/sdk/data-model/envelopes/. An item with a `length` is that many bytes, whatever is in
them; one without ends with its line. So an item of an unknown type is passed over whole.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import msgspec

from afterclick.collect.passage.fit import Lenient
from afterclick.errors import InvalidInput, TooLarge

MOST_ITEMS = 1_000
"""Items that one envelope may hold; SDKs send a few."""

_MALFORMED = (msgspec.DecodeError, UnicodeDecodeError, RecursionError)


class Sdk(msgspec.Struct):
    """Which SDK sent the envelope."""

    name: str | None = None


class Header(msgspec.Struct):
    """The envelope's own headers; `sent_at` is the sender's clock, ISO 8601."""

    event_id: str | None = None
    dsn: str | None = None
    sent_at: str | None = None
    sdk: Sdk | None = None


class ItemHeader(msgspec.Struct):
    """An item's headers; `item_count` tells how many a container of spans or logs holds."""

    type: str = ""
    length: int | None = None
    content_type: str | None = None
    item_count: int | None = None


@dataclass(frozen=True)
class Item:
    """One item, its payload undecoded; `fault` says why it and all behind it cannot be read."""

    header: ItemHeader
    payload: bytes
    fault: str = ""


_HEADER = Lenient(Header)
_ITEM = Lenient(ItemHeader)


def header_of(body: bytes) -> Header:
    """The envelope's headers; raises InvalidInput when the first line is none."""
    try:
        return _HEADER.decode(body.partition(b"\n")[0], [])
    except _MALFORMED as error:
        raise InvalidInput(f"The first line of the body is not an envelope's headers: {error}.") from error


def items_of(body: bytes) -> list[Item]:
    """The items in their order; raises TooLarge when there are too many."""
    found: list[Item] = []
    for item in _items(body):
        if len(found) == MOST_ITEMS:
            raise TooLarge(f"An envelope may hold {MOST_ITEMS} items; send smaller ones.")
        found.append(item)
    return found


def _items(body: bytes) -> Iterator[Item]:
    at = _after_line(body, 0)
    while at < len(body):
        end = body.find(b"\n", at)
        end = len(body) if end < 0 else end
        line = body[at:end]
        at = end + 1
        if not line.strip():
            continue
        try:
            header = _ITEM.decode(line, [])
        except _MALFORMED as error:
            yield Item(ItemHeader(), b"", f"Not readable as an item's headers: {error}.")
            return
        size = header.length
        if size is None:
            end = _after_line(body, at) - 1
        elif 0 <= size <= len(body) - at:
            end = at + size
        else:
            yield Item(header, b"", f"Its `length` is {size}, but {max(0, len(body) - at)} bytes follow.")
            return
        yield Item(header, body[at:end])
        at = end + (body[end : end + 1] == b"\n")


def _after_line(body: bytes, at: int) -> int:
    """Where the next line begins; one beyond the end when this is the last."""
    end = body.find(b"\n", at)
    return len(body) + 1 if end < 0 else end + 1
