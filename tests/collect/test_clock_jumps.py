"""A collector's clock that jumps: an hour back, a day ahead. Nothing is lost, counted twice, or made to wait for it."""

import uuid
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import msgspec
import pytest
from tests.collect.conftest import NOW, House, until

from afterclick.store.control.taken_and_dropped import Quality
from afterclick.store.drain.drain import Drain
from afterclick.store.engine.query import Statement
from afterclick.store.scope import Scope
from afterclick.store.spool.outlet import Outlet
from afterclick.store.spool.spool import Spool
from afterclick.store.store import Store
from afterclick.visits import enrich
from afterclick.visits.misdated import begun
from afterclick.visits.sessionize import Sessionizer

HOUR = 3_600_000
COUNTS = Statement(
    "counts",
    """
    SELECT count() AS events, uniqExact(event_id) AS ids,
        (SELECT count() FROM page_views WHERE site = {site:String}) AS page_views,
        (SELECT count() FROM sessions_of WHERE site = {site:String}) AS visits,
        (SELECT sum(length(steps)) FROM sessions WHERE site = {site:String}) AS steps
    FROM events WHERE site = {site:String}
    """,
)


def made_at(time: int) -> str:
    """The id of a visit that begins then."""
    return f"{time:012x}"[:8] + "-" + f"{time:012x}"[8:] + "-7000-8000-" + uuid.uuid4().hex[:12]


class Visitor:
    """A browser whose clock is right; it remembers what it sent."""

    def __init__(self, house: House) -> None:
        self.house = house
        self.now = NOW
        self.session = made_at(NOW)
        self.sent: list[dict[str, object]] = []

    def send(self) -> None:
        """Three page views, and three that were sent before, as a browser does that got no answer."""
        self.now += 1_000
        fresh = [self._page_view() for _ in range(3)]
        again = self.sent[-3:]
        self.sent += fresh
        answer = self.house.send(msgspec.json.encode({"sent_at": self.now, "events": [*fresh, *again]}))
        assert answer.status_code == 202
        assert "errors" not in answer.json() or not answer.json()["errors"]

    def _page_view(self) -> dict[str, object]:
        own = str(uuid.uuid4())
        view = {"type": "page_view", "id": own, "page_view_id": own, "session_id": self.session}
        return {**view, "time": self.now, "path": "/"}


@pytest.fixture
def jumping(house: House) -> House:
    """A collector whose spool goes by the test's clock, too."""
    assert house.spool is not None
    house.spool.close()
    house.spool = Spool(house.settings.spool, house.settings.spool_budget_bytes, lambda: house.now)
    house.restart()
    return house


@pytest.fixture
def drained(jumping: House, store: Store, tmp_path: Path) -> Iterator[Callable[[int, int], None]]:
    """Waits until a drain that goes by the same clock has nothing left, and holds the store to so many events."""
    quality = Quality(jumping.control)
    outlet = Outlet(jumping.settings.spool, lambda: jumping.now)
    sessionizer = Sessionizer(tmp_path / "memory", lambda: jumping.now, begun=partial(begun, store))
    drain = Drain(outlet, store, (*enrich.STEPS, sessionizer.step), quality, lambda: jumping.now)
    drain.start()

    def wait(events: int, page_views: int) -> None:
        jumping.now += 2_000
        until(lambda: drain.freshness().waiting_rows == 0, 20, "all is in the store")
        counts = _counts(store, jumping.site)
        assert [counts[name] for name in ("events", "ids", "page_views")] == [events, events, page_views]

    yield wait
    drain.stop()
    outlet.close()
    sessionizer.close()


def _counts(store: Store, site: str) -> dict[str, int]:
    return store.arrow(Scope(site), COUNTS).to_pylist()[0]


@pytest.mark.parametrize("jumps", [(-HOUR, 25 * HOUR), (24 * HOUR, -25 * HOUR), (0, 0)])
def test_a_clock_that_jumps_loses_nothing_doubles_nothing_and_makes_nothing_wait(
    jumping: House, store: Store, drained: Callable[[int, int], None], jumps: tuple[int, int]
) -> None:
    visitor = Visitor(jumping)
    visitor.send()
    drained(3, 3)
    for number, jump in enumerate(jumps):
        jumping.now += jump
        jumping.restart(forgetting=True)  # what comes again is not known at the door
        visitor.send()
        drained(6 + 3 * number, 6 + 3 * number)
    # An event that came again under another clock has another time, and so another step: rebuilding takes it away.
    store.rebuild(NOW - 24 * HOUR, NOW + 24 * HOUR)
    assert _counts(store, jumping.site) == {"events": 9, "ids": 9, "page_views": 9, "visits": 1, "steps": 9}


def test_counts_of_every_minute_are_published_wherever_the_clock_jumps(jumping: House, store: Store) -> None:
    quality, visitor = Quality(jumping.control), Visitor(jumping)
    outlet = Outlet(jumping.settings.spool, lambda: jumping.now)
    drain = Drain(outlet, store, enrich.STEPS, quality, lambda: jumping.now)
    for jump in (0, 24 * HOUR, -25 * HOUR, 2 * HOUR, -HOUR):
        jumping.now += jump
        jumping.restart(forgetting=True)
        visitor.send()
        drain.once()
    taken = quality.accepted(Scope(jumping.site), 0, 1 << 50)
    outlet.close()
    assert taken == {"events": 3 + 4 * 6}


VISITS = Statement(
    "visits",
    """
    SELECT toUnixTimestamp64Milli(min(session_start)) AS first, count() AS visits,
        (
            SELECT toFloat64(sum(revenue_net)) FROM order_less_refunds
            WHERE site = {site:String}
                AND session_start >= fromUnixTimestamp64Milli({since:Int64}, 'UTC')
                AND session_start <= fromUnixTimestamp64Milli({until:Int64}, 'UTC')
        ) AS revenue
    FROM sessions_of WHERE site = {site:String}
    """,
)


@pytest.mark.parametrize("ahead", [HOUR, -26 * HOUR, 10 * 60_000, -5 * HOUR])
def test_an_order_of_a_visitor_whose_clock_is_off_is_in_the_figures_of_the_hour_it_was_placed_in(
    jumping: House, store: Store, drained: Callable[[int, int], None], ahead: int
) -> None:
    visitor = Visitor(jumping)
    visitor.now += ahead
    visitor.session = made_at(visitor.now)
    visitor.send()
    drained(3, 3)
    order = {"type": "order", "session_id": visitor.session, "revenue": 100, "currency": "EUR"}
    told = [{**order, "order_id": "browser", "time": visitor.now}]
    jumping.send(msgspec.json.encode({"sent_at": visitor.now, "events": told}))
    jumping.now += 2_000
    jumping.post({**order, "order_id": "server", "time": jumping.now})  # by a server whose clock is right
    drained(5, 3)
    hour = {"since": NOW - 20_000, "until": jumping.now}
    found = store.arrow(Scope(jumping.site), VISITS, hour).to_pylist()[0]
    assert found["visits"] == 1
    assert abs(found["first"] - NOW) <= 15_000
    assert found["revenue"] == 200.0
