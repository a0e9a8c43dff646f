"""Whether a site ever began is told apart from whether anything came lately."""

import random
import uuid
from collections.abc import Iterator

import msgspec
import pytest
from tests.web.shopfront import DAY, NOW, Shopper

from afterclick.app.desk import SpoolHealth
from afterclick.settings import Settings
from afterclick.signals import Span
from afterclick.store.control.database import open_control
from afterclick.store.control.taken_and_dropped import Quality
from afterclick.store.schema.records import events_table, records_table
from afterclick.store.spool.outlet import Outlet
from afterclick.store.spool.spool import Spool
from afterclick.store.store import Store


@pytest.fixture
def health(store: Store, settings: Settings) -> Iterator[SpoolHealth]:
    Spool(settings.spool, settings.spool_budget_bytes).close()
    outlet = Outlet(settings.spool)
    yield SpoolHealth(outlet, Quality(open_control(settings)), store)
    outlet.close()


def test_a_site_has_begun_once_anything_of_it_came_however_long_ago(
    store: Store, health: SpoolHealth
) -> None:
    silent, old, served = (f"site-{uuid.uuid4().hex[:12]}" for _ in range(3))
    visit = Shopper(old, random.Random(1), NOW - 20 * DAY, {"device_id": "d"})
    visit.open(0, 900, 200.0)
    store.insert("events", events_table(visit.events), uuid.uuid4().hex)
    span = {
        "site": served, "trace_id": uuid.uuid4().hex, "span_id": "e" * 16, "time": NOW, "received": NOW,
        "duration_ns": 5, "start_ns": NOW * 10**6, "service": "api", "name": "GET /",
    }  # fmt: skip
    store.insert("spans", records_table("spans", [msgspec.convert(span, Span)]), uuid.uuid4().hex)
    told = {site: health.intake(site, NOW - DAY) for site in (silent, old, served)}
    assert [told[site].begun for site in (silent, old, served)] == [False, True, True]
    assert told[old].last_received is None
