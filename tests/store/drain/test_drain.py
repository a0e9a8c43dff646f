"""The drain: every spooled row reaches the store once, whatever fails between."""

import time
import uuid
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pyarrow as pa
import pytest
from sqlalchemy import Engine, create_engine

from afterclick.errors import Unavailable
from afterclick.signals import Event, Span
from afterclick.store.control.taken_and_dropped import Minute, Quality
from afterclick.store.drain.block import Step
from afterclick.store.drain.decode import decode
from afterclick.store.drain.drain import Drain
from afterclick.store.engine.query import Statement
from afterclick.store.schema.records import events_table, spans_table
from afterclick.store.scope import Scope
from afterclick.store.spool.batch import CORRECTED_CLOCK, Batch, Tally
from afterclick.store.spool.outlet import Outlet
from afterclick.store.spool.spool import Spool
from afterclick.store.store import Store

NOW = 1_780_000_000_000
SESSION = "019e6d2f-b800-7abc-8def-0123456789ab"
NAMES = Statement("names", "SELECT name FROM events WHERE site = {site:String} ORDER BY name")
VISITS = Statement("visits", "SELECT toString(session_id) AS name FROM sessions WHERE site = {site:String}")


class Named(msgspec.Struct):
    name: str


def event(site: str, name: str, **fields: object) -> Event:
    content: dict[str, object] = {
        "site": site,
        "event_id": str(uuid.uuid4()),
        "type": "page_view",
        "time": NOW,
        "received": NOW,
        "name": name,
        "session_id": SESSION,
        "session_start": int(SESSION.replace("-", "")[:12], 16),
    }
    return msgspec.convert(content | fields, Event)


def lines(*records: Event | Span) -> bytes:
    return msgspec.json.Encoder().encode_lines(records)


class House:
    """A spool and its outlet."""

    def __init__(self, folder: Path, site: str) -> None:
        self.spool, self.outlet, self.site = Spool(folder, 1 << 30), Outlet(folder), site

    def put(self, *events: Event) -> None:
        self.spool.write([Batch(self.site, "events", "events", len(events), lines(*events))])

    def put_raw(self, body: bytes) -> None:
        self.spool.write([Batch(self.site, "events", "events", body.count(b"\n"), body)])

    def close(self) -> None:
        self.spool.close()
        self.outlet.close()


@pytest.fixture
def house(tmp_path: Path, site: str) -> Iterator[House]:
    opened = House(tmp_path / "spool", site)
    yield opened
    opened.close()


class Refusing:
    """The store, refusing blocks that hold a row named "bad", as the engine does."""

    def __init__(self, store: Store) -> None:
        self.store = store

    def insert(self, table: str, rows: pa.Table, token: str) -> None:
        if table == "events" and "bad" in rows["name"].to_pylist():
            raise ValueError("cannot parse a row")
        self.store.insert(table, rows, token)


class Failing:
    """The store, down for the first inserts; it may take the rows and fail all the same."""

    def __init__(self, store: Store, failures: int, taking: bool) -> None:
        self.store, self.failures, self.taking = store, failures, taking

    def insert(self, table: str, rows: pa.Table, token: str) -> None:
        self.failures -= 1
        if self.failures >= 0 and not self.taking:
            raise Unavailable("The store is down.")
        self.store.insert(table, rows, token)
        if self.failures >= 0:
            raise OSError("connection lost after the insert")


def names(store: Store, site: str) -> list[str]:
    return [row.name for row in store.rows(Scope(site), NAMES, Named)]


def test_spooled_rows_decode_to_the_very_table_of_their_structs(site: str) -> None:
    tags = ["a=1", "b=2"]
    events = [
        event(site, "plain"),
        event(site, 'q"uote\n\u2028 \U0001f600 \\', tags=tags, value=1.5, revenue=19.99995, status=404),
        Event(site=site, event_id=str(uuid.UUID(int=1)), type="order", time=0, received=0, props='{"a":1}'),
    ]
    rows = decode("events", [lines(*events[:1]), lines(*events[1:])])
    assert rows.drop_columns(["user_agent", "session_key"]).equals(events_table(events))
    trace, own = "a" * 32, "b" * 16
    span = Span(
        site=site,
        trace_id=trace,
        span_id=own,
        service="s",
        name="n",
        time=NOW,
        start_ns=2**62,
        duration_ns=5,
        received=NOW,
    )
    spans = [span, msgspec.structs.replace(span, generated=True, http_status=500)]
    assert decode("spans", [lines(*spans)]).equals(spans_table(spans))


def test_what_is_spooled_is_in_the_store_after_draining_through_the_steps(house: House, store: Store) -> None:
    def loud(rows: pa.Table) -> pa.Table:
        shouted = [str(name).upper() for name in rows["name"].to_pylist()]
        return rows.set_column(rows.schema.get_field_index("name"), "name", pa.array(shouted, pa.string()))

    house.put(event(house.site, "a"), event(house.site, "b"))
    drain = Drain(house.outlet, store, [Step("loud", "events", loud)])
    assert drain.once() == 2
    assert names(store, house.site) == ["A", "B"]
    assert (drain.once(), drain.freshness().waiting_rows, drain.freshness().drained_rows) == (0, 0, 2)


def test_a_row_that_the_store_refuses_is_set_aside_and_its_neighbours_go_in(
    house: House, store: Store
) -> None:
    house.put(*[event(house.site, "bad" if n in (3, 77) else f"n{n:03}") for n in range(100)])
    house.put_raw(f'{{"site":"{house.site}","event_id":"no id"}}\n'.encode() + b'{"site":\n')
    drain = Drain(house.outlet, Refusing(store))
    assert drain.once() == 102
    assert len(set(names(store, house.site))) == len(names(store, house.site)) == 98
    aside = house.outlet.aside(house.site)
    assert sorted(row.position for row in aside) == [3, 77, 100]
    assert {row.position: row.reason for row in aside}[77] == "cannot parse a row"
    assert '"name":"bad"' in {row.position: row.row for row in aside}[77]
    assert {t.reason: t.rows for t in house.outlet.tallies(0) if t.site == house.site} == {
        "": 102,
        "refused_by_store": 3,
    }
    assert drain.freshness().set_aside_rows == 4


def test_many_lines_that_are_no_records_cost_the_sound_ones_between_them_no_insert_each(
    house: House, store: Store
) -> None:
    class Counting(Refusing):
        inserts = 0

        def insert(self, table: str, rows: pa.Table, token: str) -> None:
            self.inserts += 1
            super().insert(table, rows, token)

    counting = Counting(store)
    sound = lines(*[event(house.site, f"n{n:03}") for n in range(200)]).splitlines(keepends=True)
    house.put_raw(b"".join(line + b'{"site": true}\n' for line in sound))
    drain = Drain(house.outlet, counting)
    assert drain.once() == 400
    assert len(set(names(store, house.site))) == len(names(store, house.site)) == 200
    assert drain.freshness().set_aside_rows == 200
    assert counting.inserts == 1


@pytest.mark.parametrize("taking", [False, True])
def test_a_store_that_is_down_loses_nothing_and_counts_nothing_twice(
    house: House, store: Store, taking: bool
) -> None:
    house.put(event(house.site, "a"), event(house.site, "b"))
    failing = Failing(store, 2, taking)
    for _ in range(2):
        with pytest.raises(Unavailable):
            Drain(house.outlet, failing).once()
    assert house.outlet.depth().rows == 2
    assert Drain(house.outlet, failing).once() == 2
    assert names(store, house.site) == ["a", "b"]
    raw = Statement("raw", "SELECT toString(count()) AS name FROM events WHERE site = {site:String}")
    assert store.rows(Scope(house.site), raw, Named) == [Named("2")]


def test_in_threads_it_drains_what_arrives_and_waits_for_a_store_that_is_down(
    house: House, store: Store
) -> None:
    drain = Drain(house.outlet, Failing(store, 2, taking=False), block_rows=50)
    drain.start()
    for number in range(20):
        house.put(*[event(house.site, f"{number:02}-{n:02}") for n in range(10)])
    deadline = time.monotonic() + 60
    while drain.freshness().drained_rows < 200:
        assert time.monotonic() < deadline
        time.sleep(0.02)
    drain.stop()
    assert len(names(store, house.site)) == 200
    assert drain.freshness().last_failure.endswith("The store is down.")
    assert store.rows(Scope(house.site), VISITS, Named) == [Named(SESSION)]


def test_a_store_that_refuses_every_row_is_doubted_and_asked_again_before_rows_are_set_aside(
    house: House, store: Store
) -> None:
    class Broken(Refusing):
        broken = True

        def insert(self, table: str, rows: pa.Table, token: str) -> None:
            if self.broken:
                raise ValueError("table is read only")
            super().insert(table, rows, token)

    broken = Broken(store)
    house.put(*[event(house.site, f"{n:03}") for n in range(64)])
    drain = Drain(house.outlet, broken)
    drain.start()
    deadline = time.monotonic() + 60
    while "read only" not in drain.freshness().last_failure:
        assert time.monotonic() < deadline
        time.sleep(0.01)
    broken.broken = False
    while drain.freshness().drained_rows < 64:
        assert time.monotonic() < deadline
        time.sleep(0.01)
    drain.stop()
    assert (house.outlet.aside(house.site), len(names(store, house.site))) == ([], 64)


def test_counts_reach_the_control_database_once_however_often_they_are_published(
    house: House, store: Store, control: Engine
) -> None:
    quality, scope = Quality(control), Scope(house.site)
    house.put(event(house.site, "a"), event(house.site, "bad"))
    Drain(house.outlet, Refusing(store), quality=quality).once()
    Drain(house.outlet, store, quality=quality).once()
    quality.publish(house.outlet.id, house.outlet.tallies(0))
    [drop] = quality.drops(scope, 0, 1 << 50)
    assert (drop.door, drop.reason, drop.rows) == ("drain", "refused_by_store", 1)
    assert quality.accepted(scope, 0, 1 << 50) == {"events": 2}
    newest = max(tally.last for tally in house.outlet.tallies(0) if not tally.reason)
    assert quality.last_accepted(scope, 0) == {"events": newest}
    assert sum(m.accepted for m in quality.minutes(scope, 0, 1 << 50)) == 2
    assert quality.minutes(Scope("another"), 0, 1 << 50) == list[Minute]()
    quality.forget(1 << 50)
    assert quality.accepted(scope, 0, 1 << 50) == {}


def test_rows_that_were_put_right_are_told_apart_from_dropped_ones(control: Engine) -> None:
    quality, scope = Quality(control), Scope("mended")
    rows = [("", 5), (CORRECTED_CLOCK, 3), ("future", 2)]
    quality.publish("spool", [Tally("mended", "events", reason, 0, count, 0) for reason, count in rows])
    assert quality.mended(scope, 0, 1) == {CORRECTED_CLOCK: 3}
    assert [(drop.reason, drop.rows) for drop in quality.drops(scope, 0, 1)] == [("future", 2)]
    assert quality.minutes(scope, 0, 1) == [Minute(0, 5, 2)]


def test_a_control_database_that_is_down_does_not_stop_the_drain(house: House, store: Store) -> None:
    nowhere = create_engine("sqlite:////nowhere/at/all.db")
    house.put(event(house.site, "a"))
    assert Drain(house.outlet, store, quality=Quality(nowhere)).once() == 1
    nowhere.dispose()
