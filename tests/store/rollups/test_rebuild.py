import threading
import uuid
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from tests.store.conftest import over_both

from afterclick.signals import Event
from afterclick.store.rollups import rebuild
from afterclick.store.schema.records import events_table
from afterclick.store.store import Store

pytestmark = over_both

MakeEvent = Callable[..., Event]
Keep = Callable[..., None]
Ask = Callable[..., list[dict[str, Any]]]

NOON = 1_780_315_200_000
HOUR, DAY = 3_600_000, 86_400_000
PAGE = "019e83c7-d000-7000-8000-0000000000a1"
TABLES = ("page_views", "sessions", "orders", "trace_visits")


def rows(ask: Ask) -> dict[str, object]:
    return {
        table: ask(f"SELECT * FROM {table} WHERE site = {{site:String}} ORDER BY ALL") for table in TABLES
    }


def some_visit(event: MakeEvent, visit: str):
    inside = {"session_id": visit, "session_start": NOON, "page_view_id": PAGE}
    return [
        event("page_view", step="payment", **inside),
        event(
            "request", 10, duration_ms=3500, status=200, trace_id="0af7651916cd43dd8448eb211c80319c", **inside
        ),
        event("order", 20, order_id="o1", revenue=40, **inside),
    ]


def test_a_corrupted_rollup_is_equal_to_before_after_a_rebuild(
    store: Store, event: MakeEvent, keep: Keep, ask: Ask, visit: str
) -> None:
    keep(*some_visit(event, visit), event("refund", 99, order_id="o1", revenue=15))
    store.settle(NOON)
    before = rows(ask)
    assert before["sessions"]
    engine = store._engine  # pyright: ignore[reportPrivateUsage]
    engine.command(
        "INSERT INTO sessions (site, session_start, session_id, errors, orders)"
        " SELECT site, session_start, session_id, [1, 2], map('x', (5, 'EUR')) FROM sessions"
        " WHERE site = {site:String}",
        {"site": event("track").site},
    )
    for table in ("page_views", "trace_visits", "orders"):
        engine.command(f"DELETE FROM {table} WHERE site = {{site:String}}", {"site": event("track").site})
    assert rows(ask) != before
    assert store.rebuild(NOON, NOON + 1) == ["202606"]
    assert rows(ask) == before


@pytest.mark.parametrize(("number", "slice_events", "inserts"), [(1, 1, 4), (3, 3, 2), (5, 100, 1)])
def test_a_month_is_built_in_slices_of_hours_that_leave_nothing_out(
    monkeypatch: pytest.MonkeyPatch,
    store: Store,
    event: MakeEvent,
    keep: Keep,
    ask: Ask,
    number: int,
    slice_events: int,
    inserts: int,
) -> None:
    month = datetime(2035, number, 1, tzinfo=UTC)  # of 31 days, and filled by no other test
    since = round(month.timestamp() * 1000)
    for start in (since, since + 5 * HOUR, since + 30 * DAY, since + 31 * DAY - 1):
        visit = str(uuid.UUID(int=(start << 80) | (7 << 76) | (2 << 62)))
        keep(event("page_view", session_id=visit, session_start=start, page_view_id=visit))
    before = rows(ask)
    assert before["sessions"]
    monkeypatch.setattr(rebuild, "SLICE_EVENTS", slice_events)
    engine = store._engine  # pyright: ignore[reportPrivateUsage]
    assert len(rebuild.slices(engine, month)) == inserts
    store.rebuild(since, since + 1)
    assert rows(ask) == before


def test_a_rebuild_covers_every_month_that_the_period_touches(store: Store) -> None:
    assert store.rebuild(NOON - DAY, NOON + 31 * DAY) == ["202605", "202606", "202607"]


def test_events_that_arrive_while_a_rebuild_runs_are_in_the_rollups(
    store: Store, event: MakeEvent, ask: Ask, visit: str
) -> None:
    going = threading.Event()
    going.set()
    sent = 0

    def send() -> None:
        nonlocal sent
        while going.is_set():
            inside = {"session_id": visit, "session_start": NOON, "page_view_id": PAGE}
            store.insert("events", events_table([event("struggle", sent, **inside)]), token=f"{visit}-{sent}")
            sent += 1

    sender = threading.Thread(target=send)
    sender.start()
    store.rebuild(NOON, NOON + 1)
    going.clear()
    sender.join()
    (row,) = ask("SELECT length(struggles) AS n FROM sessions WHERE site = {site:String}")
    assert row["n"] == sent
    assert sent > 1


def test_what_a_dead_rebuild_left_behind_is_dropped(store: Store, ask: Ask) -> None:
    engine = store._engine  # pyright: ignore[reportPrivateUsage]
    engine.command("CREATE TABLE sessions_shadow AS sessions")
    engine.command("CREATE MATERIALIZED VIEW sessions_shadow_of TO sessions_shadow AS SELECT * FROM sessions")
    store.rebuild(NOON, NOON + 1)
    assert ask("SELECT name FROM system.tables WHERE name LIKE '%shadow%' AND {site:String} != ''") == []
