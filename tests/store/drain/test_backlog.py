"""After an outage: what waits goes in whole, in whichever order, and fresh rows do not queue behind it."""

import threading
import time
import uuid
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pyarrow as pa
import pytest

from afterclick.errors import Unavailable
from afterclick.signals import Event
from afterclick.store.drain.drain import BACKLOG_MS, Drain
from afterclick.store.engine.query import Statement
from afterclick.store.scope import Scope
from afterclick.store.spool.batch import Batch, Range
from afterclick.store.spool.outlet import Outlet
from afterclick.store.spool.spool import Spool
from afterclick.store.store import Store

NOW = 1_780_000_000_000
BLOCK = 100
NAMES = Statement("names", "SELECT name FROM events WHERE site = {site:String}")


class Away:
    """The store: away until `back` is set, then slow enough that every insert can be told from the next."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self.back = threading.Event()
        self.turn = threading.Semaphore(0)
        self.inserted: list[set[str]] = []

    def insert(self, table: str, rows: pa.Table, token: str) -> None:
        if not self.back.is_set():
            raise Unavailable("The store is away.")
        assert self.turn.acquire(timeout=60)
        self.store.insert(table, rows, token)
        self.inserted.append({str(name) for name in rows["name"].to_pylist()})


class House:
    """A spool with batches of ten, and the clock that it goes by."""

    def __init__(self, folder: Path, site: str) -> None:
        self.now, self.site, self.folder = NOW, site, folder
        self.spool = Spool(folder, 1 << 30, lambda: self.now)
        self.outlet = Outlet(folder, lambda: self.now)

    def put(self, name: str, batches: int) -> None:
        for _ in range(batches):
            rows = [
                Event(
                    site=self.site,
                    event_id=str(uuid.uuid4()),
                    type="track",
                    time=NOW,
                    received=NOW,
                    name=name,
                )
                for _ in range(10)
            ]
            body = msgspec.json.Encoder().encode_lines(rows)
            self.spool.write([Batch(self.site, "events", "events", 10, body)])


@pytest.fixture
def house(tmp_path: Path, site: str) -> Iterator[House]:
    opened = House(tmp_path / "spool", site)
    yield opened
    opened.spool.close()
    opened.outlet.close()


def wait_for(inserted: int, away: Away) -> None:
    deadline = time.monotonic() + 60
    while len(away.inserted) < inserted:
        assert time.monotonic() < deadline
        time.sleep(0.01)


def test_fresh_rows_are_queryable_long_before_the_backlog_of_an_outage_is_done(
    house: House, store: Store
) -> None:
    away = Away(store)
    drain = Drain(house.outlet, away, clock=lambda: house.now, block_rows=BLOCK)
    house.put("old", 300)
    drain.start()
    deadline = time.monotonic() + 60
    while "away" not in drain.freshness().last_failure:
        assert time.monotonic() < deadline
        time.sleep(0.01)
    house.now += 3_600_000
    away.back.set()
    for turn in range(6):
        house.put(f"fresh {turn}", 1)
        away.turn.release()
        wait_for(turn + 1, away)
    fresh = {name for names in away.inserted for name in names if name.startswith("fresh")}
    assert {"fresh 0", "fresh 1"} <= fresh
    assert sum("old" in names for names in away.inserted) >= 3, "and the backlog goes on"
    for _ in range(200):
        away.turn.release()
    while drain.freshness().waiting_rows:
        assert time.monotonic() < deadline
        time.sleep(0.02)
    drain.stop()
    names = store.arrow(Scope(house.site), NAMES)["name"].to_pylist()
    assert (len(names), names.count("old")) == (3_060, 3_000)


def test_without_a_backlog_the_oldest_go_first(house: House, store: Store) -> None:
    away = Away(store)
    away.back.set()
    house.put("first", 10)
    house.put("second", 10)
    house.now += BACKLOG_MS // 2
    drain = Drain(house.outlet, away, clock=lambda: house.now, block_rows=BLOCK)
    away.turn.release(2)
    drain.start()
    wait_for(2, away)
    drain.stop()
    assert away.inserted == [{"first"}, {"second"}]


def test_rows_do_not_wait_for_a_clock_that_went_back_to_come_round_again(house: House, store: Store) -> None:
    house.put("before", 1)
    house.now -= 3_600_000
    drain = Drain(house.outlet, store, clock=lambda: house.now, block_rows=BLOCK)
    drain.start()
    deadline = time.monotonic() + 60
    while house.outlet.depth().rows:
        assert time.monotonic() < deadline
        time.sleep(0.02)
    drain.stop()
    assert store.arrow(Scope(house.site), NAMES).num_rows == 10


def test_groups_from_both_ends_never_share_a_batch_nor_leave_one_out(house: House) -> None:
    house.put("x", 25)
    apart: list[Range] = []
    newest = False
    while group := house.outlet.take("events", 0, 40, apart, newest=newest):
        apart.append(group.range)
        newest = not newest
    held = [number for _, first, last in apart for number in range(first, last + 1)]
    assert sorted(held) == list(range(1, 26))
    assert apart[:3] == [Range("events", 1, 4), Range("events", 22, 25), Range("events", 5, 8)]


def test_a_crash_with_the_newest_in_hand_leaves_nothing_behind(house: House, store: Store) -> None:
    house.put("x", 25)
    assert house.outlet.take("events", 0, 40, newest=True) is not None
    again = Outlet(house.folder, lambda: house.now)
    house.now += 10_000
    drain = Drain(again, store, clock=lambda: house.now, block_rows=BLOCK)
    drain.start()
    deadline = time.monotonic() + 60
    while drain.freshness().waiting_rows:
        assert time.monotonic() < deadline
        time.sleep(0.02)
    drain.stop()
    again.close()
    assert len(store.arrow(Scope(house.site), NAMES)) == 250
