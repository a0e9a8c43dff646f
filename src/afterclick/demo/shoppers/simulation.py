"""Small runs without HTTP: what a browser would have reported, as plain columns, and the truth beside it."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from afterclick.demo.shoppers import population
from afterclick.demo.shoppers.choice import Mood
from afterclick.demo.shoppers.faults import HEALTHY_RELEASE, HEAVY_RELEASE, Fault
from afterclick.demo.shoppers.feeling import CHECKOUT, GONE, STEPS, World, has_new_release
from afterclick.demo.shoppers.luck import draw
from afterclick.demo.shoppers.population import (
    BROWSERS,
    CAMPAIGNS,
    CARD_NETWORKS,
    COUNTRIES,
    DAY_MS,
    DEVICE_CLASSES,
    TIERS,
    Crowd,
    Flags,
    Integers,
    Numbers,
)
from afterclick.demo.shoppers.truth import Truth, felt_error, felt_slow, told
from afterclick.demo.shoppers.visit import Page, Walk, walk

Words = NDArray[np.str_]
UNTIL_MS = 1_793_491_200_000  # 2026-11-01T00:00:00Z


@dataclass(frozen=True)
class Visits:
    """One row a visit, by start. `person` numbers the device; `revenue` is 0 without an order (EUR)."""

    start: Integers
    end: Integers
    person: Integers
    visitor: Words
    country: Words
    campaign: Words
    device_class: Words
    device_tier: Words
    browser: Words
    release: Words  # of the visit's first page view
    card_network: Words  # known to the product only from checkout on, see Views.card_network
    ordered: Flags
    revenue: Numbers


@dataclass(frozen=True)
class Views:
    """One row a page view, by visit and time. Milliseconds; NaN where a browser would have reported nothing."""

    visit: Integers  # row in Visits
    time: Integers
    step: Words
    release: Words
    card_network: Words  # "" before checkout
    cart_value: Numbers
    lcp: Numbers
    inp: Numbers
    cls: Numbers
    request_ms: Numbers  # the longest request of the view
    resource_ms: Numbers  # the longest reported resource of the view
    slow: Flags  # as in page_view_felt, definitions v1
    error: Flags
    struggle: Flags


@dataclass(frozen=True)
class Simulation:
    """One run: what was seen, and what the product must never see."""

    visits: Visits
    views: Views
    truth: Truth


def simulate(
    seed: int,
    n_visits: int = 8000,
    fault: str = "",
    *,
    days: float = 2.0,
    onset: float = 0.5,
    until: int = UNTIL_MS,
) -> Simulation:
    """Simulate about `n_visits` visits over `days` days that end at `until` (UTC ms).

    The fault (a name of docs/faults.md, "" for none) begins after the share `onset` of that time and lasts.
    Visits not over at `until` are left out. The same arguments give the same answer. Raises InvalidInput for an
    unknown fault.
    """
    rng = np.random.default_rng(seed)
    since = until - int(days * DAY_MS)
    world = World(Fault(fault, since + int(onset * days * DAY_MS)))
    crowd = population.crowd(rng, n_visits, since, until)
    mood = Mood.draw(rng, crowd)
    luck = draw(rng, n_visits)
    happened = walk(world, crowd, mood, luck)
    truth, over = told(world, crowd, mood, luck, happened, until)
    releases = _releases(world, crowd, happened.pages)
    return Simulation(
        _visits(crowd, happened, over, releases), _views(crowd, happened.pages, over, releases), truth
    )


def release_at(world: World, crowd: Crowd, at: Integers) -> Words:
    """The release that each visit's device runs at `at` (UTC ms)."""
    new = (at >= world.fault.onset) & has_new_release(crowd) & (world.fault.name == "mobile-long-task")
    return np.where(new, HEAVY_RELEASE, HEALTHY_RELEASE)


def _releases(world: World, crowd: Crowd, pages: Sequence[Page]) -> Words:
    return np.array([release_at(world, crowd, page.at) for page in pages])


def _visits(crowd: Crowd, happened: Walk, over: Flags, releases: Words) -> Visits:
    who, person = crowd.people, crowd.person[over]
    names = np.array(BROWSERS)[who.device_class[person], who.system[person]]
    return Visits(
        start=crowd.start[over],
        end=happened.end[over],
        person=person,
        visitor=np.where(crowd.returning[over], "returning", "new"),
        country=np.array([country.code for country in COUNTRIES])[who.country[person]],
        campaign=np.array(CAMPAIGNS)[crowd.campaign[over]],
        device_class=np.array(DEVICE_CLASSES)[who.device_class[person]],
        device_tier=np.array(TIERS)[who.tier[person]],
        browser=names,
        release=releases[0][over],
        card_network=np.array(CARD_NETWORKS)[who.card[person]],
        ordered=happened.ordered[over],
        revenue=happened.revenue[over],
    )


def _views(crowd: Crowd, pages: Sequence[Page], over: Flags, releases: Words) -> Views:
    """Slot-major arrays turned visit-major, empty slots left out."""
    step = np.array([page.step for page in pages]).T
    kept = (step != GONE) & over[:, None]

    def column(values: Sequence[NDArray[np.generic]]) -> NDArray[np.generic]:
        return np.array(values).T[kept]

    row = np.cumsum(over) - 1
    visit, _ = np.nonzero(kept)
    network = np.array(CARD_NETWORKS)[crowd.people.card[crowd.person]][visit]
    requests = [np.fmax(page.felt.answer_ms, np.fmax.reduce(page.pressed.ms)) for page in pages]
    return Views(
        visit=row[visit],
        time=column([page.at for page in pages]).astype(np.int64),
        step=np.array(STEPS)[step[kept]],
        release=releases.T[kept],
        card_network=np.where(step[kept] >= CHECKOUT, network, ""),
        cart_value=column([page.cart for page in pages]).astype(np.float64),
        lcp=column([page.felt.lcp for page in pages]).astype(np.float64),
        inp=column([page.felt.inp for page in pages]).astype(np.float64),
        cls=column([page.felt.shift for page in pages]).astype(np.float64),
        request_ms=column(requests).astype(np.float64),
        resource_ms=column([page.felt.resource_ms for page in pages]).astype(np.float64),
        slow=column([felt_slow(page) for page in pages]).astype(np.bool_),
        error=column([felt_error(page) for page in pages]).astype(np.bool_),
        struggle=column([page.rage | page.dead_click for page in pages]).astype(np.bool_),
    )
