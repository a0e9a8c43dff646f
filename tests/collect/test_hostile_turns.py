"""Many large bodies at once: small ones go between them, and what waits is bounded."""

import asyncio
import os
import sys
import threading
import time
from types import SimpleNamespace
from typing import cast

import msgspec
import pytest
from tests.collect.conftest import House as HouseOf

from afterclick.collect.doors import Door
from afterclick.collect.event import door as events
from afterclick.collect.event.wire import WireEvent
from afterclick.collect.passage import steps
from afterclick.collect.passage.passage import Answer, House, Passage, Step
from afterclick.collect.transport import body_limit, turns
from afterclick.collect.transport.doorway import Doorway
from afterclick.collect.transport.turns import HUGE, MANY, Turns, is_large
from afterclick.errors import Unavailable
from afterclick.settings import Settings
from afterclick.store.spool.batch import CORRECTED_CLOCK


def test_a_body_is_large_by_its_bytes_or_by_its_objects() -> None:
    assert is_large(b"x" * 70_000)
    assert is_large(b"[" + b"{}," * 3_000)
    assert not is_large(b'{"type":"page_view"}' * 100)


def test_small_bodies_pass_between_large_ones_that_came_before_them() -> None:
    async def pass_through() -> list[str]:
        waiting, order = Turns(), list[str]()

        async def large(name: str) -> None:
            async with waiting.turn(1):
                order.append(name)

        async def small() -> None:
            with waiting.small:
                order.append("small")

        begun = [asyncio.create_task(large(f"large {number}")) for number in range(3)]
        begun.append(asyncio.create_task(small()))
        await asyncio.gather(*begun)
        return order

    assert asyncio.run(pass_through()) == ["large 0", "small", "large 1", "large 2"]


def test_a_small_body_that_is_read_while_a_large_one_holds_the_loop_is_done_before_the_next_large_one() -> (
    None
):
    async def pass_through() -> list[str]:
        waiting, order, begun = Turns(), list[str](), list[asyncio.Task[None]]()

        async def small() -> None:
            with waiting.small:
                for _ in range(5):  # as long as the disk takes
                    await asyncio.sleep(0)
                order.append("small")

        def read() -> None:
            begun.append(asyncio.create_task(small()))

        async def large(name: str) -> None:
            async with waiting.turn(1):
                order.append(name)
                if name == "large 0":
                    asyncio.get_running_loop().call_soon(read)
                    time.sleep(0.05)  # holds the loop, as decoding does; the next one may come as much later

        await asyncio.gather(large("large 0"), large("large 1"))
        await asyncio.gather(*begun)
        return order

    assert asyncio.run(pass_through()) == ["large 0", "small", "large 1"]


def test_a_small_body_is_done_while_one_huge_body_is_still_worked_off(house: HouseOf) -> None:
    small_is_done, threads = threading.Event(), list[threading.Thread]()
    started = threading.Event()

    def work(_: House, passage: Passage) -> None:
        if passage.query == b"huge":
            threads.append(threading.current_thread())
            started.set()
            assert small_is_done.wait(20)

    async def keep(_: House, passage: Passage) -> None:
        if passage.query == b"small":
            small_is_done.set()

    door = Door(
        "test", (Step("read", _take), Step("decode", work), Step("spool", keep)), events.answer, events.refuse
    )
    doorway = Doorway(house.app.house)

    async def send_both() -> tuple[Answer, Answer]:
        huge = asyncio.create_task(doorway.admit(door, _passage(b"huge", b"{}" * (MANY + 1)), "POST"))
        await asyncio.to_thread(started.wait, 20)
        return await doorway.admit(door, _passage(b"small", b"{}"), "POST"), await huge

    assert [answer.status for answer in asyncio.run(send_both())] == [202, 202]
    assert threads != [threading.main_thread()]
    assert house.app.house.metrics.steps("test")["decode"].times == 2


def test_a_huge_body_is_refused_as_any_other(house: HouseOf) -> None:
    nonsense = b"[" + b"{}," * (MANY + 1) + b"{}]"
    answer = house.send(nonsense)
    assert answer.json()["dropped"] == MANY + 2
    assert house.send(b"{" * (HUGE + 1)).status_code == 400
    assert house.counted() == {"unknown_type": MANY + 2, "malformed": 1}


def test_of_a_huge_body_each_row_counts_once_whatever_part_it_is_in(house: HouseOf) -> None:
    """The first row stands at the end again, a bad one in between, and the sender's clock is an hour late."""
    late = house.now - 3_600_000
    ids = [f"{number:08x}-0000-4000-8000-000000000000" for number in range(MANY)]
    rows: list[object] = [house.event(id=one, time=late, type="track", props={"a": "b"}) for one in ids]
    rows.insert(MANY // 2, house.event(type="nonsense", time=late))
    answer = house.send(msgspec.json.encode({"sent_at": late, "events": [*rows, rows[0]]}))
    assert answer.json()["dropped"] == 2
    kept = house.events()
    assert [event.event_id for event in kept] == ids
    assert {event.time for event in kept} == {house.now}
    assert house.counted() == {"": MANY, "unknown_type": 1, "duplicate": 1, CORRECTED_CLOCK: MANY + 2}


def test_a_huge_body_lets_others_have_a_turn_between_its_parts(house: HouseOf) -> None:
    sizes: list[int] = []
    turns_of_others = 0

    def work(_: House, passage: Passage) -> None:
        sizes.append(len(passage.events))

    def decode(_: House, passage: Passage) -> None:
        passage.events = [(number, WireEvent()) for number in range(1_000)]

    door = Door(
        "test",
        (Step("read", _take), Step("decode", decode), Step("work", work)),
        events.answer,
        events.refuse,
    )

    async def other() -> None:
        nonlocal turns_of_others
        while len(sizes) < 4:
            turns_of_others += bool(sizes)
            await asyncio.sleep(0)

    async def send() -> None:
        beside = asyncio.create_task(other())
        await Doorway(house.app.house).admit(door, _passage(b"", b"{}" * (MANY + 1)), "POST")
        await beside

    asyncio.run(send())
    assert sizes == [250] * 4
    assert turns_of_others >= 3


async def _take(_: House, passage: Passage) -> None:
    passage.body = (await passage.receive())["body"]


def _passage(query: bytes, content: bytes) -> Passage:
    async def receive() -> dict[str, object]:
        return {"type": "http.request", "body": content}

    return Passage("test", "/test", {}, query, receive, 0)


def test_compressed_bodies_are_unpacked_one_at_a_time(
    monkeypatch: pytest.MonkeyPatch, settings: Settings
) -> None:
    house = cast(House, SimpleNamespace(settings=settings))
    begun: list[int] = []
    first, gate = threading.Event(), threading.Event()

    def decompress(sent: bytes, encoding: str, largest: int) -> bytes:
        begun.append(largest)
        first.set()
        assert gate.wait(20)
        return b"[]"

    async def receive() -> dict[str, object]:
        return {"type": "http.request", "body": bytes(10_000)}

    async def read_all() -> None:
        headers = {b"content-encoding": b"gzip"}
        passages = [Passage("events", "/v1/events", headers, b"", receive, 0) for _ in range(8)]
        reading = [asyncio.create_task(steps.read(house, passage)) for passage in passages]
        await asyncio.sleep(0)  # all of them have asked
        assert first.wait(20)
        while_the_first_is_unpacked = len(begun)
        gate.set()
        await asyncio.gather(*reading)
        assert (while_the_first_is_unpacked, len(begun)) == (1, 8)

    monkeypatch.setattr(body_limit, "decompress", decompress)
    asyncio.run(read_all())


def test_a_small_body_that_never_ends_holds_no_large_one_back() -> None:
    async def pass_through() -> None:
        waiting = Turns()
        with waiting.small:
            for _ in range(3):
                async with waiting.turn(1):
                    pass

    asyncio.run(asyncio.wait_for(pass_through(), 20))


def test_more_bytes_than_may_wait_are_refused_and_the_places_are_freed(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(turns, "MOST_WAITING", 10)

    async def crowd() -> None:
        waiting = Turns()
        async with waiting.turn(6):
            with pytest.raises(Unavailable, match="send again"):
                async with waiting.turn(6):
                    pass
        async with waiting.turn(10):
            pass

    asyncio.run(crowd())


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere a thread has no niceness of its own")
def test_bodies_are_unpacked_after_what_the_loop_has_to_do(
    monkeypatch: pytest.MonkeyPatch, settings: Settings
) -> None:
    nice: list[int] = []

    def decompress(sent: bytes, encoding: str, largest: int) -> bytes:
        nice.append(os.getpriority(os.PRIO_PROCESS, threading.get_native_id()))
        return sent

    async def receive() -> dict[str, object]:
        return {"type": "http.request", "body": bytes(10_000)}

    monkeypatch.setattr(body_limit, "decompress", decompress)
    passage = Passage("events", "/v1/events", {b"content-encoding": b"gzip"}, b"", receive, 0)
    asyncio.run(steps.read(cast(House, SimpleNamespace(settings=settings)), passage))
    assert nice == [min(19, os.getpriority(os.PRIO_PROCESS, os.getpid()) + 10)]
