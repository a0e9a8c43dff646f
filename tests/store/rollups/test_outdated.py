"""Rollups of older definitions are made anew: wholly, in the background, and without a moment that counts wrongly."""

import json
import subprocess
import sys
import uuid
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from concurrent.futures import TimeoutError as TookTooLong
from pathlib import Path
from typing import Any

import pytest
from tests.store import older
from tests.store.conftest import over_both
from tests.store.rollups import test_rollups as plain

from afterclick.jobs import Stop, Stopped
from afterclick.measure import BOUND
from afterclick.settings import load
from afterclick.signals import Event
from afterclick.store.control.database import open_control
from afterclick.store.control.learned import Learned
from afterclick.store.engine.connection import Engine
from afterclick.store.rollups import rebuild
from afterclick.store.rollups.identity import Stretch
from afterclick.store.rollups.outdated import MADE, Made, OutdatedRollups, definitions, outdated
from afterclick.store.schema.migrations import applied
from afterclick.store.schema.records import events_table
from afterclick.store.schema.view import make_views
from afterclick.store.store import Store

MakeEvent = Callable[..., Event]
Keep = Callable[..., None]
Ask = Callable[..., list[dict[str, Any]]]

NOON = 1_780_315_200_000
HOUR, DAY = 3_600_000, 86_400_000
FAR = 2_240_611_200_000
"""2041-01-01 00:00 UTC; no other test keeps anything as late."""
PAGES = ("019e83c7-d000-7000-8000-0000000000a1", "019e83c7-d000-7000-8000-0000000000a2")


@pytest.fixture
def engine(store: Store) -> Engine:
    return store._engine  # pyright: ignore[reportPrivateUsage]


@pytest.fixture
def learned(tmp_path: Path) -> Iterator[Learned]:
    """What a new installation has learned: nothing."""
    control = open_control(load({"AFTERCLICK_DATA": str(tmp_path / "control")}))
    yield Learned(control)
    control.dispose()


@pytest.fixture
def then(engine: Engine, learned: Learned) -> Iterator[Callable[[], None]]:
    """The views are those of an older release, which made all that there is, until the store is upgraded by a call."""
    schema = max(applied(engine))

    def upgrade() -> None:
        make_views(engine, BOUND, schema)

    with older.views_read(older.older):
        make_views(engine, BOUND, schema)
        digests = definitions(BOUND)
    learned.keep("", MADE, Made(digests), NOON)
    yield upgrade
    upgrade()


def today(engine: Engine) -> OutdatedRollups:
    """As the app has them that starts now."""
    return OutdatedRollups(engine, definitions(BOUND))


def id_at(start: int) -> str:
    return str(uuid.UUID(int=(start << 80) | (7 << 76) | (2 << 62) | (uuid.uuid4().int & ((1 << 62) - 1))))


def a_visit(event: MakeEvent, visit: str, order: str) -> list[Event]:
    inside = {"session_id": visit, "session_start": NOON}
    return [
        event("page_view", 1, channel="search", path="/a", route="/:a", page_view_id=PAGES[0], **inside),
        event("page_view", 9, channel="referral", path="/b", route="/:b", page_view_id=PAGES[1], **inside),
        event("request", 10, trace_id="f" * 32, status=503, page_view_id=PAGES[1], **inside),
        event("order", 20, order_id=order, revenue=40.0, currency="EUR", page_view_id=PAGES[1], **inside),
        event("order", 30, order_id=order, revenue=40.0, currency="EUR", page_view_id=PAGES[1], **inside),
    ]


@over_both
def test_rows_of_an_older_definition_become_what_plain_python_computes_from_the_events(
    store: Store,
    engine: Engine,
    learned: Learned,
    then: Callable[[], None],
    event: MakeEvent,
    keep: Keep,
    site: str,
) -> None:
    visits = [id_at(NOON) for _ in range(3)]
    events = [one for number, visit in enumerate(visits) for one in a_visit(event, visit, f"o{number}")]
    keep(*events)
    expected = {
        "sessions": [plain.expected_session(group) for group in plain.by_visit(events)],
        "page_views": [plain.expected_page_view(group) for group in plain.by_page_view(events)],
        "orders": [plain.expected_order(group) for group in plain.by_order(events)],
        "trace_visits": plain.expected_traces(events),
    }
    then()
    for table, rows in expected.items():
        assert plain.found(store, site, table) != rows, f"the older release told {table} as today's does"
    while today(engine).make_anew(learned):
        pass
    for table, rows in expected.items():
        assert plain.found(store, site, table) == rows
    assert outdated(learned) is None


def run(folder: Path, *words: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "tests.store.older", str(folder), *words]
    return subprocess.run(command, capture_output=True, text=True, timeout=300, check=False)


def test_an_upgrade_goes_on_where_a_killed_process_was_and_a_fresh_store_has_nothing_to_do(
    tmp_path: Path,
) -> None:
    def said(*words: str) -> list[Any]:
        done = run(tmp_path, *words)
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout)

    assert said("older", "1") == [0, 0, ["referral", "referral", "referral"]]
    assert run(tmp_path, "today", "1", "die").returncode < 0  # all orders, then within the newest month
    assert said("today", "1") == [3, 2, ["search", "referral", "referral"]]
    assert said("today", "9") == [2, 0, ["search", "search", "search"]]


class Meanwhile(Stop):
    """Does something whenever a rebuild asks whether to stop: between two slices, while a shadow is being filled."""

    def __init__(self, do: Callable[[], None]) -> None:
        super().__init__()
        self._do = do

    def check(self) -> None:
        super().check()
        self._do()


@over_both
def test_the_newest_month_comes_first_and_a_stop_between_slices_leaves_the_old_rows(
    engine: Engine,
    learned: Learned,
    then: Callable[[], None],
    event: MakeEvent,
    keep: Keep,
    ask: Ask,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(rebuild, "SLICE_EVENTS", 1)
    for start in (FAR, FAR + HOUR, FAR + 40 * DAY, FAR + 40 * DAY + HOUR):
        inside = {"session_id": id_at(start), "session_start": start}
        keep(
            *(
                event("page_view", n, channel=channel, **inside)
                for n, channel in enumerate(("search", "referral"))
            )
        )
    then()

    def channels() -> list[str]:
        found = ask("SELECT channel FROM sessions WHERE site = {site:String} ORDER BY session_start")
        return [row["channel"] for row in found]

    assert today(engine).make_anew(learned)  # the orders
    assert today(engine).make_anew(learned)
    assert channels() == ["referral", "referral", "search", "search"]
    half = Meanwhile(lambda: half.set())
    with pytest.raises(Stopped):
        today(engine).make_anew(learned, half)
    assert channels() == ["referral", "referral", "search", "search"]
    assert ask("SELECT name FROM system.tables WHERE name LIKE '%shadow%' AND {site:String} != ''") == []
    assert today(engine).make_anew(learned)
    assert channels() == ["search"] * 4


@over_both
def test_events_that_arrive_meanwhile_are_counted_and_every_visit_once_at_every_moment(
    store: Store,
    engine: Engine,
    learned: Learned,
    then: Callable[[], None],
    event: MakeEvent,
    keep: Keep,
    ask: Ask,
    visit: str,
) -> None:
    keep(*a_visit(event, visit, "o1"))
    then()
    sent, seen = 0, list[tuple[int, int, int]]()

    def arrive() -> None:
        nonlocal sent
        inside = {"session_id": visit, "session_start": NOON, "page_view_id": PAGES[0]}
        store.insert("events", events_table([event("struggle", sent, **inside)]), token=f"{visit}-{sent}")
        sent += 1
        look()

    def look() -> None:
        (row,) = ask(
            "SELECT count() AS visits, sum(length(steps)) AS pages, sum(length(struggles)) AS struggles"
            " FROM sessions WHERE site = {site:String}"
        )
        seen.append((row["visits"], row["pages"], row["struggles"] - sent))

    while today(engine).make_anew(learned, Meanwhile(arrive)):
        look()
    assert sent > 3
    assert set(seen) == {(1, 2, 0)}
    (page,) = ask(
        f"SELECT length(struggles) AS n FROM page_views WHERE site = {{site:String}} AND page_view_id = '{PAGES[0]}'"
    )
    assert page["n"] == sent


@over_both
def test_an_order_of_two_visits_counts_once_less_its_refund_and_visits_keep_their_person_as_a_month_is_swapped_in(
    store: Store,
    engine: Engine,
    learned: Learned,
    then: Callable[[], None],
    event: MakeEvent,
    keep: Keep,
    ask: Ask,
) -> None:
    for number, told in enumerate((id_at(NOON), id_at(NOON))):
        inside = {"session_id": told, "session_start": NOON, "device_id": f"d{number}"}
        keep(
            event("page_view", number, **inside),
            event("order", 10 + number, order_id="o1", revenue=40, currency="EUR", **inside),
        )
    keep(event("refund", 99, order_id="o1", revenue=15, currency="EUR"))
    store.settle(NOON)
    store.identity.number_visits(Stretch(NOON, NOON + 1, 2))
    store.identity.link_visits(Stretch(NOON, NOON + 1, 2))

    def money() -> list[dict[str, Any]]:
        return ask(
            "SELECT toFloat64(sum(revenue)) AS paid, toFloat64(sum(revenue_net)) AS kept, sum(n_orders) AS orders,"
            " countIf(node != 0) AS linked FROM session_felt WHERE site = {site:String}"
        )

    before = money()
    assert before == [{"paid": 40.0, "kept": 25.0, "orders": 1, "linked": 2}]
    then()
    seen: list[list[dict[str, Any]]] = []
    while today(engine).make_anew(learned, Meanwhile(lambda: seen.append(money()))):
        seen.append(money())
    assert len(seen) > 4
    assert [one for one in seen if one != before] == []


def test_what_takes_rows_out_or_copies_tables_waits_for_the_month_that_is_built_and_holds_the_next_one_back(
    store: Store, engine: Engine, site: str
) -> None:
    def copied() -> None:
        with store.frozen():
            pass

    for waits in (lambda: store.persons.drop_older(site, 1), copied):
        with ThreadPoolExecutor(1) as other:
            with engine.gate.rebuilding():
                waiting = other.submit(waits)
                with pytest.raises(TookTooLong):
                    waiting.result(0.3)
            waiting.result(60)
    ended = Stop()
    ended.set()
    with store.frozen(), pytest.raises(Stopped):
        rebuild.rebuild_partition(engine, "sessions", "204101", ended)


def test_a_release_that_kept_no_definitions_has_all_months_due(
    engine: Engine, keep: Keep, event: MakeEvent, learned: Learned
) -> None:
    keep(event("page_view", session_id=id_at(FAR), session_start=FAR), event("track"))
    due = today(engine).notice(learned).due
    assert due["orders"] == ("all",)
    for table in ("sessions", "page_views", "trace_visits"):
        assert "204101" in due[table]
        assert "197001" not in due[table]  # of events without a visit
        assert list(due[table]) == sorted(due[table], reverse=True)


def test_a_definition_is_the_same_whatever_its_comments_and_another_with_what_it_rests_on() -> None:
    def told(change: Callable[[str], str]) -> set[str]:
        with older.views_read(change):
            return {name for name, digest in definitions(BOUND).items() if digest != plainly[name]}

    plainly = definitions(BOUND)
    assert told(lambda text: text.replace("FROM events", "-- of what happened\n  FROM  events")) == set()
    assert told(
        lambda text: text.replace("AS cart_value", "AS  cart_value").replace("maxIf(value", "minIf(value")
    ) == {"page_views"}
    assert told(
        lambda text: text.replace("maxIf(events.device_id, type = 'order')", "max(events.device_id)")
    ) == {"orders", "sessions"}
