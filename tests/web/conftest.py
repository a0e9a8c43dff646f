"""The seeded shop and an empty site, each behind its pages."""

import uuid
from collections.abc import Iterator
from dataclasses import replace

import httpx
import pytest
from tests.web.desks import BUSY, a_desk, served
from tests.web.shopfront import DAY, NOW, seed
from tests.web.troubles import the_problems

from afterclick import web
from afterclick.accounts import Site
from afterclick.impact import AtRisk, Estimate, Together
from afterclick.pages import dashboard
from afterclick.settings import Settings
from afterclick.stats import Interval
from afterclick.store.scope import Scope
from afterclick.store.store import Store
from afterclick.web.intake import Intake


@pytest.fixture(scope="session")
def seeded_site(store: Store) -> str:
    """A site with a fortnight of visits."""
    site = f"site-{uuid.uuid4().hex[:12]}"
    seed(store, site)
    return site


@pytest.fixture(scope="session")
def shop_desk(store: Store, settings: Settings, seeded_site: str) -> web.Desk:
    """The desk of the seeded site, with one problem of each kind."""
    risk = Estimate(
        status="priced",
        n_exposed=402,
        n_control=2100,
        revenue_lost=Interval(8100, 5200, 11300),
        currency="EUR",
        since=NOW - 7 * DAY,
        until=NOW,
    )
    desk = a_desk(store, settings, seeded_site, the_problems(seeded_site), BUSY)
    desk.accounts.sites.create(Site(seeded_site, "Shop", "EUR", "UTC"))

    def at_risk(scope: Scope) -> AtRisk:
        return AtRisk(Together(problems=("amex-payment",), estimate=risk), risk)

    return replace(desk, at_risk=at_risk)


@pytest.fixture(scope="session")
def shop_url(shop_desk: web.Desk) -> Iterator[str]:
    """The seeded site's dashboard, served."""
    with served(dashboard(shop_desk), shop_desk.live) as url:
        yield url


@pytest.fixture(scope="session")
def shop(shop_url: str) -> Iterator[httpx.Client]:
    """A client of the seeded site's dashboard."""
    with httpx.Client(base_url=shop_url, timeout=30) as client:
        yield client


@pytest.fixture
def empty_desk(store: Store, settings: Settings, site: str) -> web.Desk:
    """The desk of a site that nothing was ever sent to."""
    return a_desk(store, settings, site, [], Intake())


@pytest.fixture
def empty(empty_desk: web.Desk) -> Iterator[httpx.Client]:
    """A client of the empty site's dashboard."""
    with (
        served(dashboard(empty_desk), empty_desk.live) as url,
        httpx.Client(base_url=url, timeout=30) as client,
    ):
        yield client
