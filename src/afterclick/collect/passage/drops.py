"""Where the drops of a request are counted: which of its rows were refused, and which are kept without a field."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import islice

import msgspec

from afterclick.drops import Drop, DropReason

_LISTED = 10


@dataclass(frozen=True)
class Refusal:
    """One row of a request that was not taken: its place in the body, a documented reason, and a sentence."""

    index: int
    reason: DropReason
    message: str


class Dropped(msgspec.Struct, kw_only=True, eq=False):
    """What a request lost.

    `listed` are its first ten refusals, `dropped` the count of all by reason, `odd` the fields that rows are kept
    without. `before` is what the sender says that it left out itself.
    """

    listed: list[Refusal] = []
    dropped: dict[DropReason, int] = {}
    odd: dict[int, Sequence[str]] = {}
    before: dict[DropReason, int] = {}

    def drop(self, index: int, reason: DropReason, message: str) -> None:
        """Refuse one row; its neighbours go on."""
        self.odd.pop(index, None)
        self.dropped[reason] = self.dropped.get(reason, 0) + 1
        if len(self.listed) < _LISTED:
            self.listed.append(Refusal(index, reason, message))

    def leave_out(self, index: int, fields: Sequence[str]) -> None:
        """Keep one row without these fields of it, unless it is refused later."""
        self.odd[index] = [*self.odd.get(index, ()), *fields]

    @property
    def told(self) -> list[Refusal]:
        """What the answer tells of single rows: the first refusals, and the first that are kept without a field."""
        odd = islice(self.odd.items(), _LISTED - len(self.listed))
        return [*self.listed, *(Refusal(index, "odd_field", kept_without(fields)) for index, fields in odd)]

    @property
    def counts(self) -> dict[DropReason, int]:
        """How many rows were refused by reason, here or before, and how many are kept without a field."""
        here: dict[DropReason, int] = (
            {**self.dropped, "odd_field": len(self.odd)} if self.odd else self.dropped
        )
        return {**self.before, **{name: rows + self.before.get(name, 0) for name, rows in here.items()}}

    def drops(self, site: str, door: str, now: int) -> tuple[Drop, ...]:
        """The same as it is counted of a site and a door."""
        return tuple(
            [
                Drop(site=site, door=door, reason=reason, rows=rows, time=now)
                for reason, rows in self.counts.items()
            ]
        )


def kept_without(fields: Sequence[str]) -> str:
    """The sentence of a row that is kept without these fields."""
    return f"Kept without {', '.join(f'`{name}`' for name in fields)}, which could not be read."
