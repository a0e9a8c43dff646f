"""A dry run: what would become of events, by the steps that the collector takes, without keeping any."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

from afterclick.accounts import Grant
from afterclick.clock import Clock, now_ms
from afterclick.collect.event.body import decode
from afterclick.collect.event.steps import EVENT_STEPS
from afterclick.collect.passage.gate import Gate
from afterclick.collect.passage.passage import House, Passage
from afterclick.collect.passage.place import Places
from afterclick.collect.passage.rate_limit import Limiter
from afterclick.collect.passage.seen import Seen, mark_of
from afterclick.collect.transport.exposition import Metrics
from afterclick.drops import KEPT_WITHOUT, DropReason
from afterclick.errors import AfterclickError, InvalidInput
from afterclick.settings import Settings
from afterclick.signals import Event
from afterclick.store.spool.batch import Batch


class _Nowhere:
    """A spool that is never written to."""

    async def append(self, *batches: Batch) -> None:
        """Refuse: a dry run keeps nothing."""
        raise AssertionError(f"a dry run appended {len(batches)} batches")


@dataclass
class Rehearsal:
    """Takes batches of events; `first` are the records of the first ones, `dropped` counts by reason (also those
    that are kept without a field), `examples` says why.
    """

    settings: Settings
    site: str
    shown: int = 10
    clock: Clock = now_ms
    kept: int = 0
    first: list[Event] = field(default_factory=list[Event])
    dropped: Counter[DropReason] = field(default_factory=Counter[DropReason])
    examples: dict[str, str] = field(default_factory=dict[str, str])

    def __post_init__(self) -> None:
        self._grant = Grant(self.site, "dry run", frozenset({"historical"}))
        gate, places = Gate(lambda _: None), Places(self.settings.geo_file)
        self._house = House(
            self.settings, gate, Limiter(0), _Nowhere(), Metrics(), self.clock, Seen(), places
        )

    def add(self, lines: Sequence[bytes]) -> None:
        """See what becomes of a batch of JSON lines, as `afterclick import` would send it."""
        passage = Passage("events", "/v1/events", _HEADERS, b"", _nothing, self.clock(), self._grant)
        passage.body = b"\n".join(lines)
        try:
            decode(self._house, passage)
        except InvalidInput as error:
            self._refuse("malformed", str(error), len(lines))
            return
        for step in EVENT_STEPS:
            if step.run(self._house, passage) is not None:
                raise AssertionError(f"the step {step.name} waits for something")
        records = [one for one in passage.records.get("events", ()) if isinstance(one, Event)]
        self._house.seen.remember([mark_of(self.site, one.event_id) for one in records])
        self.kept += len(records)
        self.first += records[: self.shown - len(self.first)]
        self.dropped.update(passage.counts)
        for refusal in passage.told:
            self.examples.setdefault(refusal.reason, refusal.message)

    @property
    def lost(self) -> int:
        """Rows that would not be kept."""
        return sum(rows for reason, rows in self.dropped.items() if reason not in KEPT_WITHOUT)

    def _refuse(self, reason: DropReason, message: str, rows: int) -> None:
        self.dropped[reason] += rows
        self.examples.setdefault(reason, message)


_HEADERS = {b"content-type": b"application/x-ndjson"}


async def _nothing() -> dict[str, object]:
    raise AfterclickError("A dry run reads no request.")
