"""Rows that were set aside: told by reason, sent again, and never counted twice."""

import json
import uuid
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pyarrow as pa
import pytest

from afterclick.errors import Unavailable
from afterclick.signals import Event
from afterclick.store.drain.drain import Drain
from afterclick.store.drain.replay import Replayed, Standing, replay, standing_aside
from afterclick.store.engine.query import Statement
from afterclick.store.scope import Scope
from afterclick.store.spool.batch import Batch
from afterclick.store.spool.outlet import Outlet
from afterclick.store.spool.spool import Spool
from afterclick.store.store import Store

NOW = 1_780_000_000_000
NAMES = Statement("names", "SELECT name FROM events WHERE site = {site:String} ORDER BY name")


class Picky:
    """The store, refusing rows by name as long as it is picky."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self.refused = {"bad", "worse"}
        self.away = False

    def insert(self, table: str, rows: pa.Table, token: str) -> None:
        if self.away:
            raise Unavailable("The store is away.")
        if table == "events" and (found := self.refused & {str(name) for name in rows["name"].to_pylist()}):
            raise ValueError(f"cannot take {min(found)} rows")
        self.store.insert(table, rows, token)


class House:
    """A spool, its drain and a store that is picky."""

    def __init__(self, folder: Path, store: Store, site: str) -> None:
        self.folder, self.store, self.site = folder, store, site
        self.spool, self.outlet, self.picky = Spool(folder, 1 << 30), Outlet(folder), Picky(store)
        self.drain = Drain(self.outlet, self.picky)

    def put(self, *names: str, **fields: object) -> None:
        for name in names:
            base = {"site": self.site, "event_id": str(uuid.uuid4()), "type": "track", "name": name}
            row = msgspec.convert(base | {"time": NOW, "received": NOW} | fields, Event)
            self.spool.write([Batch(self.site, "events", "events", 1, msgspec.json.encode(row) + b"\n")])

    def replay(self, reason: str = "") -> Replayed:
        return replay(self.folder, self.drain.insertion, self.store, reason)

    def names(self) -> list[str]:
        return [str(name) for name in self.store.arrow(Scope(self.site), NAMES)["name"].to_pylist()]


@pytest.fixture
def house(tmp_path: Path, store: Store, site: str) -> Iterator[House]:
    opened = House(tmp_path / "spool", store, site)
    yield opened
    opened.spool.close()
    opened.outlet.close()


def told(house: House) -> list[tuple[str, str, int]]:
    return [(row.kind, row.reason, row.rows) for row in standing_aside(house.folder)]


def test_rows_that_stand_aside_are_told_by_reason_and_go_in_when_the_cause_is_gone(house: House) -> None:
    house.put("good", "bad", "bad", "worse")
    house.drain.once()
    assert told(house) == [("events", "cannot take bad rows", 2), ("events", "cannot take worse rows", 1)]
    house.picky.refused = {"worse"}
    assert house.replay() == Replayed(inserted=2, known=0, refused=1)
    assert told(house) == [("events", "cannot take worse rows", 1)]
    house.picky.refused = set()
    assert house.replay() == Replayed(inserted=1)
    assert (told(house), house.names()) == ([], ["bad", "bad", "good", "worse"])
    assert house.replay() == Replayed()


def test_only_rows_of_the_reason_that_is_named_are_sent(house: House) -> None:
    house.put("bad", "worse")
    house.drain.once()
    house.picky.refused = set()
    assert house.replay("worse") == Replayed(inserted=1)
    assert house.names() == ["worse"]
    assert [row.reason for row in standing_aside(house.folder)] == ["cannot take bad rows"]


def test_a_row_whose_id_came_in_another_way_meanwhile_is_not_counted_again(house: House) -> None:
    own, session = str(uuid.uuid4()), "019e6d2f-b800-7abc-8def-0123456789ab"
    house.put("bad", event_id=own)
    house.put("bad", event_id=own)
    house.drain.once()
    # The same event under another key of the table: it would stand beside the first one.
    house.put("good", event_id=own, session_id=session, session_start=int(session.replace("-", "")[:12], 16))
    house.drain.once()
    house.picky.refused = set()
    assert house.replay() == Replayed(known=2)
    assert (told(house), house.names()) == ([], ["good"])


def test_the_same_row_set_aside_twice_goes_in_once(house: House) -> None:
    own = str(uuid.uuid4())
    house.put("bad", event_id=own)
    house.put("bad", event_id=own)
    house.drain.once()
    house.picky.refused = set()
    assert house.replay() == Replayed(inserted=1, known=1)
    assert house.names() == ["bad"]


def test_with_the_store_away_they_stay_and_a_row_that_is_no_record_stays_with_its_reason(
    house: House,
) -> None:
    house.put("bad")
    house.spool.write([Batch(house.site, "events", "events", 1, b'{"site":\n')])
    house.drain.once()
    house.picky.refused = set()
    house.picky.away = True
    with pytest.raises(Unavailable):
        house.replay()
    assert sum(row.rows for row in standing_aside(house.folder)) == 2
    house.picky.away = False
    assert house.replay() == Replayed(inserted=1, refused=1)
    [left] = standing_aside(house.folder)
    assert isinstance(left, Standing)
    assert "JSON" in left.reason


def test_every_kind_is_found_in_the_store_by_its_own_id(house: House) -> None:
    ns = NOW * 1_000_000
    shared = {"site": house.site, "service": "s", "time": NOW, "received": NOW}
    rows = {
        "spans": {"trace_id": "a" * 32, "span_id": "b" * 16, "name": "n", "start_ns": ns, "duration_ns": 1},
        "metrics": {"name": "n", "type": "gauge", "series": "c" * 16, "time_ns": ns},
        "logs": {"log_id": str(uuid.uuid4()), "time_ns": ns},
    }
    connection = house.outlet._connection  # pyright: ignore[reportPrivateUsage]
    for turn in range(2):
        for kind, fields in rows.items():
            connection.execute(
                "INSERT INTO aside VALUES (?, 0, ?, ?, ?, 'because', ?)",
                (f"{turn}{kind}", kind, house.site, json.dumps(shared | fields), NOW),
            )
        assert house.replay() == (Replayed(known=3) if turn else Replayed(inserted=3))
