"""Views are what their files say: made anew when a text or a limit changes, with no row lost and none forgotten."""

import re
import threading
from collections.abc import Callable, Iterator, Mapping
from importlib import resources
from typing import Any

import pytest
from tests.store.conftest import over_both

from afterclick.errors import Misconfigured
from afterclick.measure import BOUND, FELT
from afterclick.settings import Settings
from afterclick.signals import Event
from afterclick.store.engine.connection import Engine
from afterclick.store.engine.query import Parameter
from afterclick.store.schema.migrations import applied, migrations
from afterclick.store.schema.records import events_table
from afterclick.store.schema.view import Bound, make_views, views
from afterclick.store.store import Store

MakeEvent = Callable[..., Event]
Keep = Callable[..., None]
Ask = Callable[..., list[dict[str, Any]]]

NOON = 1_780_315_200_000
PAGE = "019e83c7-d000-7000-8000-0000000000a1"
OTHER: Bound = {**BOUND, "lcp_ms": 100.5, "failed_status": 404}
FOLDER = resources.files("afterclick.store.schema").joinpath("views")


@pytest.fixture
def engine(store: Store) -> Iterator[Engine]:
    """The store's engine, whose views are as they should be again afterwards."""
    engine = store._engine  # pyright: ignore[reportPrivateUsage]
    yield engine
    make(engine, BOUND)


def make(engine: Engine, bound: Bound) -> None:
    make_views(engine, bound, schema=max(applied(engine)))


def held(engine: Engine) -> dict[str, str]:
    query = "SELECT name, create_table_query AS made FROM system.tables WHERE database = currentDatabase()"
    return {row["name"]: row["made"] for row in engine.rows(f"{query} AND as_select != ''", tag="test")}


@over_both
def test_a_changed_limit_makes_the_views_anew_that_apply_it_and_what_reads_them(
    engine: Engine, event: MakeEvent, keep: Keep, ask: Ask, visit: str
) -> None:
    before = held(engine)
    make(engine, OTHER)
    inside = {"session_id": visit, "session_start": NOON, "page_view_id": PAGE}
    keep(event("vital", name="LCP", value=101, **inside), event("request", 5, status=404, **inside))
    felt = ask("SELECT slow, error FROM session_felt WHERE site = {site:String}")
    assert felt == [{"slow": 1, "error": 1}]
    changed = {name for name, made in held(engine).items() if made != before[name]}
    assert changed >= {"page_view_felt", "session_felt", "page_views_of", "sessions_of"}
    assert not changed & {"orders_of", "trace_visits_of", "identity_edges_of", "dirty_minutes_of"}
    make(engine, BOUND)
    assert held(engine) == before


@over_both
def test_what_comes_in_while_a_materialized_view_is_made_anew_reaches_the_rollup(
    store: Store, engine: Engine, event: MakeEvent, ask: Ask, visit: str
) -> None:
    going, sent = threading.Event(), 0
    going.set()

    def send() -> None:
        nonlocal sent
        while going.is_set():
            inside = {"session_id": visit, "session_start": NOON, "page_view_id": PAGE}
            store.insert("events", events_table([event("struggle", sent, **inside)]), token=f"{visit}-{sent}")
            sent += 1

    sender = threading.Thread(target=send)
    sender.start()
    for bound in (OTHER, BOUND) * 4:
        make(engine, bound)
    going.clear()
    sender.join()
    (row,) = ask("SELECT length(struggles) AS n FROM sessions WHERE site = {site:String}")
    assert row["n"] == sent
    assert sent > 1


class _Dies(Exception):
    pass


class _Dying:
    """An engine that dies after so many changes."""

    def __init__(self, engine: Engine, changes: int) -> None:
        self._engine, self._left = engine, changes

    def rows(self, sql: str, parameters: Mapping[str, Parameter] | None = None, *, tag: str) -> Any:
        return self._engine.rows(sql, parameters, tag=tag)

    def command(self, sql: str) -> None:
        self._engine.command(sql)
        self._left -= 1
        if not self._left:
            raise _Dies


@over_both
def test_making_views_anew_goes_on_after_dying_at_any_point(engine: Engine) -> None:
    make(engine, OTHER)
    wanted = held(engine)
    deaths = 0
    for changes in range(1, 20):
        make(engine, BOUND)
        try:
            make_views(_Dying(engine, changes), OTHER, max(applied(engine)))  # pyright: ignore[reportArgumentType]
        except _Dies:
            deaths += 1
            make(engine, OTHER)
        assert held(engine) == wanted
    assert deaths >= 4


@over_both
def test_views_of_ours_that_no_file_makes_are_dropped_and_those_of_others_stay(engine: Engine) -> None:
    engine.command("CREATE VIEW left_of_ours COMMENT 'afterclick 0' AS SELECT 1 AS one")
    engine.command("CREATE OR REPLACE VIEW of_an_analyst AS SELECT 1 AS one")
    make(engine, BOUND)
    there = held(engine).keys()
    engine.command("DROP VIEW of_an_analyst SYNC")
    assert "of_an_analyst" in there
    assert "left_of_ours" not in there


def test_views_of_an_earlier_release_and_those_of_earlier_tables_are_made_anew(engine: Engine) -> None:
    wanted = held(engine)
    engine.command("CREATE OR REPLACE VIEW session_felt AS SELECT site, session_id, 0 AS slow FROM sessions")
    make(engine, BOUND)
    assert held(engine) == wanted
    make_views(engine, BOUND, schema=max(applied(engine)) - 1)
    assert held(engine) != wanted, "the mark tells that the tables were others"


def test_two_processes_that_open_a_server_at_once_leave_its_views_right(
    server_store: Store, server_settings: Settings
) -> None:
    engines = [Engine(server_settings) for _ in range(2)]
    wanted = held(engines[0])

    def open_with(engine: Engine, bound: Bound) -> None:
        with engine.between_inserts():
            make(engine, bound)

    try:
        for _ in range(3):
            open_with(engines[0], OTHER)
            threads = [threading.Thread(target=open_with, args=(engine, BOUND)) for engine in engines]
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join()
            assert held(engines[0]) == wanted
    finally:
        for engine in engines:
            engine.close()


def test_every_view_of_the_engine_has_a_file_of_its_name_and_no_numbered_file_makes_one(
    engine: Engine,
) -> None:
    names = {file.name.removesuffix(".sql") for file in FOLDER.iterdir()}
    assert {view.name for view in views(BOUND)} == names == held(engine).keys()
    assert [
        (file.version, statement[:60])
        for file in migrations()
        for statement in file.statements
        if re.search(r"CREATE\b.*\bVIEW\b", re.sub(r"--[^\n]*", "", statement))
    ] == []


def test_a_view_comes_after_the_views_that_it_reads() -> None:
    order = [view.name for view in views(BOUND)]
    for at, view in enumerate(views(BOUND)):
        read = {name for name in order if re.search(rf"\b(FROM|JOIN) {name}\b", view.select)}
        assert read <= set(order[:at]), view.name


@pytest.mark.parametrize("value", [float("nan"), "4000", "0 OR 1", None, ["x"]])
def test_nothing_but_a_number_is_written_into_a_view_as_a_limit(value: Any) -> None:
    with pytest.raises(Misconfigured, match="asks for lcp_ms as Float64"):
        views({**BOUND, "lcp_ms": value})


def test_no_limit_of_the_catalogue_stands_in_a_views_text() -> None:
    limits = {f"{value:g}" for value in (FELT.lcp_ms, FELT.inp_ms, FELT.request_ms, FELT.failed_status)}
    for file in FOLDER.iterdir():
        compared = set(re.findall(r"[<>]=? (\d+)", file.read_text(encoding="utf-8")))
        assert not compared & limits, file.name
