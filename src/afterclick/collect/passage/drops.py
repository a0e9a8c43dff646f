"""Where the drops of a request are counted: which of its rows were refused, and which are kept without a field."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import chain, islice

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
    without, `rounded` those of which a sum was rounded. `before` is what the sender says that it left out itself.
    """

    listed: list[Refusal] = []
    dropped: dict[DropReason, int] = {}
    odd: dict[int, Sequence[str]] = {}
    rounded: dict[int, Sequence[str]] = {}
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

    def round(self, index: int, name: str) -> None:
        """Keep one row with this sum of it rounded."""
        self.rounded[index] = [*self.rounded.get(index, ()), name]

    @property
    def told(self) -> list[Refusal]:
        """What the answer tells of single rows: the first refusals, and the first that are kept otherwise."""
        odd = (Refusal(index, "odd_field", kept_without(fields)) for index, fields in self.odd.items())
        rounded = (Refusal(index, "rounded", _kept_rounded(fields)) for index, fields in self.rounded.items())
        return list(islice(chain(self.listed, odd, rounded), _LISTED))

    @property
    def counts(self) -> dict[DropReason, int]:
        """How many rows were refused by reason, here or before, and how many are kept otherwise."""
        here = self.dropped.copy()
        if self.odd:
            here["odd_field"] = len(self.odd)
        if self.rounded:
            here["rounded"] = len(self.rounded)
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
    return f"Kept without {', '.join(f'`{name}`' for name in fields)}, which could not be taken."


def _kept_rounded(fields: Sequence[str]) -> str:
    return (
        f"Kept with {', '.join(f'`{name}`' for name in fields)} rounded to the smallest unit of its currency."
    )
