"""The Visits page: which visits there were, each with what it felt, did and paid."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby
from math import isfinite

from afterclick.journeys import Choice, Filter, LeftOut, Order, Totals, VisitRow
from afterclick.words import exchange, figures, refunded, wording
from afterclick.words.period import Period
from afterclick.words.sentence import Sentence, did, sentence, strong

OPEN_MS = 30 * 60_000
"""A visit ends after this long without an event, ms: until then it goes on."""


@dataclass(frozen=True)
class Step:
    """One step of a journey in a row; `times` it was repeated in place. `whole` is what a long name is short for, else
    empty.
    """

    name: str
    times: int
    whole: str


@dataclass(frozen=True)
class VisitLine:
    """One visit in the list. `felt` holds (signal, words) pairs, empty when nothing went wrong;
    `converted` says what of `paid` was converted, empty for nothing.
    """

    id: str
    href: str
    when: str
    when_exact: str
    who: str
    country: str
    length: str
    felt: tuple[tuple[str, str], ...]
    steps: tuple[Step, ...]
    paid: str
    converted: str
    rating: str


@dataclass(frozen=True)
class Options:
    """What the filters offer, from what the period holds."""

    steps: tuple[Choice, ...]
    countries: tuple[Choice, ...]


@dataclass(frozen=True)
class VisitsPage:
    """A page of visits in an order. `older` is the `before` that continues the newest, empty at the end and in another
    order.
    """

    answer: Sentence
    period: Period
    filter: Filter
    order: Order
    options: Options
    lines: tuple[VisitLine, ...]
    older: str
    empty: bool


def visits_page(
    found: Sequence[VisitRow],
    together: Totals,
    wanted: Filter,
    order: Order,
    options: Options,
    period: Period,
    limit: int,
    now: int,
    apart: LeftOut | None = None,
) -> VisitsPage:
    """Word a page of at most `limit` visits of all `together`; `found` may hold one more: then there are older
    ones. `apart` tells, where none was found, of the visits that do not count.
    """
    shown = found[:limit]
    more = len(found) > limit
    return VisitsPage(
        answer=_answer(together, wanted, period, len(shown), apart),
        period=period,
        filter=wanted,
        order=order,
        options=options,
        lines=tuple(_line(row, now, period.zone) for row in shown),
        older=str(shown[-1].started) if more and not order.by else "",
        empty=not options.steps and not shown,
    )


def _answer(together: Totals, wanted: Filter, period: Period, shown: int, apart: LeftOut | None) -> Sentence:
    narrowed = wanted != Filter()
    if not together.visits:
        if narrowed:
            return sentence(strong("No visit matches"), f" {period.within}; take a filter away to see more.")
        return wording.nobody(period.within, apart)
    head = did(f"{figures.plural(together.visits, 'visit')}{' that match' if narrowed else ''}")
    listed = f"; {figures.count(shown)} of them are listed" if shown < together.visits else ""
    return sentence(
        head,
        f" {period.within}: {figures.count(together.buyers)} bought, {figures.count(together.troubled)} met something "
        f"slow, broken or frustrating{listed}.",
    )


def _line(row: VisitRow, now: int, zone: str) -> VisitLine:
    felt = (("slow", "slow page"), ("error", "error"), ("struggle", "struggle"))
    met = {"slow": row.slow, "error": row.error, "struggle": row.struggle}
    return VisitLine(
        id=row.session_id,
        href=f"/visits/{row.session_id}",
        when=figures.moment(row.started, now, zone),
        when_exact=figures.stamp(row.started, zone),
        who=" ".join(word for word in (row.visitor, row.device_class) if word) or "unknown device",
        country=row.country,
        length=_length(row, now),
        felt=tuple((signal, words) for signal, words in felt if met[signal]),
        steps=_steps(row.journey),
        paid=_paid(row),
        converted=exchange.converted(row.exchanged, exact=True),
        rating=f"{row.stars:.0f} of 5" if row.stars else "",
    )


def _length(row: VisitRow, now: int) -> str:
    length = figures.milliseconds(max(row.ended - row.started, 0))
    return f"{length}, still going on" if now - row.ended < OPEN_MS else length


def _paid(row: VisitRow) -> str:
    if not row.orders:
        return ""
    if not isfinite(row.revenue):
        return "bought"
    sums = figures.moneys(((one.amount, one.currency) for one in row.paid), exact=True)
    return ", ".join((sums, *refunded.remarks(row)))


def _steps(journey: Sequence[str]) -> tuple[Step, ...]:
    steps: list[Step] = []
    for name, again in groupby(journey):
        words = wording.step_name(name) if name.strip() else "Unnamed"
        steps.append(Step(words, len(list(again)), name if words.endswith("…") else ""))
    return tuple(steps)
