"""A period in which nothing came is not a site that never began."""

import uuid
from dataclasses import replace

import httpx
import msgspec
from tests.web.desks import BUSY, Doors, served
from tests.web.markup import Page

from afterclick import web
from afterclick.pages import dashboard
from afterclick.pages.overview import series, tiles
from afterclick.pages.overview.series import Series, VisitBucket
from afterclick.signals import Event
from afterclick.store.schema.records import events_table
from afterclick.store.scope import Scope
from afterclick.store.store import Store
from afterclick.words.period import Period, period

NOW = 1_780_315_200_000
"""2026-06-01 12:00 UTC."""


def answer_of(url: str, path: str) -> str:
    return Page(httpx.get(url + path).text).by_class("answer")[0].text.strip()


def test_a_quiet_period_of_a_site_that_has_begun_is_no_lesson_in_setting_up(empty_desk: web.Desk) -> None:
    begun = replace(empty_desk, health=Doors(BUSY))
    with served(dashboard(begun), begun.live) as url:
        asked = httpx.get(f"{url}/?from=2025-01-01&to=2025-01-02").text
        assert "Nothing to show before the first visit" not in asked
        said = answer_of(url, "/?from=2025-01-01&to=2025-01-02")
        assert said == "No visit was received from 2025-01-01 to 2025-01-02; check the connection."
        assert answer_of(url, "/").startswith("No visit was received in the last 7 days;")


def test_of_a_period_without_a_visit_revenue_and_orders_are_unknown_and_not_0(empty_desk: web.Desk) -> None:
    with served(dashboard(replace(empty_desk, health=Doors(BUSY))), empty_desk.live) as url:
        told = httpx.get(f"{url}/api/v1/overview?from=2025-01-01&to=2025-01-02").json()
    paid = {one["key"]: (one["value"], one["unknown"]) for one in told["paid"]}
    for key in ("revenue", "orders"):
        assert paid[key] == (None, "no customer's visit was received")


def visited(store: Store, site: str, time: int, **told: object) -> None:
    """One page view of a visit of its own."""
    fields = {"session_id": str(uuid.uuid4()), "session_start": time, "page_view_id": str(uuid.uuid4())}
    event = {"site": site, "event_id": str(uuid.uuid4()), "type": "page_view", "time": time, "received": time}
    one = msgspec.convert(event | fields | told, Event)
    store.insert("events", events_table([one]), one.event_id)


def test_a_period_with_visits_of_nobody_but_programs_and_own_people_says_so(
    empty_desk: web.Desk, store: Store, site: str
) -> None:
    noon = 1_735_732_800_000  # 2025-01-01 12:00 UTC
    visited(store, site, noon, device_class="internal")
    visited(store, site, noon, device_class="bot")
    begun = replace(empty_desk, health=Doors(BUSY))
    with served(dashboard(begun), begun.live) as url:
        for page in ("/", "/visits"):
            assert answer_of(url, page + "?from=2025-01-01&to=2025-01-02") == (
                "No customer's visit was received from 2025-01-01 to 2025-01-02, "
                "only visits that do not count: 1 of bots, 0 of programs, 1 of your own people, "
                "0 told by servers alone."
            )


def drawn(span: Period, *visited: int) -> dict[str, list[float | None]]:
    """The lines of counts when visits came in these buckets of the period and no others."""
    visits = {span.edges[at]: VisitBucket(bucket=span.edges[at], visits=40) for at in visited}
    people = dict.fromkeys(visits, 30)
    found = Series(span, visits, {}, {}, people, "EUR", money=True)
    return {tile.key: list(tile.line.values) for tile in (*tiles.did(found), *tiles.paid(found))}


def test_before_the_first_visit_nothing_is_drawn_and_between_visits_a_zero_is() -> None:
    span = period("7d", NOW, "UTC")
    lines = drawn(span, 3, 5)
    for key in ("visits", "people", "revenue", "orders"):
        assert lines[key][:3] == [None] * 3, key
        assert lines[key][4] == 0, key
    assert lines["visits"][3:6] == [40, 0, 40]
    assert set(drawn(span)["visits"]) == {None}


def test_a_bucket_in_which_a_vital_was_not_measured_holds_none_and_no_line_of_it(
    store: Store, site: str
) -> None:
    fields = {
        "session_id": str(uuid.uuid4()),
        "session_start": NOW - 60_000,
        "page_view_id": str(uuid.uuid4()),
    }
    for type, more in (("page_view", {}), ("vital", {"name": "LCP", "value": 900.0})):
        told = {"site": site, "event_id": str(uuid.uuid4()), "type": type, "time": NOW - 60_000}
        one = msgspec.convert(told | {"received": NOW - 60_000} | fields | more, Event)
        store.insert("events", events_table([one]), one.event_id)
    found = series.read(store, Scope(site), period("7d", NOW, "UTC"), "EUR")
    assert [(one.lcp, one.inp, one.cls) for one in found.vitals.values()] == [(900.0, None, None)]
