"""One block of spooled rows on its way into the store: decoded, taken through the steps, each timed."""

import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import pyarrow as pa

from afterclick.drops import DropReason
from afterclick.store.drain.decode import decode
from afterclick.store.schema.records import SCHEMAS
from afterclick.store.spool.batch import Kind


@dataclass(frozen=True)
class Step:
    """One vectorised enrichment of decoded rows of `kind`, timed under its name.

    One that may leave rows out has the reason under which `drops` counts them.
    """

    name: str
    kind: Kind
    apply: Callable[[pa.Table], pa.Table]
    drops: DropReason | None = None


Dropped = Counter[tuple[str, DropReason]]
"""Rows left out by site and reason."""


class Block(NamedTuple):
    """The rows of a group as the store wants them, and those that a step left out."""

    rows: pa.Table
    dropped: Dropped


class Conversion:
    """Makes blocks of spooled rows; `seconds` is the time spent in each step so far, "decode" among them."""

    def __init__(self, steps: Sequence[Step]) -> None:
        self._steps = steps
        self.seconds: dict[str, float] = {}

    def convert(self, kind: Kind, bodies: Sequence[bytes]) -> Block:
        """The rows of NDJSON bodies as the store wants them; raises whatever decoding or a step raises."""
        started = time.perf_counter()
        rows = decode(kind, bodies)
        dropped = Dropped()
        started = self.timed("decode", started)
        for step in self._steps:
            if step.kind == kind:
                before, rows = rows, step.apply(rows)
                if step.drops and rows.num_rows < before.num_rows:
                    dropped += _left_out(step.drops, before, rows)
                started = self.timed(step.name, started)
        return Block(rows.select(SCHEMAS[kind].names), dropped)

    def timed(self, name: str, started: float) -> float:
        """Count the time since `started` (time.perf_counter) under a name; the time now."""
        now = time.perf_counter()
        self.seconds[name] = self.seconds.get(name, 0.0) + now - started
        return now


def _left_out(reason: DropReason, before: pa.Table, after: pa.Table) -> Dropped:
    sites = Counter(before["site"].to_pylist())
    sites.subtract(after["site"].to_pylist())
    return Dropped({(str(site), reason): rows for site, rows in sites.items() if rows})
