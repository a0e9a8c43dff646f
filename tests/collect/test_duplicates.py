"""Deliveries that come again: dropped when the first is on disk, taken when it is not."""

import asyncio
import uuid

import httpx
import msgspec
from tests.collect.conftest import House

from afterclick.accounts import Grant
from afterclick.accounts.api_keys import ApiKeys
from afterclick.collect.event.wire import WireEvent
from afterclick.collect.passage.duplicates import deduplicate
from afterclick.collect.passage.gate import Gate
from afterclick.collect.passage.passage import House as Shared
from afterclick.collect.passage.passage import Passage
from afterclick.collect.passage.rate_limit import Limiter
from afterclick.collect.passage.seen import Seen, mark_of
from afterclick.collect.transport.app import Collector
from afterclick.collect.transport.exposition import Metrics
from afterclick.collect.transport.onlooker import Onlookers
from afterclick.errors import Unavailable
from afterclick.store.spool.batch import Batch, Depth
from afterclick.store.spool.taken import MOST_MARKS

ID = "6f0c1f5e-3f4a-4c68-9a52-0d8a9f0e1a2b"


def test_an_event_delivered_again_is_dropped_with_or_without_an_id_of_its_own(house: House) -> None:
    events = house.event(id=ID), house.event(name="without")
    assert house.post(*events).json()["accepted"] == 2
    again = house.post(*events).json()
    assert (again["accepted"], [error["reason"] for error in again["errors"]]) == (0, ["duplicate"] * 2)
    assert house.counted() == {"": 2, "duplicate": 2}


def test_an_id_twice_in_one_request_counts_once_however_it_is_written(house: House) -> None:
    house.post(house.event(id=ID, name="first"), house.event(id=ID.upper(), name="second"))
    assert [event.name for event in house.events()] == ["first"]
    assert house.counted() == {"": 1, "duplicate": 1}


def test_the_same_id_at_another_site_is_another_event(house: House) -> None:
    passages = [_passage("one"), _passage("two")]
    shared = _shared(house, _Disk())
    for passage in passages:
        deduplicate(shared, passage)
        shared.seen.remember([mark_of(passage.grant.site, ID)])
    assert [len(passage.events) for passage in passages] == [1, 1]


def test_a_retry_after_the_disk_refused_is_taken(house: House) -> None:
    disk = _Disk()
    disk.refuses = True
    house.app = Collector(
        _shared(house, disk), _nothing_waits, house.keys.touch, Onlookers(ApiKeys(house.control).viewer)
    )
    assert house.post(house.event(id=ID)).status_code == 503
    disk.refuses = False
    assert house.post(house.event(id=ID)).json()["accepted"] == 1
    assert house.post(house.event(id=ID)).json()["dropped"] == 1


def test_the_same_event_in_two_requests_at_once_is_not_lost_when_one_of_them_fails(house: House) -> None:
    disk = _Disk(waits=2)
    app = Collector(
        _shared(house, disk), _nothing_waits, house.keys.touch, Onlookers(ApiKeys(house.control).viewer)
    )
    body = msgspec.json.encode(house.event(id=ID))

    async def both() -> list[int]:
        transport = httpx.ASGITransport(app=app)  # pyright: ignore[reportArgumentType]
        async with httpx.AsyncClient(transport=transport, base_url="http://collector") as client:
            sending = [client.post(f"/v1/events?key={house.key}", content=body) for _ in range(2)]
            return [answer.status_code for answer in await asyncio.gather(*sending)]

    assert sorted(asyncio.run(both())) == [202, 503]
    assert disk.rows == 1


def test_the_memory_of_ids_is_bounded_and_holds_the_newest() -> None:
    seen = Seen(generation=100)
    ids = [str(uuid.uuid4()) for _ in range(1000)]
    for one in ids:
        seen.remember([mark_of("site", one)])
    known = [seen.has("site", one) for one in ids]
    assert all(known[-100:])
    assert sum(known) <= 200


def test_what_is_sent_again_after_a_restart_is_counted_as_a_repetition(house: House) -> None:
    events = [house.event(name=f"number {number}") for number in range(40)]
    house.post(*events)
    house.restart()
    house.post(*events, house.event(name="new"))
    assert house.counted() == {"": 41, "duplicate": 40}


def test_the_spool_keeps_the_marks_of_the_newest_ids_and_not_all(house: House) -> None:
    assert house.spool is not None
    marks = [mark_of("site", str(number)) for number in range(3 * MOST_MARKS)]
    for start in range(0, len(marks), 5000):
        part = b"".join(marks[start : start + 5000])
        house.spool.write([Batch("site", "events", "events", 0, b"", marks=part)])
    kept = house.spool.taken()
    assert MOST_MARKS <= len(kept) <= MOST_MARKS + 25_000
    assert kept == marks[-len(kept) :]


class _Disk:
    """A spool that refuses on request; with `waits`, appends are answered together, the first of them refused."""

    def __init__(self, waits: int = 0) -> None:
        self.refuses = False
        self.rows = 0
        self._waits = waits
        self._come = 0
        self._all = asyncio.Event()

    async def append(self, *batches: Batch) -> None:
        self._come += 1
        place = self._come
        if self._come >= self._waits:
            self._all.set()
        await self._all.wait()
        if self.refuses or (self._waits and place == 1):
            raise Unavailable("The disk refuses.")
        self.rows += sum(batch.rows for batch in batches)


def _nothing_waits() -> Depth:
    return Depth(0, 0, None)


def _shared(house: House, disk: _Disk) -> Shared:
    gate = Gate(house.keys.find)
    return Shared(house.settings, gate, Limiter(0), disk, Metrics(), lambda: house.now)


def _passage(site: str) -> Passage:
    async def receive() -> dict[str, object]:
        return {}

    passage = Passage("events", "/v1/events", {}, b"", receive, 0, Grant(site, "key"))
    passage.events = [(0, WireEvent(id=ID, type="track", time=0))]
    return passage
