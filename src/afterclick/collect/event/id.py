"""The id of an event that came without one."""

from hashlib import blake2b

import msgspec

from afterclick.collect.event.wire import WireEvent

_CANONICAL = msgspec.json.Encoder(order="deterministic")
_VARIANT = {digit: "89ab"[number & 3] for number, digit in enumerate("0123456789abcdef")}


def made_id(site: str, event: WireEvent, correction: int) -> str:
    """An id from the content, so that the same delivery twice counts once: UUIDv8 (RFC 9562 5.8) of BLAKE2b.

    `correction` is by how many ms the event's time was moved. The time that was sent goes in, since how far the
    sender's clock is off is measured anew for every delivery.
    """
    repaired = event.time
    event.time = int(event.time or 0) - correction
    content = _CANONICAL.encode(event)
    event.time = repaired
    return hashed_id(site, content)


def hashed_id(site: str, content: bytes) -> str:
    """The UUIDv8 of BLAKE2b over the site and what an id is made from."""
    digits = blake2b(site.encode() + b"\0" + content, digest_size=16).hexdigest()
    return f"{digits[:8]}-{digits[8:12]}-8{digits[13:16]}-{_VARIANT[digits[16]]}{digits[17:20]}-{digits[20:]}"
