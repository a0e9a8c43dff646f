"""The drain: spooled rows into the store, in large blocks, exactly once.

A block's rows and token are fixed in the spool before the insert, and forgotten there after it: whoever dies
between, the same block is sent again under the same token, which the store takes once. While one block is
inserted the next is decoded. A block that the store refuses is halved until the bad row stands alone; that
row is set aside with the reason, its neighbours go in, and nothing waits behind it.

After an outage every second block is taken from the newest end of what waits, so that fresh rows do not queue behind
hours of old ones. The order in which blocks arrive changes no number: every table is idempotent.
"""

import queue
import sqlite3
import threading
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import msgspec
import structlog
from sqlalchemy.exc import SQLAlchemyError

from afterclick.clock import Clock, now_ms
from afterclick.errors import Unavailable
from afterclick.store.control.taken_and_dropped import Quality
from afterclick.store.drain.bisection import StoreInDoubt
from afterclick.store.drain.block import Block, Conversion, Dropped, Step
from afterclick.store.drain.insertion import Insertion, Inserts
from afterclick.store.spool.batch import KINDS, Aside, Group, Kind, Range
from afterclick.store.spool.outlet import Outlet

BLOCK_ROWS = 50_000
"""Rows that make a block full."""
LINGER_MS = 1_000
"""How long a row may wait for its block to fill."""

BACKLOG_MS = 30_000
"""Rows that wait longer are a backlog, and share the drain with the newest."""

_POLL_SECONDS = 0.1
_PUBLISH_SECONDS = 2.0
_LONGEST_PAUSE = 30.0
_PATIENCE = 5
_REASON = 300
_DAY = 86_400_000
_TALLY_DAYS = 2

_log = structlog.get_logger("afterclick.drain")


@dataclass(frozen=True)
class Freshness:
    """How far behind the store is, and totals since the start.

    `waiting_rows` counts up to a few blocks; `lag_ms` is the age of the oldest row that waits; `seconds` is
    the time spent in each step, "decode" and "insert" among them.
    """

    waiting_rows: int
    lag_ms: int
    drained_rows: int
    set_aside_rows: int
    last_drained: int | None
    last_failure: str
    seconds: dict[str, float]


class Drain:
    """Moves one spool into the store. `start` and `stop` run it in two threads; `once` drains in the
    caller's.
    """

    def __init__(
        self,
        outlet: Outlet,
        store: Inserts,
        steps: Sequence[Step] = (),
        quality: Quality | None = None,
        clock: Clock = now_ms,
        block_rows: int = BLOCK_ROWS,
    ) -> None:
        self._outlet = outlet
        self._conversion = Conversion(steps)
        self.insertion = Insertion(store, self._conversion)
        self._quality = quality
        self._clock = clock
        self._block_rows = block_rows
        self._in_hand: dict[str, Range] = {}
        self._newest_next: dict[Kind, bool] = dict.fromkeys(KINDS, False)
        self._stopping = threading.Event()
        self._threads: list[threading.Thread] = []
        self._ready: queue.Queue[tuple[Group, Block | None] | None] = queue.Queue(1)
        self._published_at = 0.0
        self._published_from = 0
        self._drained = self._set_aside = 0
        self._last_drained: int | None = None
        self._last_failure = ""

    def start(self) -> None:
        """Begin to drain in threads of its own."""
        self._stopping.clear()
        self._threads = [
            threading.Thread(target=run, name=name, daemon=True)
            for run, name in ((self._decode_forever, "drain decode"), (self._insert_forever, "drain insert"))
        ]
        for thread in self._threads:
            thread.start()

    def stop(self, patience: float | None = None) -> bool:
        """Finish the blocks in hand, publish the counts, then stop; whether that was done within so many seconds.

        What was not finished is in the spool, and goes in under the same token when the drain starts again.
        """
        deadline = None if patience is None else time.monotonic() + patience
        self._stopping.set()
        for thread in self._threads:
            thread.join(None if deadline is None else max(0.0, deadline - time.monotonic()))
        if any(thread.is_alive() for thread in self._threads):
            return False
        self._threads = []
        self._publish()
        return True

    def once(self) -> int:
        """Drain everything that waits now and return the rows that left the spool, set aside ones included.

        Raises Unavailable when the store cannot take them; they stay in the spool.
        """
        before = self._drained + self._set_aside
        for group in self._outlet.unfinished():
            self._insert(group, self._converted(group))
        for kind in KINDS:
            while group := self._take(kind, newest=False):
                self._insert(group, self._converted(group))
        self._publish()
        return self._drained + self._set_aside - before

    def freshness(self) -> Freshness:
        """How far behind the store is."""
        depth = self._outlet.depth()
        lag = 0 if depth.oldest is None else max(0, self._clock() - depth.oldest)
        return Freshness(
            depth.rows,
            lag,
            self._drained,
            self._set_aside,
            self._last_drained,
            self._last_failure,
            dict(self._conversion.seconds),
        )

    # -- the decoding thread: take, decode, enrich
    # ------------------------------------------------------------------

    def _decode_forever(self) -> None:
        for group in self._groups():
            self._ready.put((group, self._converted(group)))
        self._ready.put(None)

    def _groups(self) -> Iterator[Group]:
        """Groups as they become due, the ones that a crash left behind first, until stopped."""
        yield from self._left_behind()
        while not self._stopping.is_set():
            found = False
            for kind in KINDS:
                if group := self._due(kind):
                    found = True
                    yield group
            self._publish_in_time()
            if not found:
                self._stopping.wait(_POLL_SECONDS)

    def _left_behind(self) -> list[Group]:
        while not self._stopping.is_set():
            try:
                groups = self._outlet.unfinished()
            except sqlite3.Error as error:
                self._tell_trouble(error)
                self._stopping.wait(1)
                continue
            self._in_hand = {group.token: group.range for group in groups}
            return groups
        return []

    def _due(self, kind: Kind) -> Group | None:
        """The next group of a kind, when its block is full or has waited long enough."""
        try:
            rows, oldest = self._outlet.waiting(kind, self._block_rows, self._apart())
            if oldest is None:
                return None
            age = self._clock() - oldest
            full = rows >= self._block_rows
            if not full and 0 <= age < LINGER_MS:  # an age below zero: the clock went back
                return None
            self._newest_next[kind] = full and age > BACKLOG_MS and not self._newest_next[kind]
            return self._take(kind, newest=self._newest_next[kind])
        except sqlite3.Error as error:
            self._tell_trouble(error)
            return None

    def _take(self, kind: Kind, *, newest: bool) -> Group | None:
        group = self._outlet.take(kind, 0, self._block_rows, self._apart(), newest=newest)
        if group is not None:
            self._in_hand[group.token] = group.range
        return group

    def _apart(self) -> tuple[Range, ...]:
        return tuple(self._in_hand.values())

    def _tell_trouble(self, error: Exception) -> None:
        self._last_failure = str(error)
        _log.warning("the spool cannot be read or written, it is tried again", reason=self._last_failure)

    def _converted(self, group: Group) -> Block | None:
        """The group's rows as the store wants them, or None when they do not decode as a whole."""
        try:
            return self._conversion.convert(group.kind, group.bodies)
        except Exception as error:
            _log.warning("a block does not decode", block=group.token, reason=str(error)[:_REASON])
            return None

    # -- the inserting thread
    # ---------------------------------------------------------------------------------------

    def _insert_forever(self) -> None:
        while (ready := self._ready.get()) is not None:
            group, block = ready
            pause, tries = 0.5, 0
            while not self._try(group, block, trusting=tries >= _PATIENCE):
                tries += 1
                if self._stopping.wait(pause):
                    break  # it stays in the spool under its token
                pause = min(2 * pause, _LONGEST_PAUSE)

    def _try(self, group: Group, block: Block | None, trusting: bool) -> bool:
        try:
            self._insert(group, block, trusting)
        except (Unavailable, StoreInDoubt) as error:
            self._last_failure = str(error)
            _log.warning("the store does not take rows, they wait", reason=self._last_failure)
            return False
        except sqlite3.Error as error:
            self._tell_trouble(error)
            return False
        return True

    def _insert(self, group: Group, block: Block | None, trusting: bool = True) -> None:
        started = time.perf_counter()
        refused: list[Aside] = []
        dropped = Dropped()
        if block is None or self.insertion.block(group.kind, block.rows, group.token) is not None:
            refused = self._refused(group, trusting, dropped)
        self._conversion.timed("insert", started)
        self._outlet.finish(group, refused, block.dropped if block else dropped)
        self._in_hand.pop(group.token, None)
        self._drained += group.rows - len(refused)
        self._set_aside += len(refused)
        self._last_drained = self._clock()

    def _refused(self, group: Group, trusting: bool, dropped: Dropped) -> list[Aside]:
        lines = [line for body in group.bodies for line in body.splitlines(keepends=True)]
        found = self.insertion.lines(group.kind, lines, group.token, trusting=trusting, dropped=dropped)
        now = self._clock()
        return [
            Aside(group.token, at, group.kind, _site(lines[at]), _text(lines[at]), reason, now)
            for at, reason in found.items()
        ]

    # -- counts
    # -----------------------------------------------------------------------------------------------------

    def _publish_in_time(self) -> None:
        if time.monotonic() - self._published_at >= _PUBLISH_SECONDS:
            self._publish()

    def _publish(self) -> None:
        """Bring the spool's counts to the control database; a failure is made up for the next time."""
        self._published_at = time.monotonic()
        if self._quality is None:
            return
        now = self._clock()
        since = min(self._published_from, now - 60_000)  # a clock that went back counts in earlier minutes
        try:
            self._quality.publish(self._outlet.id, self._outlet.tallies(since))
            self._outlet.forget_tallies(now - _TALLY_DAYS * _DAY)
        except (SQLAlchemyError, sqlite3.Error) as error:
            _log.warning("counts could not be published, they wait", reason=str(error)[:_REASON])
            return
        self._published_from = now - 60_000


class _Site(msgspec.Struct):
    site: str = ""


def _site(line: bytes) -> str:
    try:
        return msgspec.json.decode(line, type=_Site).site
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return ""


def _text(line: bytes) -> str:
    return line.decode("utf-8", "replace").rstrip("\n")
