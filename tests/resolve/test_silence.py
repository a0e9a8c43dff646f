"""That visits have stopped coming is told, and that few ever come at night is not."""

import dataclasses
import random
import uuid
from dataclasses import dataclass
from pathlib import Path

import pytest
from tests.resolve.world import DAY, HOUR, MINUTE, NOW, uuid7

from afterclick.accounts import Site, Sites
from afterclick.jobs import Stop
from afterclick.resolve import Silence
from afterclick.resolve import silence as room
from afterclick.resolve.silence import DAYS, silence
from afterclick.settings import Settings
from afterclick.signals import DeviceClass, Event
from afterclick.store.control.database import open_control
from afterclick.store.control.learned import Learned
from afterclick.store.schema.records import events_table
from afterclick.store.scope import Scope
from afterclick.store.store import Store


def come(store: Store, site: str, *times: int, device: DeviceClass = "desktop", later: int = 3) -> None:
    """A visit of one page view at each of the times, received so many milliseconds `later`."""
    rng = random.Random(len(times))
    events = [
        Event(
            site=site,
            event_id=str(uuid.UUID(int=rng.getrandbits(128))),
            type="page_view",
            time=time,
            received=time + later,
            session_id=uuid7(time, rng),
            session_start=time,
            page_view_id=str(uuid.UUID(int=rng.getrandbits(128))),
            device_class=device,
        )
        for time in times
    ]
    store.insert("events", events_table(events), f"{site}-{len(times)}-{device}-{times[0]}")


def every(minutes: int, since: int, until: int) -> tuple[int, ...]:
    return tuple(range(since, until, minutes * MINUTE))


def heard(store: Store, site: str, now: int = NOW) -> Silence | None:
    return silence(store, Scope(site), now)


def test_that_visits_have_stopped_coming_is_told_with_how_many_come_at_these_hours(
    store: Store, site: str
) -> None:
    come(store, site, *every(1, NOW - 3 * DAY, NOW - 30 * MINUTE))
    assert heard(store, site) == Silence(NOW - 31 * MINUTE, 31, 31, 2)
    assert heard(store, site, NOW - 22 * MINUTE) is None, "less than ten minutes are no silence"


def test_a_silence_of_days_is_held_against_whole_days_before_it(store: Store, site: str) -> None:
    come(store, site, *every(30, NOW - 20 * DAY, NOW - 3 * DAY))
    found = heard(store, site)
    assert found is not None
    assert (found.since, found.days) == (NOW - 3 * DAY - 30 * MINUTE, DAYS)
    assert 47 <= found.least <= found.most <= 48


def test_a_night_without_visits_is_no_silence_where_every_night_is_so(store: Store, site: str) -> None:
    days = [every(5, NOW - day * DAY - 20 * HOUR, NOW - day * DAY - 8 * HOUR) for day in range(6)]
    come(store, site, *(time for day in days for time in day))
    assert heard(store, site) is None


@pytest.mark.parametrize(("minutes", "told"), [(12, True), (40, False)])
def test_few_visits_a_day_are_no_ground_to_call_two_hours_a_silence(
    store: Store, site: str, minutes: int, told: bool
) -> None:
    come(store, site, *every(minutes, NOW - 5 * DAY, NOW - 2 * HOUR))
    assert (heard(store, site) is not None) == told


def test_bots_that_go_on_coming_break_no_silence(store: Store, site: str) -> None:
    come(store, site, *every(1, NOW - 2 * DAY, NOW - HOUR))
    come(store, site, *every(1, NOW - HOUR, NOW), device="bot")
    found = heard(store, site)
    assert found is not None
    assert found.since == NOW - HOUR - MINUTE


@dataclass
class Parts:
    """What the job needs."""

    store: Store
    learned: Learned
    sites: Sites


@pytest.mark.parametrize(
    ("later", "told"), [(1_200, True), (0, False), (2 * HOUR, False)], ids=["live", "historical", "later"]
)
def test_that_visits_which_came_as_they_happened_have_stopped_is_told_and_that_imported_data_ends_is_not(
    store: Store,
    site: str,
    settings: Settings,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    later: int,
    told: bool,
) -> None:
    monkeypatch.setattr(room, "now_ms", lambda: NOW)
    control = open_control(dataclasses.replace(settings, data=tmp_path))
    parts = Parts(store, Learned(control), Sites(control))
    parts.sites.create(Site(site, "Shop", "EUR", "UTC"))
    come(store, site, *every(1, NOW - 2 * DAY, NOW - HOUR), later=later)
    room.LISTEN.run(parts, Stop())
    heard = parts.learned.newest(site, room.HEARD)
    assert heard is not None
    assert (heard.value.silence is not None) == told


def test_a_site_without_visits_and_one_of_an_hour_are_not_silent(store: Store, site: str) -> None:
    assert heard(store, site) is None
    come(store, site, *every(1, NOW - 2 * HOUR, NOW - HOUR))
    assert heard(store, site) is None
