"""People on the pages: the tile of the Overview, and from one visit to the others of its person."""

import random
import uuid
from collections.abc import Iterator
from typing import Any

import httpx
import pytest
from tests.web.desks import BUSY, a_desk, served
from tests.web.markup import Page
from tests.web.shopfront import DAY, HOUR, NOW, uuid7

from afterclick.customers import Identity, SqlCuts
from afterclick.pages import dashboard
from afterclick.settings import Settings
from afterclick.signals import Event
from afterclick.store.control.database import open_control
from afterclick.store.schema.records import events_table
from afterclick.store.store import Store

VISITS = (
    ("phone", "", NOW - 10 * DAY),
    ("phone", "ada", NOW - DAY),
    ("laptop", "ada", NOW - 2 * HOUR),
    ("other", "", NOW - HOUR),
)


@pytest.fixture
def events(site: str) -> list[Event]:
    chance = random.Random(1)
    return [
        Event(
            site=site,
            event_id=str(uuid.uuid4()),
            type="page_view",
            time=start,
            received=start,
            session_id=uuid7(start, chance),
            session_start=start,
            device_id=device,
            user_id=user,
            step="cart",
        )
        for device, user, start in VISITS
    ]


@pytest.fixture
def shown(store: Store, settings: Settings, site: str, events: list[Event]) -> Iterator[httpx.Client]:
    store.insert("events", events_table(events), f"people-{site}")
    desk = a_desk(store, settings, site, [], BUSY)
    with served(dashboard(desk), desk.live) as url, httpx.Client(base_url=url, timeout=30) as client:
        yield client


@pytest.fixture
def identified(shown: httpx.Client, store: Store, settings: Settings) -> httpx.Client:
    Identity(store.identity, SqlCuts(open_control(settings))).run()
    return shown


def test_the_overview_counts_people_once_on_however_many_devices(identified: httpx.Client) -> None:
    tile = people(identified)
    assert (tile["value"], tile["n"]) == (2, 3)
    drawn = identified.get("/api/v1/overview").json()["trend"]
    values = next(one["values"] for one in drawn if one["key"] == "people")
    assert sum(values) == 3, "a person of two buckets stands in both"


def test_until_identity_has_run_people_are_unknown_and_the_tile_says_why(shown: httpx.Client) -> None:
    tile = people(shown)
    assert (tile["value"], tile["unknown"]) == (None, "no device or user of a visit has been counted yet")


def people(client: httpx.Client) -> dict[str, Any]:
    return next(one for one in client.get("/api/v1/overview").json()["did"] if one["key"] == "people")


def test_a_visit_leads_to_all_visits_of_its_person(identified: httpx.Client, events: list[Event]) -> None:
    links = Page(identified.get(f"/visits/{events[2].session_id}").text).all("a")
    link = next(one for one in links if "person=" in one.get("href"))
    assert link.text == "2 other visits of this person, on 2 devices"
    page = identified.get(link.get("href")).text
    assert [one.session_id in page for one in events] == [True, True, True, False]


def test_a_visit_of_a_lone_device_says_so(identified: httpx.Client, events: list[Event]) -> None:
    page = identified.get(f"/visits/{events[3].session_id}")
    assert "No other visit of this person" in page.text


@pytest.mark.parametrize("number", ["-1", "x", "4294967296", "١"])
def test_a_person_that_is_no_number_is_refused(identified: httpx.Client, number: str) -> None:
    assert identified.get("/visits", params={"person": number}).status_code == 400
