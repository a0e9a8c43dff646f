"""One request on its way through the steps of a door, and the house that the steps work in."""

from collections.abc import Awaitable, Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple, Protocol, TypeAlias

import msgspec

from afterclick.accounts import Grant
from afterclick.clock import Clock
from afterclick.collect.event.wire import WireEvent
from afterclick.collect.hooks.sources import HookSources
from afterclick.collect.otlp.logs.wire import WireLog
from afterclick.collect.otlp.samples.wire import WireSample
from afterclick.collect.otlp.spans.wire import WireSpan
from afterclick.collect.passage.drops import Dropped
from afterclick.collect.passage.gate import Gate, Headers
from afterclick.collect.passage.place import Places
from afterclick.collect.passage.rate_limit import Limiter
from afterclick.collect.passage.seen import Seen
from afterclick.collect.passage.site_rules import RulesOfSites
from afterclick.collect.transport.body_limit import Receive
from afterclick.collect.transport.exposition import Metrics
from afterclick.settings import Settings
from afterclick.signals import Record
from afterclick.store.spool.batch import Batch, Kind

Records: TypeAlias = Sequence[Record]
NOBODY = Grant("", "")


class Durable(Protocol):
    """The spool as the doors see it."""

    def append(self, *batches: Batch) -> Awaitable[None]:
        """Done once all of the batches are on disk."""
        ...


@dataclass(frozen=True)
class House:
    """What the steps share: settings, gate, limits, spool, metrics, clock, ids taken lately, places of addresses,
    sources of webhooks, limits of addresses, what sites decided about personal data.
    """

    settings: Settings
    gate: Gate
    limiter: Limiter
    spool: Durable
    metrics: Metrics
    clock: Clock
    seen: Seen = field(default_factory=Seen)
    places: Places = field(default_factory=Places)
    hooks: HookSources = field(default_factory=HookSources)
    addresses: Limiter = field(default_factory=lambda: Limiter(0, whom="address"))
    rules: RulesOfSites = field(default_factory=RulesOfSites)


class Passage(Dropped, eq=False):
    """A request between two steps.

    `now` is when it came, UTC ms; `sent_bytes` its size before decompression, `unpacked_bytes` what came out of that,
    though it was refused then. `events`, `spans`, `samples` and `logs` are what was decoded and not refused yet, each
    with its place in the request; `records` what will be kept, by the kind of its table, and `rows` how many that are.
    `address` is that of the connection, empty when unknown, and is never kept. `sent_at` is the sender's clock
    when it sent, if it says so, as ms since 1970 or ISO 8601; `correction` the ms that times were moved by, of the
    events whose Python identities are `moved`: one place in the request may hold several. `is_rekeyed` says that the
    visit's id of one could not be its own, and joins its events as their key. `ids` are those of its events that were
    not delivered before.
    """

    door: str
    path: str
    headers: Headers
    query: bytes
    receive: Receive
    now: int
    grant: Grant = NOBODY
    body: bytes = b""
    sent_bytes: int = 0
    unpacked_bytes: int = 0
    address: str = ""
    sent_at: int | float | str | None = None
    correction: int = 0
    moved: set[int] = msgspec.field(default_factory=set[int])
    is_rekeyed: bool = False
    ids: set[str] = msgspec.field(default_factory=set[str])
    events: list[tuple[int, WireEvent]] = msgspec.field(default_factory=list[tuple[int, WireEvent]])
    spans: list[tuple[int, WireSpan]] = msgspec.field(default_factory=list[tuple[int, WireSpan]])
    samples: list[tuple[int, WireSample]] = msgspec.field(default_factory=list[tuple[int, WireSample]])
    logs: list[tuple[int, WireLog]] = msgspec.field(default_factory=list[tuple[int, WireLog]])
    records: dict[Kind, list[Record]] = msgspec.field(default_factory=dict[Kind, list[Record]])
    rows: int = 0

    @property
    def decoded(self) -> int:
        """How many rows were decoded and not refused yet."""
        return len(self.events) + len(self.spans) + len(self.samples) + len(self.logs)

    def keep(self, kind: Kind, rows: Records) -> None:
        """Have these records kept."""
        if rows:
            self.records.setdefault(kind, []).extend(rows)
            self.rows += len(rows)

    def parts(self, size: int) -> Iterator[None]:
        """Have, one after the other, at most so many of the decoded rows of each kind stand for all of them."""
        events, spans, samples, logs = self.events, self.spans, self.samples, self.logs
        for start in range(0, max(len(events), len(spans), len(samples), len(logs)), size):
            part = slice(start, start + size)
            self.events, self.spans, self.samples, self.logs = (
                events[part],
                spans[part],
                samples[part],
                logs[part],
            )
            yield

    def let_go(self) -> None:
        """Forget the rows, not their number: those of many requests that wait for the disk would fill the caches."""
        self.events, self.spans, self.samples, self.logs = [], [], [], []
        self.ids, self.records = set(), {}

    @property
    def media_type(self) -> str:
        """The Content-Type without its parameters, in lower case."""
        return self.headers.get(b"content-type", b"").decode("latin-1").partition(";")[0].strip().lower()


Run: TypeAlias = Callable[[House, Passage], Awaitable[None] | None]


@dataclass(frozen=True)
class Step:
    """One named, timed step of a door. It may refuse rows, or the request by raising an AfterclickError."""

    name: str
    run: Run


class Answer(NamedTuple):
    """A response: HTTP status, media type and body, and headers of its protocol."""

    status: int
    media_type: str
    body: bytes
    headers: tuple[tuple[bytes, bytes], ...] = ()


Steps = Sequence[Step]
