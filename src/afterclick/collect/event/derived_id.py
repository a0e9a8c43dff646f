"""Ids that follow from what is known, for clients that send none: the same delivery twice gets the same id."""

from collections.abc import Iterator
from hashlib import blake2b
from uuid import UUID


def derived_id(*parts: str) -> str:
    """A UUIDv8 (RFC 9562 5.8) of the parts by BLAKE2b; other parts, or another order of them, give another id."""
    number = int.from_bytes(blake2b(b"".join(_framed(parts)), digest_size=16).digest())
    return str(UUID(int=number & ~(0xF << 76 | 0x3 << 62) | 0x8 << 76 | 0x2 << 62))


def _framed(parts: tuple[str, ...]) -> Iterator[bytes]:
    """Each part behind its length, so that ("ab", "c") and ("a", "bc") differ."""
    for part in parts:
        encoded = part.encode("utf-8", "replace")
        yield len(encoded).to_bytes(8)
        yield encoded
