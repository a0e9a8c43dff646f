"""What lies in the spool: batches as collectors bring them, groups as the drain takes them, and what both tell."""

from dataclasses import dataclass
from typing import Literal, NamedTuple, get_args

from afterclick.drops import Drop

Kind = Literal["events", "spans", "metrics", "logs"]
KINDS: tuple[Kind, ...] = get_args(Kind)
ACCEPTED = ""
"""The reason under which a tally counts rows that were taken."""
MENDED = "~"
"""Reasons that begin so tell what was put right in rows that were taken: nothing was lost."""
CORRECTED_CLOCK = MENDED + "corrected_clock"


class Batch(NamedTuple):
    """The accepted rows of one request: `body` is NDJSON, each line ended. Either may be empty: drops count
    too. `corrected` of the request's rows were taken after the sender's clock was put right. `marks` are of the ids of
    its events, by which a repetition is known after a restart.
    """

    site: str
    door: str
    kind: Kind
    rows: int
    body: bytes
    drops: tuple[Drop, ...] = ()
    corrected: int = 0
    marks: bytes = b""


class Range(NamedTuple):
    """Batches `first` to `last` of one kind."""

    kind: Kind
    first: int
    last: int

    def holds(self, kind: Kind, batch: int) -> bool:
        return self.kind == kind and self.first <= batch <= self.last


@dataclass(frozen=True)
class Group:
    """Spooled rows to be inserted as one block under `token`: the batches `first` to `last` of one kind.

    `received` is when the oldest of them was committed, UTC ms.
    """

    token: str
    kind: Kind
    first: int
    last: int
    rows: int
    received: int
    bodies: tuple[bytes, ...]

    @property
    def range(self) -> Range:
        return Range(self.kind, self.first, self.last)


@dataclass(frozen=True)
class Aside:
    """A row that the store refused, kept with the reason; `position` counts within its group."""

    token: str
    position: int
    kind: Kind
    site: str
    row: str
    reason: str
    time: int


@dataclass(frozen=True)
class Depth:
    """What waits: rows, bytes on disk, and when the oldest was received (UTC ms, None when nothing waits)."""

    rows: int
    disk_bytes: int
    oldest: int | None


@dataclass(frozen=True)
class Tally:
    """Rows of one site, door and minute (UTC ms of its start) that met one end, the newest at `last` (UTC ms).

    `reason` "" means taken.
    """

    site: str
    door: str
    reason: str
    minute: int
    rows: int
    last: int
