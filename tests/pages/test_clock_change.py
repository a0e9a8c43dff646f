"""Figures of days on which the clock of the site changes are those of its visits."""

import random
import uuid

import pytest
from tests.resolve.world import uuid7
from tests.words.test_period import ms

from afterclick.pages.overview.series import read
from afterclick.signals import Event
from afterclick.store.schema.records import events_table
from afterclick.store.scope import Scope
from afterclick.store.store import Store
from afterclick.words.period import period

HALF_HOUR = 1_800_000


@pytest.mark.parametrize(
    ("zone", "first", "last", "visits", "before"),
    [
        ("Europe/London", "2026-10-25", "2026-11-10", 98, 46),
        ("Europe/London", "2026-10-24", "2026-10-26", 144, 0),
        ("Europe/London", "2026-10-25", "2026-10-25", 50, 46),
        ("Europe/London", "2026-10-26", "2026-10-26", 48, 50),
        ("Europe/London", "2026-10-25", "2026-10-27", 98, 46),
        ("Australia/Lord_Howe", "2026-10-25", "2026-10-25", 48, 26),
    ],
)
def test_every_visit_of_a_period_counts_once_in_it_or_in_what_it_is_compared_with(
    store: Store, site: str, zone: str, first: str, last: str, visits: int, before: int
) -> None:
    """One visit each half hour from 2026-10-24T00:00Z to 2026-10-27T00:00Z: 144."""
    rng, since = random.Random(1), ms("2026-10-24T00:00", "UTC")
    times = [since + n * HALF_HOUR for n in range(144)]
    events = [
        Event(
            site=site, event_id=str(uuid.UUID(int=rng.getrandbits(128))), type="page_view", time=time,
            received=time, session_id=uuid7(time, rng), session_start=time,
            page_view_id=str(uuid.UUID(int=rng.getrandbits(128))), device_class="desktop",
        )
        for time in times
    ]  # fmt: skip
    store.insert("events", events_table(events), site)
    span = period(f"{first}..{last}", ms("2026-12-01T00:00", "UTC"), zone)
    found = read(store, Scope(site), span, "GBP")
    assert found.total(span.edges).visits == visits
    assert found.total(span.earlier).visits == before
