"""The drain step that gives a visit, and a page view, to events whose client sent none.

Rows that brought both pass by untouched, whole columns at a time; which user was in which visit is learned from them,
for what servers tell of that user. The others are taken in the order of time. What was decided is on disk before the
rows are inserted, so that a crash or a repeated delivery changes nothing.
"""

import sqlite3
import threading
from collections.abc import Callable, Iterator, Mapping
from collections.abc import Set as AbstractSet
from pathlib import Path
from typing import Any, NamedTuple, TypeAlias, cast

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from afterclick.clock import Clock, now_ms
from afterclick.errors import Unavailable
from afterclick.store.drain.block import Step
from afterclick.store.schema.nobody import NOBODY
from afterclick.store.schema.records import uuid_array, uuid_bytes
from afterclick.visits.memory import DAY, Memory, Stretches
from afterclick.visits.misdated import Named, named_by_key, named_visits
from afterclick.visits.rules import GAP, NOWHERE, Nodes, Visits, node_of

Mask: TypeAlias = NDArray[np.bool_]
Ids: TypeAlias = NDArray[np.uint8]
Column: TypeAlias = "pa.ChunkedArray[Any]"

Begun: TypeAlias = Callable[[set[Named]], AbstractSet[Named]]

_OUTSIDE = ("mark", "refund")
"""No part of a visit: marks are the shop's, and a refund is settled with the visit of its order."""
_COLUMNS = ("site", "type", "session_key", "device_id", "user_id")
_TIME = pa.timestamp("ms", tz="UTC")
_PLACES = 256 ** np.arange(5, -1, -1, dtype=np.int64)
"""Of the six bytes that begin a UUIDv7 and count milliseconds."""


class _Row(NamedTuple):
    """A row that lacks its visit or its page view; its order is that of time. `nodes` is empty when it has a visit."""

    time: int
    is_event: bool
    is_alone: bool
    event: bytes
    place: int
    nodes: Nodes
    gap: int


class _Stay(NamedTuple):
    """A user in a visit that the client made, as rows of one batch tell it."""

    first: int
    last: int
    user: bytes
    visit: bytes


class Sessionizer:
    """The step over a memory in a folder. Safe to call from several threads; to be closed when the drain has ended."""

    def __init__(
        self,
        folder: Path,
        clock: Clock = now_ms,
        patience: float = 10.0,
        begun: Begun = lambda _: frozenset(),
    ) -> None:
        """`begun` says which of some visits the store has."""
        self._begun = begun
        self._memory = Memory(folder, clock, patience)
        self._lock = threading.Lock()

    @property
    def step(self) -> Step:
        """As the drain takes it."""
        return Step("sessionize", "events", self.apply)

    def apply(self, rows: pa.Table) -> pa.Table:
        """The rows with `session_id`, `session_start` and `page_view_id` filled.

        Raises Unavailable when the memory cannot be read or written: then nothing was decided.
        """
        rows = named_by_key(rows, self._memory.misdated | {visit.raw for visit in named_visits(rows)})
        sessions, pages = uuid_bytes(rows["session_id"]), uuid_bytes(rows["page_view_id"])
        lacks_visit, lacks_page = _is_missing(sessions), _is_missing(pages)
        needed = (lacks_visit & _has_someone(rows)) | (lacks_page & ~lacks_visit)
        inside = ~_among(rows["type"], *_OUTSIDE)
        stays = sorted(_stays(rows, inside & ~lacks_visit))
        places = np.flatnonzero(needed & inside)
        if not len(places) and not stays:
            return rows
        needy = sorted(_rows(rows, places, lacks_visit))
        try:
            with self._lock, self._memory.batch() as known:
                _learn(stays, known)
                visits = _visits(needy, known, sessions, self._settled(rows, known))
                shown = list(_pages(needy, known, visits, pages))
        except sqlite3.Error as error:
            raise Unavailable(f"The memory of visits cannot be used ({error}); check the disk.") from error
        if not needy:
            return rows
        places = np.array([row.place for row in needy])
        sessions[places] = np.frombuffer(b"".join(visits), np.uint8).reshape(-1, 16)
        pages[places] = np.frombuffer(b"".join(shown), np.uint8).reshape(-1, 16)
        return _filled(rows, places, sessions, pages)

    def _settled(self, rows: pa.Table, known: Stretches) -> dict[bytes, bytes]:
        """The ids of visits, by their nodes, that the store has under the id by which these rows name them."""
        named = named_visits(rows)
        known.misdated |= {visit.raw for visit in named}
        return {visit.node: visit.raw for visit in self._begun(named)} if named else {}

    def close(self) -> None:
        """Let go of the file."""
        self._memory.close()


def _learn(stays: list[_Stay], known: Stretches) -> None:
    known.load({stay.user for stay in stays})
    rules = Visits(known)
    for stay in stays:
        rules.told(stay.user, stay.visit, stay.first)
        rules.told(stay.user, stay.visit, stay.last)


def _visits(needy: list[_Row], known: Stretches, own: Ids, settled: Mapping[bytes, bytes]) -> list[bytes]:
    """The visit of each row; of a node that has none the settled one."""
    known.load(node for row in needy for node in row.nodes)
    known.load(known.homes())
    rules, told = Visits(known, settled), own.tobytes()
    return [
        rules.visit_of(row.nodes, row.time, row.gap)
        if row.nodes
        else told[row.place * 16 : row.place * 16 + 16]
        for row in needy
    ]


def _pages(needy: list[_Row], known: Stretches, of_visits: list[bytes], own: Ids) -> Iterator[bytes]:
    """The page view of each row."""
    known.load(of_visits)
    rules, told = Visits(known), own.tobytes()
    for row, visit in zip(needy, of_visits, strict=True):
        page = told[row.place * 16 : row.place * 16 + 16]
        if row.is_event:
            yield rules.page_of(visit, row.time) if page == NOWHERE else page
        else:
            page = row.event if page == NOWHERE else page
            rules.show_page(visit, page, row.time)
            yield page


def _stays(rows: pa.Table, own: Mask) -> Iterator[_Stay]:
    """Of the rows that are in a visit of their `own`."""
    places = np.flatnonzero(own & ~_among(rows["user_id"], ""))
    if not len(places):
        return
    few = rows.select(["site", "user_id"]).take(places)
    visits = pa.array(list(map(bytes, uuid_bytes(rows["session_id"])[places])), pa.binary(16))
    few = few.append_column("visit", visits).append_column("time", rows["time"].cast(pa.int64()).take(places))
    told = few.group_by(["site", "user_id", "visit"]).aggregate([("time", "min"), ("time", "max")])
    columns = ("site", "user_id", "visit", "time_min", "time_max")
    for site, user, visit, first, last in zip(*(told[name].to_pylist() for name in columns), strict=True):
        if user.lower() not in NOBODY:
            yield _Stay(first, last, node_of("user", site, user), visit)


def _rows(rows: pa.Table, places: NDArray[np.intp], lacks_visit: Mask) -> Iterator[_Row]:
    few = rows.select(["event_id", "time", *_COLUMNS]).take(places)
    events = uuid_bytes(few["event_id"]).tobytes()
    times = cast("list[int]", few["time"].cast(pa.int64()).to_pylist())
    columns = [cast("list[str]", few[name].to_pylist()) for name in _COLUMNS]
    lacking = cast("list[bool]", lacks_visit[places].tolist())
    for number, (place, time, lacks, site, kind, key, device, user) in enumerate(
        zip(places.tolist(), times, lacking, *columns, strict=True)
    ):
        named = (("key", key), ("device", device), ("user", user)) if lacks else ()
        nodes = tuple(node_of(what, site, name) for what, name in named if name)
        event = events[number * 16 : number * 16 + 16]
        yield _Row(time, kind != "page_view", not (key or device), event, place, nodes, DAY if key else GAP)


def _has_someone(rows: pa.Table) -> Mask:
    """Rows with a key, a device or a user. An `identify` of a user alone is a server's note, no act in a visit."""
    has_client = ~_among(rows["session_key"], "") | ~_among(rows["device_id"], "")
    return has_client | (~_among(rows["user_id"], "") & ~_among(rows["type"], "identify"))


def _among(column: Column, *values: str) -> Mask:
    found = cast("Column", pc.is_in(column, pa.array(values, pa.string())))  # pyright: ignore[reportUnknownMemberType] - overloads over any type
    return cast("Mask", found.to_numpy())


def _is_missing(ids: Ids) -> Mask:
    return cast("Mask", ~ids.any(axis=1))


def _filled(rows: pa.Table, places: NDArray[np.int_], sessions: Ids, pages: Ids) -> pa.Table:
    starts = rows["session_start"].cast(pa.int64()).to_numpy().copy()
    starts[places] = sessions[places, :6].astype(np.int64) @ _PLACES
    filled: dict[str, pa.Array[Any]] = {
        "session_id": uuid_array(sessions.tobytes()),
        "session_start": pa.array(starts, pa.int64()).cast(_TIME),
        "page_view_id": uuid_array(pages.tobytes()),
    }
    for name, column in filled.items():
        rows = rows.set_column(rows.schema.get_field_index(name), name, column)
    return rows
