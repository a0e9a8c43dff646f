"""Seeded streams of waits at one step, counted as a scan counts them but without the engine: many can be looked at."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from afterclick.measure.usual import NEVER, limit
from afterclick.resolve.arrivals import bit
from afterclick.resolve.detect import findings
from afterclick.resolve.fold import Finding
from afterclick.resolve.scan import CODES, DAY, LOOKBACK, StepScan, grid

NOW = 1_781_000_000_000
CLASSES = np.array(["mobile", "desktop", "tablet"])
CARDS = np.array(["visa", "mastercard", "amex", "other"])
COUNTRIES = np.array(["DE", "FR", "CZ"])


@dataclass
class Stream:
    """Arrivals in order of time, each of a visit; `wait` in ms is what a fault may change."""

    at: NDArray[np.int64]
    device_class: NDArray[np.str_]
    card: NDArray[np.str_]
    country: NDArray[np.str_]
    wait: NDArray[np.float64]


def stream(
    seed: int,
    visits: int = 4000,
    days: float = 14,
    spread: float = 0.4,
    mobile: float = 0.5,
    late: float = 0.5,
) -> Stream:
    """Visits of one to four arrivals: the network of each makes all of its waits longer or shorter.

    `spread` is the log-normal sigma of visits and of arrivals each; mobile ones take three times as long. The share of
    mobile visits goes from `mobile` to `late` a day before the end.
    """
    rng = np.random.default_rng(seed)
    start = np.sort(rng.uniform(NOW - days * DAY, NOW, visits))
    share = np.where(start < NOW - DAY, mobile, late)
    kind = np.where(rng.uniform(size=visits) < share, 0, np.where(rng.uniform(size=visits) < 0.9, 1, 2))
    network = rng.lognormal(0, spread, visits)
    card, country = rng.choice(4, visits, p=[0.5, 0.3, 0.15, 0.05]), rng.integers(0, 3, visits)
    visit = np.repeat(np.arange(visits), rng.integers(1, 5, visits))
    at = np.minimum(start[visit] + rng.uniform(0, 600_000, len(visit)), NOW - 1).astype(np.int64)
    usual = np.where(kind == 0, 1800.0, 600.0)[visit]
    wait = usual * network[visit] * rng.lognormal(0, spread, len(visit))
    return Stream(at, CLASSES[kind[visit]], CARDS[card[visit]], COUNTRIES[country[visit]], wait)


def found(one: Stream) -> list[Finding]:
    """What detection says of the stream, as it would of one step of a site."""
    limits = {name: _limit(one.wait[one.device_class == name]) for name in CLASSES}
    slower = one.wait >= np.array([limits[str(name)] for name in one.device_class])
    return _findings(one, slower)


def _limit(waits: NDArray[np.float64]) -> int:
    return (limit(float(np.median(waits)), len(waits)) if len(waits) else None) or NEVER


def _findings(one: Stream, slower: NDArray[np.bool_]) -> list[Finding]:
    def counted(told: tuple[dict[str, str], ...] = ()) -> StepScan:
        parts = {"device_class": one.device_class, "card_network": one.card, "country": one.country}
        kept = np.ones(len(one.at), dtype=np.bool_)
        for segment in told:
            kept &= ~np.logical_and.reduce([parts[name] == value for name, value in segment.items()])
        buckets = grid(NOW)
        place = np.searchsorted(buckets.starts, one.at, side="right") - 1
        members = {"": kept}
        for name, values in parts.items():
            members |= {f"{name}={value}": kept & (values == value) for value in np.unique(values)}
        views = np.zeros((len(members), len(buckets.starts), CODES))
        code = np.where(slower, bit("slower"), 0)
        for index, rows in enumerate(members.values()):
            np.add.at(views[index], (place[rows], code[rows]), 1)
        return StepScan("payment", tuple(members), views, buckets)

    assert one.at.min() >= NOW - LOOKBACK
    return findings(counted(), 1, counted, lambda finding, _: finding)
