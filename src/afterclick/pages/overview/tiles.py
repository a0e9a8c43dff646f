"""The tiles of the Overview: each one figure of what was felt, done and paid, its change and its line."""

from collections.abc import Callable
from dataclasses import replace

import msgspec

from afterclick.measure import Measured, Metric, measured, metric
from afterclick.pages.overview.series import FEWEST_VISITS, Series, VisitBucket, VitalBucket
from afterclick.words import figures
from afterclick.words.change import Change, change
from afterclick.words.chart import Line
from afterclick.words.sentence import Family
from afterclick.words.tile import Tile, grade


def _tile(
    series: Series, key: str, name: str, family: Family, show: Callable[[float], str],
    note: Callable[[VisitBucket], str],
) -> Tile:  # fmt: skip
    meaning, period, empty = metric(key), series.period, VisitBucket(bucket=0)
    lowest = 0.0 if meaning.method in ("count", "sum") else None

    def drawn(edge: int) -> float | None:
        if not series.is_measured(edge):
            return None
        value = _measured(meaning, series.visits.get(edge, empty)).value
        return lowest if value is None else value

    total = series.total(period.edges)
    now = _measured(meaning, total)
    before = _measured(meaning, series.total(period.earlier))
    line = Line(
        name, family, meaning.unit, tuple(map(drawn, period.edges)), tuple(map(drawn, period.earlier))
    )
    return _shown(series, meaning, name, line, now, before, show, note(total))


def _shown(
    series: Series, meaning: Metric, name: str, line: Line, now: Measured, before: Measured,
    show: Callable[[float], str], note: str,
) -> Tile:  # fmt: skip
    pairs = [(one or 0.0, other or 0.0) for one, other in zip(line.values, line.previous, strict=True)]
    absent = series.uncompared
    return Tile(
        meaning.key,
        name,
        line.family,
        "unknown" if now.value is None else show(now.value),
        note,
        line,
        change(now, before, meaning.unit, meaning.good, pairs, absent),
        grade(meaning.key, now.value),
        meaning.anchor,
        meaning.words,
        now,
        before.value if series.total(series.period.earlier).visits else None,
    )


def _measured(meaning: Metric, row: VisitBucket | VitalBucket) -> Measured:
    return measured(meaning, msgspec.structs.asdict(row))


def _of_visits(row: VisitBucket) -> str:
    if row.visits < FEWEST_VISITS:
        return f"{figures.plural(row.visits, 'visit')}; from {FEWEST_VISITS} on it is shown"
    return f"of {figures.plural(row.visits, 'visit')}"


def felt(series: Series) -> tuple[Tile, ...]:
    """Good sessions, vitals, errors and ratings."""
    good = _tile(series, "good_session", "Good sessions", "felt", figures.percent, _of_visits)
    errors = _tile(series, "error", "Visits with errors", "felt", figures.percent, _of_visits)
    rating = _tile(
        series, "rating", "Rating", "felt", lambda v: f"{v:.2f} of 5", lambda r: figures.plural(r.ratings, "answer")
    )  # fmt: skip
    return (good, *(_vital(series, vital) for vital in ("lcp", "inp", "cls")), errors, rating)


def _vital(series: Series, vital: str) -> Tile:
    meaning, period, name = metric(vital), series.period, f"{vital.upper()} p75"
    empty = VitalBucket(bucket=0)
    now = _measured(meaning, series.halves.get(1, empty))
    before = _measured(meaning, series.halves.get(2, empty))
    note = figures.plural(now.n, "page load")
    if now.value is None:
        note += f"; from {meaning.least} on it is shown"

    def drawn(edge: int) -> float | None:
        value: float | None = getattr(series.vitals.get(edge, empty), meaning.part)
        return value

    line = Line(
        name, "felt", meaning.unit, tuple(map(drawn, period.edges)), tuple(map(drawn, period.earlier))
    )
    show = figures.milliseconds if meaning.unit == "ms" else "{:.3f}".format
    return _shown(series, meaning, name, line, now, before, show, note)


def did(series: Series, people_as_of: str = "") -> tuple[Tile, ...]:
    """Visits, people and conversion; `people_as_of` says as of when people are known where that is not now."""
    visits = _tile(
        series, "visits", "Visits", "did", figures.count, lambda _: f"{series.period.label}, bots left out"
    )
    conversion = _tile(series, "conversion", "Conversion", "did", figures.percent, _of_visits)
    return (visits, _people_tile(series, people_as_of), conversion)


def _people_tile(series: Series, as_of: str) -> Tile:
    period, meaning = series.period, metric("people")
    visits, earlier = series.total(period.edges).visits, series.total(period.earlier).visits
    before = measured(meaning, {"people": series.people.get(-2, 0), "visits": earlier})
    found, note = series.people.get(-1, 0), f"in {figures.plural(visits, 'visit')}"
    now = measured(meaning, {"people": found, "visits": visits})
    if visits and not found:
        note = "no device or user of a visit has been counted yet"
        now = Measured(None, visits, exact=note)
    note = f"{note}, {as_of}" if as_of else note

    def drawn(edge: int) -> float | None:
        return float(series.people.get(edge, 0)) if series.is_measured(edge) else None

    line = Line(
        meaning.name, "did", meaning.unit,
        tuple(map(drawn, period.edges)), tuple(map(drawn, period.earlier)),
    )  # fmt: skip
    return _shown(series, meaning, meaning.name, line, now, before, figures.count, note)


def paid(series: Series) -> tuple[Tile, ...]:
    """Revenue and orders, unknown where no visit could have told of one; revenue stays out where the reader may see no
    money.
    """
    revenue = _tile(
        series, "revenue", "Revenue", "paid", lambda v: figures.money(v, series.currency), lambda _: _apart(series)
    )  # fmt: skip
    orders = _tile(series, "orders", "Orders", "paid", figures.count, lambda r: _each(series, r))
    if not series.total(series.period.edges).visits:
        revenue, orders = (_blank(tile, "unknown", _NO_VISIT) for tile in (revenue, orders))
    return (revenue if series.money else _without_money(revenue), orders)


def _apart(series: Series) -> str:
    others = figures.moneys((one.amount, one.currency) for one in series.apart)
    parts = ("before refunds", _converted(series), others and f"apart from it {others}")
    return "; ".join(filter(None, parts))


def _converted(series: Series) -> str:
    """What of the revenue was converted; said in full beneath the tiles."""
    share = sum(one.paid for one in series.exchanged if one.into == series.currency)
    return f"{figures.money(share, series.currency)} of it converted" if share else ""


def _each(series: Series, row: VisitBucket) -> str:
    if not row.orders:
        return "none"
    return (
        f"{figures.money(row.revenue / row.sold, series.currency)} each" if series.money and row.sold else ""
    )


_NO_MONEY = "your role does not include money"
_NO_VISIT = "no customer's visit was received"


def _without_money(tile: Tile) -> Tile:
    blank = _blank(tile, figures.NOT_FOR_YOU, _NO_MONEY)
    return replace(blank, line=replace(blank.line, previous=blank.line.values), before=None)


def _blank(tile: Tile, value: str, why: str) -> Tile:
    """The tile without a figure of this period."""
    return replace(
        tile,
        value=value,
        note=why,
        line=replace(tile.line, values=tuple(None for _ in tile.line.values)),
        change=Change(absent=why),
        measured=replace(tile.measured, value=None, method="", exact=why),
    )
