"""Refusals that only the collector's HTTP doors know, and the drop reason under which each refusal is
counted.
"""

from afterclick.drops import DropReason
from afterclick.errors import (
    AfterclickError,
    Forbidden,
    InvalidInput,
    NotFound,
    TooLarge,
    TooMany,
    Unauthorized,
    Unavailable,
)


class ForeignOrigin(Forbidden):
    """The key may not be used from where the request comes."""


class Slow(InvalidInput):
    """The body did not arrive in time."""

    status = 408


class Damaged(InvalidInput):
    """The body does not unpack; `unpacked` bytes had come out when that showed."""

    def __init__(self, message: str, unpacked: int) -> None:
        super().__init__(message)
        self.unpacked = unpacked


class Unsupported(InvalidInput):
    """The media type or content encoding is not one that the door reads."""

    status = 415


class NotAllowed(InvalidInput):
    """The path exists, but not for this HTTP method."""

    status = 405


_REASONS: tuple[tuple[type[AfterclickError], DropReason], ...] = (
    (ForeignOrigin, "origin"),
    (Unauthorized, "unauthorized"),
    (Forbidden, "unauthorized"),
    (TooLarge, "too_large"),
    (TooMany, "too_many"),
    (Unavailable, "unavailable"),
    (Unsupported, "unsupported"),
    (NotFound, "unsupported"),
)


def reason(error: AfterclickError) -> DropReason:
    """The documented drop reason of a request refused as a whole."""
    for kind, name in _REASONS:
        if isinstance(error, kind):
            return name
    return "malformed"


def retry_after(error: AfterclickError) -> int | None:
    """Seconds after which the sender should try again, when that would help."""
    return error.retry_after if isinstance(error, TooMany | Unavailable) else None
