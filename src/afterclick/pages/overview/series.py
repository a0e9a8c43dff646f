"""What the Overview's figures are made of: visits, vitals and people by bucket, of a period and of the one before."""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TypeVar

import msgspec

from afterclick.accounts.policy import Capability
from afterclick.customers import PersonCount, persons_by_bucket
from afterclick.journeys import Exchanged, Paid, exchanged
from afterclick.measure import metric
from afterclick.store.engine.query import Reader, statements
from afterclick.store.scope import Scope
from afterclick.words import withheld
from afterclick.words.change import uncompared
from afterclick.words.period import Period

_SQL = statements("afterclick.pages.overview", "series.sql")
FEWEST_VISITS = metric("conversion").least
"""Below this many visits a share is not shown."""


class VisitBucket(msgspec.Struct, frozen=True, kw_only=True):
    """Visits that started in one bucket. `bucket` is its start, UTC ms.

    `paid` is by currency; `revenue` and `sold`, its orders, are those of `currency`, the same for every bucket.
    """

    bucket: int
    visits: int = 0
    buyers: int = 0
    orders: int = 0
    revenue: float = 0.0
    sold: int = 0
    paid: list[Paid] = []
    currency: str = ""
    failed: int = 0
    good_visits: int = 0
    ratings: int = 0
    rating_sum: float = 0.0
    rating_sum_squares: float = 0.0


class VitalBucket(msgspec.Struct, frozen=True, kw_only=True):
    """75th percentiles of the page loads in one bucket; ms but for `cls`. `…_quantiles` are those at
    `measure.LEVELS`.

    Where `bucket` is 0 they are over a whole half: `half` 1 is this period, 2 the one before.
    """

    bucket: int
    half: int = 0
    lcp: float | None = None
    inp: float | None = None
    cls: float | None = None
    lcp_n: int = 0
    inp_n: int = 0
    cls_n: int = 0
    lcp_quantiles: list[float | None] = []
    inp_quantiles: list[float | None] = []
    cls_quantiles: list[float | None] = []


_SUMMED = frozenset(VisitBucket.__struct_fields__) - {"bucket", "paid", "currency"}
Bucket = TypeVar("Bucket", VisitBucket, VitalBucket)


@dataclass(frozen=True)
class Series:
    """The buckets of a period and its comparison, ready to be summed, divided and drawn.

    `people` holds unique people by bucket, and under -1 and -2 those of this period and the one before. `money` says
    whether the reader may see any. `exchanged` is what rates converted of this period's revenue, once a currency.
    """

    period: Period
    visits: dict[int, VisitBucket]
    vitals: dict[int, VitalBucket]
    halves: dict[int, VitalBucket]
    people: dict[int, int]
    currency: str
    money: bool
    exchanged: Sequence[Exchanged] = ()

    def is_measured(self, edge: int) -> bool:
        """Whether a bucket without visits had none: before the first visit of both stretches nobody knows."""
        return edge >= min(self.visits, default=edge + 1)

    @property
    def uncompared(self) -> str:
        """Why the earlier period cannot be compared with, empty when it can."""
        period = self.period
        now, before = (
            sum(edge in self.visits for edge in edges) for edges in (period.edges, set(period.earlier))
        )
        return uncompared(self.total(period.earlier).visits, now, before)

    def total(self, edges: Sequence[int]) -> VisitBucket:
        """The sum over the buckets that begin at `edges`."""
        rows = [self.visits[edge] for edge in dict.fromkeys(edges) if edge in self.visits]
        sums = {name: sum(getattr(row, name) for row in rows) for name in _SUMMED}
        paid = _joined([one for row in rows for one in row.paid])
        return VisitBucket(bucket=edges[0], paid=paid, currency="", **sums)

    @property
    def apart(self) -> list[Paid]:
        """What was paid in other currencies than that of the series: never added to it."""
        return [one for one in self.total(self.period.edges).paid if one.currency != self.currency]


def _joined(sums: Sequence[Paid]) -> list[Paid]:
    """One sum a currency."""
    joined: dict[str, float] = {}
    for one in sums:
        joined[one.currency] = joined.get(one.currency, 0.0) + one.amount
    return [Paid(currency, joined[currency]) for currency in sorted(joined)]


def read(reader: Reader, scope: Scope, period: Period, currency: str, rated: bool = False) -> Series:
    """The series of a site, in the currency of most orders; in `currency` where no order tells one. Blocks.

    `rated` tells whether the site states any rate of exchange.
    """
    with ThreadPoolExecutor(
        2
    ) as beside:  # the engine runs them at once, each fills what the others leave idle
        reading = beside.submit(_read, reader, scope, period, "vitals", VitalBucket)
        counting = beside.submit(_people, reader, scope, period)
        visits = _read(reader, scope, period, "visits", VisitBucket)
        vitals, people = reading.result(), counting.result()
    return Series(
        period,
        {row.bucket: row for row in visits},
        {row.bucket: row for row in vitals if row.bucket},
        {row.half: row for row in vitals if row.half},
        {row.bucket or -row.half: row.persons for row in people},
        next((row.currency for row in visits if row.currency), currency),
        withheld.may(scope, Capability.MONEY),
        exchanged(reader, scope, period.since, period.until) if rated else (),
    )


def _read(reader: Reader, scope: Scope, period: Period, name: str, into: type[Bucket]) -> list[Bucket]:
    parameters = {
        "since": period.earlier[0],
        "until": period.until,
        "now_since": period.since,
        "before_until": period.before_until,
        "edges": _all_edges(period),
    }
    return reader.rows(scope, _SQL[name], into, parameters)


def _people(reader: Reader, scope: Scope, period: Period) -> list[PersonCount]:
    return persons_by_bucket(
        reader, scope, _all_edges(period), period.since, period.before_until, period.until
    )


def _all_edges(period: Period) -> list[int]:
    """Edges of both periods; one more ends the comparison where this period has got to, the rest counts for neither."""
    return sorted({*period.earlier, *period.edges, period.before_until})
