"""How long after a fault's onset it has a price, against traffic: `python -m benchmarks.time_to_price`.

Simulated shops of different traffic go through the real engine; each is priced as of several moments after the onset.
Writes `docs/images/time-to-price.svg` and prints the table of `docs/time-to-price.md`.
"""

import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from math import log10
from pathlib import Path

from tests.impact.feed import insert, random_site
from tests.verify.coverage import PROBLEMS

from afterclick.demo.shoppers import simulate
from afterclick.impact import Estimate, Question, price
from afterclick.measure import BOUND
from afterclick.settings import load
from afterclick.store.scope import Scope
from afterclick.store.store import Store, open_store

FAULTS = ("product-image", "payment-slow")
VISITS_A_DAY = (500, 1500, 5000, 15_000)
MINUTES = (2, 5, 10, 20, 30, 60, 120, 240, 480, 960, 1440)
HISTORY_DAYS = 2
TARGET = Path("docs/images/time-to-price.svg")

_WIDTH, _HEIGHT, _LEFT, _BOTTOM = 720, 400, 70, 50


@dataclass(frozen=True)
class Point:
    """Minutes after the onset until there is a price, and until its interval excludes 0; None: not within a day."""

    fault: str
    visits_a_day: int
    priced: int | None
    certain: int | None


def measure(store: Store) -> Iterator[Point]:
    """One point for each fault and traffic."""
    for fault in FAULTS:
        for visits_a_day in VISITS_A_DAY:
            yield _point(store, fault, visits_a_day)


def _point(store: Store, fault: str, visits_a_day: int) -> Point:
    days = HISTORY_DAYS + 1.0
    run = simulate(7, int(visits_a_day * days), fault, days=days, onset=HISTORY_DAYS / days)
    site = random_site()
    insert(store, site, run)
    step, signal, segment = PROBLEMS[fault]
    priced = certain = None
    for minutes in MINUTES:
        until = run.truth.onset + minutes * 60_000
        question = Question(step=step, signal=signal, segment=segment, onset=run.truth.onset, until=until)
        found = price(store, Scope(site), question)
        priced = priced or (minutes if found.status == "priced" else None)
        if _excludes_zero(found):
            certain = minutes
            break
    return Point(fault, visits_a_day, priced, certain)


def _excludes_zero(found: Estimate) -> bool:
    return found.orders_lost is not None and found.orders_lost.low > 0


def table(points: Sequence[Point]) -> str:
    """The points as a Markdown table."""
    rows = [
        f"| `{point.fault}` | {point.visits_a_day:,} | {_words(point.priced)} | {_words(point.certain)} |"
        for point in points
    ]
    return "\n".join(["| fault | visits a day | priced after | certain after |", "|---|---|---|---|", *rows])


def _words(minutes: int | None) -> str:
    if minutes is None:
        return "over a day"
    return f"{minutes} min" if minutes < 120 else f"{minutes / 60:g} h"


def plot(points: Sequence[Point]) -> str:
    """The points as SVG on two logarithmic axes; solid: priced, dashed: the interval excludes 0."""
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {_HEIGHT}" font-family="sans-serif" '
        'font-size="12" role="img" aria-label="Time to price against traffic">',
        f'<rect width="{_WIDTH}" height="{_HEIGHT}" fill="#fff"/>',
    ]
    for minutes in (2, 10, 60, 240, 1440):
        y = _y(minutes)
        parts.append(f'<path d="M{_LEFT} {y:.0f}H{_WIDTH - 150}" stroke="#ddd"/>')
        parts.append(
            f'<text x="{_LEFT - 8}" y="{y + 4:.0f}" text-anchor="end" fill="#555">{_words(minutes)}</text>'
        )
    below, middle = _HEIGHT - _BOTTOM + 20, (_LEFT + _WIDTH - 150) / 2
    parts += [
        f'<text x="{_x(visits):.0f}" y="{below}" text-anchor="middle" fill="#555">{visits:,}</text>'
        for visits in VISITS_A_DAY
    ]
    parts.append(
        f'<text x="{middle:.0f}" y="{_HEIGHT - 10}" text-anchor="middle" fill="#333">visits a day</text>'
    )
    for row, (fault, colour) in enumerate(zip(FAULTS, ("#0b5fff", "#c2410c"), strict=True)):
        mine = [point for point in points if point.fault == fault]
        parts += _lines(mine, colour)
        y = 40 + 60 * row
        parts.append(f'<text x="{_WIDTH - 140}" y="{y}" fill="{colour}" font-weight="bold">{fault}</text>')
        parts.append(f'<text x="{_WIDTH - 140}" y="{y + 16}" fill="{colour}">— priced</text>')
        parts.append(f'<text x="{_WIDTH - 140}" y="{y + 32}" fill="{colour}">- - interval above 0</text>')
    return "\n".join([*parts, "</svg>", ""])


def _lines(points: Sequence[Point], colour: str) -> list[str]:
    priced = [(_x(one.visits_a_day), _y(one.priced)) for one in points if one.priced]
    certain = [(_x(one.visits_a_day), _y(one.certain)) for one in points if one.certain]
    drawn = [
        f'<polyline points="{" ".join(f"{x:.0f},{y:.0f}" for x, y in line)}" fill="none" stroke="{colour}" '
        f'stroke-width="2" stroke-dasharray="{dash}"/>'
        for line, dash in ((priced, "none"), (certain, "5 4"))
    ]
    return drawn + [
        f'<circle cx="{x:.0f}" cy="{y:.0f}" r="3" fill="{colour}"/>' for x, y in (*priced, *certain)
    ]


def _x(visits: int) -> float:
    share = (log10(visits) - log10(VISITS_A_DAY[0])) / (log10(VISITS_A_DAY[-1]) - log10(VISITS_A_DAY[0]))
    return _LEFT + 20 + share * (_WIDTH - 190 - _LEFT)


def _y(minutes: int) -> float:
    share = (log10(minutes) - log10(2)) / (log10(1440) - log10(2))
    return _HEIGHT - _BOTTOM - share * (_HEIGHT - _BOTTOM - 30)


def main() -> None:
    """Measure, draw, print."""
    with tempfile.TemporaryDirectory() as folder:
        store = open_store(load({"AFTERCLICK_DATA": folder}), BOUND)
        points = list(measure(store))
        store.close()
    TARGET.parent.mkdir(parents=True, exist_ok=True)
    TARGET.write_text(plot(points), encoding="utf-8")
    print(table(points))


if __name__ == "__main__":
    main()
