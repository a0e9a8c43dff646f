"""The tiles of the Overview: each one figure of what was felt, done and paid, its change and its line."""

from collections.abc import Callable
from dataclasses import replace

from afterclick.measure import Unit, metric
from afterclick.pages.overview.series import FEWEST_LOADS, FEWEST_VISITS, Series, VisitBucket, VitalBucket
from afterclick.words import figures
from afterclick.words.chart import Line
from afterclick.words.sentence import Family
from afterclick.words.tile import Tile, Wish, change, grade

Measure = Callable[[VisitBucket], float | None]


def _tile(
    series: Series, key: str, name: str, family: Family, unit: Unit, measure: Measure, show: Callable[[float], str],
    note: Callable[[VisitBucket], str], wish: Wish | None, means: str = "",
) -> Tile:  # fmt: skip
    meaning = metric(means or key)
    now, before = series.total(series.period.edges), series.total(series.period.earlier)
    value = measure(now)
    base = measure(before) if series.compared else None
    empty = VisitBucket(bucket=0)
    lowest = 0.0 if unit in ("count", "money") else None
    values = tuple(_drawn(measure(series.visits.get(edge, empty)), lowest) for edge in series.period.edges)
    previous = tuple(
        _drawn(measure(series.visits.get(edge, empty)), lowest) for edge in series.period.earlier
    )
    return Tile(
        key, name, family, "unknown" if value is None else show(value), note(now),
        Line(name, family, unit, values, previous), change(value, base, wish), "",
        meaning.anchor, meaning.words, amount=value, n=now.visits, before=base,
    )  # fmt: skip


def _drawn(value: float | None, lowest: float | None) -> float | None:
    return lowest if value is None else value


def _share(part: Callable[[VisitBucket], int]) -> Measure:
    return lambda row: part(row) / row.visits if row.visits >= FEWEST_VISITS else None


def _of_visits(row: VisitBucket) -> str:
    if row.visits < FEWEST_VISITS:
        return f"{figures.plural(row.visits, 'visit')}; from {FEWEST_VISITS} on it is shown"
    return f"of {figures.plural(row.visits, 'visit')}"


def felt(series: Series) -> tuple[Tile, ...]:
    """Good sessions, vitals, errors and ratings."""
    good = _tile(
        series, "good_session", "Good sessions", "felt", "share", _share(lambda r: r.good_visits), figures.percent,
        _of_visits, "more",
    )  # fmt: skip
    errors = _tile(
        series, "errors", "Visits with errors", "felt", "share", _share(lambda r: r.failed), figures.percent,
        _of_visits, "less", "error",
    )  # fmt: skip
    rating = _tile(
        series, "rating", "Rating", "felt", "score", lambda r: r.rating_sum / r.ratings if r.ratings else None,
        lambda v: f"{v:.2f} of 5", lambda r: figures.plural(r.ratings, "answer"), "more",
    )  # fmt: skip
    return (good, *(_vital(series, vital) for vital in ("lcp", "inp", "cls")), errors, rating)


_VITALS = {"lcp": "LCP p75", "inp": "INP p75", "cls": "CLS p75"}


def _vital(series: Series, vital: str) -> Tile:
    period = series.period
    value, loads = _half(series, vital, 1)
    before, _ = _half(series, vital, 2)
    unit: Unit = "score" if vital == "cls" else "ms"
    values = tuple(
        _value(series.vitals[edge], vital) if edge in series.vitals else None for edge in period.edges
    )
    previous = tuple(
        _value(series.vitals[edge], vital) if edge in series.vitals else None for edge in period.earlier
    )
    shown = "unknown" if value is None else f"{value:.3f}" if vital == "cls" else figures.milliseconds(value)
    note = figures.plural(loads, "page load")
    if value is None:
        note += f"; from {FEWEST_LOADS} on it is shown"
    line = Line(_VITALS[vital], "felt", unit, values, previous)
    moved, meaning = change(value, before if series.compared else None, "less"), metric(vital)
    return Tile(
        vital,
        _VITALS[vital],
        "felt",
        shown,
        note,
        line,
        moved,
        grade(vital, value),
        meaning.anchor,
        meaning.words,
        amount=value,
        n=loads,
        before=before if series.compared else None,
    )


def _half(series: Series, vital: str, half: int) -> tuple[float | None, int]:
    row = series.halves.get(half)
    loads = _loads(row, vital) if row else 0
    return (_value(row, vital) if row and loads >= FEWEST_LOADS else None), loads


def _value(row: VitalBucket, vital: str) -> float | None:
    return {"lcp": row.lcp, "inp": row.inp, "cls": row.cls}[vital]


def _loads(row: VitalBucket, vital: str) -> int:
    return {"lcp": row.lcp_n, "inp": row.inp_n, "cls": row.cls_n}[vital]


def did(series: Series) -> tuple[Tile, ...]:
    """Visits, people and conversion."""
    visits = _tile(
        series, "visits", "Visits", "did", "count", lambda r: float(r.visits), figures.count,
        lambda _: f"{series.period.label}, bots left out", "more",
    )  # fmt: skip
    conversion = _tile(
        series, "conversion", "Conversion", "did", "share", _share(lambda r: r.buyers), figures.percent,
        _of_visits, "more",
    )  # fmt: skip
    return (visits, _people_tile(series), conversion)


def _people_tile(series: Series) -> Tile:
    period, meaning = series.period, metric("people")
    found, before = series.people.get(-1, 0), series.people.get(-2, 0)
    visits = series.total(period.edges).visits
    known = bool(found or not visits)
    line = Line(
        meaning.name, "did", "count",
        tuple(float(series.people.get(edge, 0)) for edge in period.edges),
        tuple(float(series.people.get(edge, 0)) for edge in period.earlier),
    )  # fmt: skip
    return Tile(
        meaning.key, meaning.name, "did",
        figures.count(found) if known else "unknown",
        f"in {figures.plural(visits, 'visit')}" if known else "no device or user of a visit has been counted yet",
        line, change(found, before if series.compared else None, "more"), "", meaning.anchor, meaning.words,
        amount=float(found) if known else None, n=visits, before=float(before) if series.compared else None,
    )  # fmt: skip


def paid(series: Series) -> tuple[Tile, ...]:
    """Revenue and orders; revenue stays out where the reader may see no money."""
    revenue = _tile(
        series, "revenue", "Revenue", "paid", "money", lambda r: r.revenue,
        lambda v: figures.money(v, series.currency), lambda _: "before refunds", "more",
    )  # fmt: skip
    orders = _tile(
        series, "orders", "Orders", "paid", "count", lambda r: float(r.orders), figures.count,
        lambda r: _each(series, r), "more",
    )  # fmt: skip
    return (revenue if series.money else _without_money(revenue), orders)


def _each(series: Series, row: VisitBucket) -> str:
    if not row.orders:
        return "none yet"
    return f"{figures.money(row.revenue / row.orders, series.currency)} each" if series.money else ""


def _without_money(tile: Tile) -> Tile:
    nothing = tuple(None for _ in tile.line.values)
    line = replace(tile.line, values=nothing, previous=nothing)
    return replace(
        tile,
        value=figures.NOT_FOR_YOU,
        note="your role does not include money",
        line=line,
        change=None,
        amount=None,
        before=None,
    )
