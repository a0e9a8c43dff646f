"""Who shops: people who differ, the visits that they make, and the hours at which they make them.

Every number here stands, with its reason, in `docs/simulator.md`.
"""

from dataclasses import dataclass

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

Numbers = NDArray[np.float64]
Integers = NDArray[np.int64]
Flags = NDArray[np.bool_]

DAY_MS = 86_400_000


@dataclass(frozen=True)
class Country:
    """A market: its share of people, its clock, its cards, and how often its banks turn a payment back."""

    code: str
    share: float
    utc_offset: int  # hours
    cards: tuple[float, float, float]  # shares of CARD_NETWORKS
    keenness: float
    refused: float  # share of paid orders that the bank's confirmation loses
    trouble: float  # 0 to 1: how much of a partial backend fault reaches this market


COUNTRIES = (
    Country("DE", 0.22, 1, (0.46, 0.36, 0.18), 0.10, 0.05, 0.25),
    Country("FR", 0.15, 1, (0.50, 0.30, 0.20), 0.00, 0.08, 0.30),
    Country("GB", 0.14, 0, (0.42, 0.23, 0.35), 0.05, 0.14, 0.70),
    Country("NL", 0.09, 1, (0.40, 0.40, 0.20), 0.15, 0.05, 0.20),
    Country("ES", 0.10, 1, (0.52, 0.30, 0.18), -0.10, 0.10, 0.40),
    Country("PL", 0.08, 1, (0.52, 0.36, 0.12), -0.15, 0.10, 0.40),
    Country("US", 0.22, -5, (0.27, 0.18, 0.55), -0.10, 0.30, 1.00),
)
CARD_NETWORKS = ("visa", "mastercard", "amex")
DEVICE_CLASSES = ("mobile", "tablet", "desktop")
DEVICE_SHARES = (0.56, 0.07, 0.37)
TIERS = ("low", "mid", "high")
TIER_SHARES = ((0.40, 0.40, 0.20), (0.30, 0.50, 0.20), (0.14, 0.41, 0.45))  # by device class
TIER_KEENNESS = (-0.50, 0.05, 0.40)  # slow devices belong to people who buy less
CAMPAIGNS = ("", "newsletter", "brand-search", "social-video", "shopping-ads")
CAMPAIGN_SHARES = (0.38, 0.14, 0.16, 0.18, 0.14)
CAMPAIGN_KEENNESS = (0.0, 0.30, 0.40, -0.55, 0.10)
RETURNING_KEENNESS = 0.45
KNOWN_BEFORE = 0.30  # of devices were here before history begins
VISITS_A_PERSON = 1.6
# Browser and operating system by device class; the first is the commonest.
BROWSERS = (("Chrome Mobile", "Mobile Safari"), ("Mobile Safari", "Chrome Mobile"), ("Chrome", "Firefox"))
SYSTEMS = (("Android", "iOS"), ("iOS", "Android"), ("Windows", "macOS"))
# Traffic by hour of the customer's own day.
HOURS = np.array(
    [10, 6, 4, 3, 3, 5, 12, 22, 34, 42, 47, 50, 55, 50, 46, 45, 48, 55, 66, 80, 88, 78, 50, 24], float
)

_KEENNESS = np.array([c.keenness for c in COUNTRIES])
_OFFSETS = np.array([c.utc_offset for c in COUNTRIES])
REFUSED = np.array([c.refused for c in COUNTRIES])
TROUBLE = np.array([c.trouble for c in COUNTRIES])


@dataclass(frozen=True)
class People:
    """Persons with a device each; integer columns index the tables above.

    `tolerance` and `patience` are seconds of annoyance: the worst single page, and the whole visit, that a person
    bears. `pay_limit` is how long they wait for a payment, in ms; `nerve` how many failures they try again after.
    """

    device: NDArray[np.str_]
    country: Integers
    device_class: Integers
    tier: Integers
    system: Integers
    card: Integers
    keenness: Numbers
    tolerance: Numbers
    patience: Numbers
    pay_limit: Numbers
    nerve: Integers
    known: Flags
    updated: Numbers  # 0 to 1: whose cache takes a new release when it is rolled out to that share


@dataclass(frozen=True)
class Crowd:
    """Visits in order of `start` (UTC ms), and who makes each: `person` indexes `people`."""

    people: People
    person: Integers
    start: Integers
    campaign: Integers
    returning: Flags

    def __len__(self) -> int:
        return self.start.size

    def slice(self, first: int, last: int) -> "Crowd":
        """The visits from `first` to before `last`."""
        part = slice(first, last)
        return Crowd(
            self.people, self.person[part], self.start[part], self.campaign[part], self.returning[part]
        )


def people(rng: Generator, n: int) -> People:
    """Draw `n` persons."""
    country = rng.choice(len(COUNTRIES), n, p=[c.share for c in COUNTRIES])
    device_class = rng.choice(3, n, p=DEVICE_SHARES)
    tier = _pick(rng, np.array(TIER_SHARES)[device_class])
    hurried = rng.random(n) < 0.48
    tolerance = np.where(hurried, 0.8 + rng.exponential(1.0, n), 4.0 + 3.0 * rng.weibull(0.9, n))
    waits_little = rng.random(n) < 0.75
    return People(
        device=_device_ids(rng, n),
        country=country,
        device_class=device_class,
        tier=tier,
        system=(rng.random(n) < 0.35).astype(np.int64),
        card=_pick(rng, np.array([c.cards for c in COUNTRIES])[country]),
        keenness=_KEENNESS[country] + np.array(TIER_KEENNESS)[tier] + _temperament(rng, n),
        tolerance=tolerance,
        patience=1.6 * tolerance + rng.pareto(2.5, n),
        pay_limit=3050 + np.where(waits_little, rng.exponential(500.0, n), 1500 + rng.exponential(5000.0, n)),
        nerve=rng.choice(4, n, p=(0.20, 0.32, 0.30, 0.18)),
        known=rng.random(n) < KNOWN_BEFORE,
        updated=rng.random(n),
    )


def crowd(rng: Generator, n_visits: int, since: int, until: int) -> Crowd:
    """Draw `n_visits` visits that start between `since` and `until` (UTC ms), by people drawn for them."""
    n_people = max(1, int(n_visits / VISITS_A_PERSON))
    persons = people(rng, n_people)
    person = np.minimum((n_people * rng.random(n_visits) ** 1.4).astype(np.int64), n_people - 1)
    start = _starts(rng, _OFFSETS[persons.country[person]], since, until)
    order = np.argsort(start, kind="stable")
    person = person[order]
    first = np.zeros(n_visits, bool)
    first[np.unique(person, return_index=True)[1]] = True
    return Crowd(
        people=persons,
        person=person,
        start=start[order],
        campaign=rng.choice(len(CAMPAIGNS), n_visits, p=CAMPAIGN_SHARES),
        returning=~first | persons.known[person],
    )


def _temperament(rng: Generator, n: int) -> Numbers:
    """Keenness of a person beyond what can be observed: two kinds of people, each skewed; no bell curve."""
    keen = rng.random(n) < 0.35
    return np.where(keen, 0.2 + rng.gamma(2.0, 0.40, n), 0.1 - rng.gamma(1.6, 0.38, n))


def _pick(rng: Generator, shares: Numbers) -> Integers:
    """One column index a row of `shares`, with the row's probabilities."""
    return (rng.random((len(shares), 1)) > np.cumsum(shares, axis=1)[:, :-1]).sum(axis=1)


def _device_ids(rng: Generator, n: int) -> NDArray[np.str_]:
    text = rng.bytes(10 * n).hex()
    return np.array([text[20 * i : 20 * i + 20] for i in range(n)], dtype=np.str_)


def _starts(rng: Generator, offsets: Integers, since: int, until: int) -> Integers:
    """Times by the hour profile of each visitor's clock: drawn evenly, thinned by the profile, redrawn until kept."""
    start = np.empty(offsets.size, np.int64)
    missing = np.arange(offsets.size)
    share = HOURS / HOURS.max()
    while missing.size:
        drawn = rng.integers(since, until, missing.size)
        hour = ((drawn // 3_600_000) + offsets[missing]) % 24
        start[missing] = drawn
        missing = missing[rng.random(missing.size) > share[hour]]
    return start
