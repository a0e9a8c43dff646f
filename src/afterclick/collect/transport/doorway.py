"""Takes requests through the steps of their doors, whatever transport they came by, and counts what is refused."""

import asyncio
import time
from collections import Counter
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import NamedTuple

import structlog

from afterclick.collect.doors import Door
from afterclick.collect.passage import refusal
from afterclick.collect.passage.geography import client_address, trusted
from afterclick.collect.passage.passage import Answer, House, Passage, Run
from afterclick.collect.passage.refusal import NotAllowed
from afterclick.collect.transport.exposition import Timing
from afterclick.collect.transport.party import party
from afterclick.collect.transport.turns import Turns, is_huge, is_large
from afterclick.drops import Drop, DropReason
from afterclick.errors import AfterclickError, InvalidInput, TooLarge, Unauthorized
from afterclick.store.spool.batch import Batch

_BYTES_A_ROW = 1_024  # bytes that count as one row against the limit of an address
_IN_VAIN = 10  # times as much that a request counts of which nothing can be read: honest ones are few
_UNREADABLE = {"malformed", "wrong_type", "too_long", "unknown_type"}
_ROWS_AT_ONCE = 250
_Timed = Sequence[tuple[Run, Timing]]
_log = structlog.get_logger("afterclick.collect")


class _Way(NamedTuple):
    """The steps of a door, each with where its time is counted: up to the one that reads the body; those that ask what
    its key opens; those that work on its rows, the first of which decodes them; and the one that keeps them.
    """

    reading: _Timed
    asking: _Timed
    working: _Timed
    keeping: _Timed


class Doorway:
    """The way in, one for a process."""

    def __init__(self, house: House) -> None:
        self._house = house
        self._refused: Counter[tuple[str, str, DropReason]] = Counter()
        self._turns = Turns()
        self._ways: dict[Door, _Way] = {}
        self._aside = ThreadPoolExecutor(1, "decoding")

    async def admit(self, door: Door, passage: Passage, method: str) -> Answer:
        """Run the steps and return the door's answer, also to a request that it refuses."""
        try:
            if method != door.method:
                raise NotAllowed(f"Use {door.method} here.")
            await self._within_limits(door, passage)
            answer = door.answer(passage)
        except AfterclickError as error:
            answer = _retryable(door.refuse(passage, error), error)
            self._count(passage, refusal.reason(error))
        self._house.metrics.answered(door.name, answer.status, passage.sent_bytes)
        return answer

    async def _within_limits(self, door: Door, passage: Passage) -> None:
        """Run the steps unless the sender's address sends too fast, before its key is looked up."""
        house = self._house
        sender = party(client_address(passage, trusted(house.settings.trusted_proxies)))
        house.addresses.check(sender)
        in_vain = False
        try:
            await self._pass(door, passage)
            in_vain = not passage.rows and bool(passage.dropped) and passage.dropped.keys() <= _UNREADABLE
        except (InvalidInput, TooLarge, Unauthorized):
            in_vain = True
            raise
        finally:
            house.addresses.charge(sender, self._cost(passage) * (_IN_VAIN if in_vain else 1))

    @staticmethod
    def _cost(passage: Passage) -> int:
        """Rows that a request counts as: refused ones cost the same work, as do bytes without any.

        No row is smaller than a byte: what a client only says that it did not send costs nothing.
        """
        rows = (passage.rows or passage.decoded) + sum(passage.dropped.values())
        size = max(passage.sent_bytes, passage.unpacked_bytes)
        return max(1, min(rows, size), size // _BYTES_A_ROW)

    async def _pass(self, door: Door, passage: Passage) -> None:
        way = self._ways.get(door) or self._way(door)
        await self._run(passage, way.reading)
        if is_large(passage.body):
            async with self._turns.turn(len(passage.body)):
                await self._run(passage, way.asking)
                await self._work(passage, way.working)
                await self._run(passage, way.keeping)
        else:
            with self._turns.small:
                await self._run(passage, way.asking)
                await self._run(passage, way.working)
                await self._run(passage, way.keeping)

    def _way(self, door: Door) -> _Way:
        timings = self._house.metrics.steps(door.name)
        names = [step.name for step in door.steps]
        steps = [(step.run, timings[step.name]) for step in door.steps]
        read, decode, spool = (
            names.index(name) if name in names else len(names) for name in ("read", "decode", "spool")
        )
        self._ways[door] = way = _Way(
            steps[: read + 1], steps[read + 1 : decode], steps[decode:spool], steps[spool:]
        )
        return way

    async def _work(self, passage: Passage, working: _Timed) -> None:
        """Work on the rows of a large body; on those of a huge one part by part, between which others have a turn."""
        if not is_huge(passage.body):
            await self._run(passage, working)
            return
        await self._decode_aside(passage, working[0])
        for _ in passage.parts(_ROWS_AT_ONCE):
            await self._run(passage, working[1:])
            await asyncio.sleep(0)

    async def _decode_aside(self, passage: Passage, step: tuple[Run, Timing]) -> None:
        decode, timing = step
        started = time.perf_counter()
        try:
            # Awaited where it is made: a name for it would hold what it raises, and that holds the body, in a cycle.
            await asyncio.get_running_loop().run_in_executor(self._aside, decode, self._house, passage)
        finally:
            timing.times += 1
            timing.seconds += time.perf_counter() - started

    async def _run(self, passage: Passage, steps: _Timed) -> None:
        house = self._house
        started = time.perf_counter()
        for run, timing in steps:
            try:
                pending = run(house, passage)
                if pending is not None:
                    await pending
            finally:
                ended = time.perf_counter()
                timing.times += 1
                timing.seconds += ended - started
                started = ended

    def _count(self, passage: Passage, reason: DropReason) -> None:
        """Count a request refused as a whole: at once at /metrics, on disk with the next flush."""
        rows = max(1, passage.rows or passage.decoded)
        self._house.metrics.dropped(passage.grant.site, passage.door, reason, rows)
        self._refused[passage.grant.site, passage.door, reason] += rows

    async def flush(self) -> None:
        """Put the counts of requests refused as a whole on disk; done every second, and at the end."""
        if not self._refused:
            return
        counted, self._refused = self._refused, Counter()
        now = self._house.clock()
        drops = [Drop(site=s, door=d, reason=r, rows=n, time=now) for (s, d, r), n in counted.items()]
        try:
            await self._house.spool.append(Batch("", "", "events", 0, b"", tuple(drops)))
        except AfterclickError as error:
            self._refused.update(counted)
            _log.warning("counts of refused requests wait", reason=str(error))


def _retryable(answer: Answer, error: AfterclickError) -> Answer:
    """The refusal with the seconds after which trying again may help, when it may."""
    seconds = refusal.retry_after(error)
    if seconds is None:
        return answer
    return answer._replace(headers=(*answer.headers, (b"retry-after", str(seconds).encode())))
