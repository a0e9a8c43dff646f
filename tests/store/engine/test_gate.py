"""Two processes that write to one server: each store here has locks and connections of its own."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from concurrent.futures import TimeoutError as TookTooLong

import pytest

from afterclick.errors import Misconfigured, Unavailable
from afterclick.measure import BOUND
from afterclick.settings import Settings, load
from afterclick.signals import Event
from afterclick.store.engine.connection import Engine
from afterclick.store.engine.write_gate import Gate
from afterclick.store.schema.records import events_table
from afterclick.store.scope import Scope
from afterclick.store.store import Store, open_store

MakeEvent = Callable[..., Event]


@pytest.fixture
def beside(server_store: Store, server_settings: Settings) -> Iterator[Store]:
    """The store as another process has it open."""
    opened = open_store(server_settings, BOUND)
    yield opened
    opened.close()


def engine(store: Store) -> Engine:
    return store._engine  # pyright: ignore[reportPrivateUsage]


def count(store: Store, site: str) -> int:
    return store.read_only(Scope(site), "SELECT count() AS n FROM events")["n"][0].as_py()


def test_another_processs_insert_waits_for_what_stands_between_inserts(
    server_store: Store, beside: Store, event: MakeEvent, site: str
) -> None:
    with ThreadPoolExecutor(1) as other:
        with engine(server_store).between_inserts():
            insert = other.submit(beside.insert, "events", events_table([event("track")]), site)
            with pytest.raises(TookTooLong):
                insert.result(0.5)
            assert count(server_store, site) == 0
        insert.result(60)
    assert count(server_store, site) == 1


def test_inserts_of_two_processes_run_side_by_side(
    server_store: Store, beside: Store, event: MakeEvent, site: str
) -> None:
    with engine(server_store).gate.inserting():
        beside.insert("events", events_table([event("track")]), site)
    assert count(server_store, site) == 1


def test_opening_the_store_leaves_the_shadows_of_a_running_rebuild_and_drops_a_dead_ones(
    server_store: Store, server_settings: Settings
) -> None:
    def shadows() -> int:
        found = engine(server_store).rows(
            "SELECT count() AS n FROM system.tables WHERE name = 'orders_shadow'", tag="test"
        )
        return found[0]["n"]

    with engine(server_store).gate.rebuilding():
        engine(server_store).command("CREATE TABLE orders_shadow AS orders")
        open_store(server_settings, BOUND).close()
        assert shadows() == 1
    open_store(server_settings, BOUND).close()
    assert shadows() == 0


def test_a_control_database_that_is_away_makes_inserts_wait(server_settings: Settings) -> None:
    away = load({"AFTERCLICK_DATABASE": "postgresql://nobody@127.0.0.1:1/afterclick"})
    gate = Gate(away, shared=True)
    with pytest.raises(Unavailable, match="control database does not answer"), gate.inserting():
        pass
    gate.close()


def test_a_server_that_is_away_or_refuses_the_password_is_one_clear_sentence(
    server_settings: Settings,
) -> None:
    def opening(dsn: str) -> str:
        with pytest.raises(Misconfigured) as refused:
            open_store(load({"AFTERCLICK_DATA": str(server_settings.data), "AFTERCLICK_STORE": dsn}), BOUND)
        return str(refused.value)

    assert opening("clickhouse://me:hush@127.0.0.1:1/shop") == (
        "Nothing answers as ClickHouse at clickhouse://127.0.0.1:1/shop: start it, or check AFTERCLICK_STORE."
    )
    wrong = opening(server_settings.store.replace("s%27cret", "wrong"))
    assert "Authentication failed" in wrong
    assert "wrong" not in wrong
