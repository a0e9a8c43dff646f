"""The durable spool between the collector and the app: one SQLite file, group commit, fsync before any
answer.

`Spool` is the end that collectors write, `outlet.Outlet` the end that the drain reads. One writer thread commits
whatever has gathered while the commit before it was being synced: under load one fsync carries hundreds of
requests. Bodies are NDJSON of one kind of `signals.Record`; requests that share a commit share a row.
"""

import asyncio
import os
import queue
import sqlite3
import threading
from collections import defaultdict
from collections.abc import Iterable, Sequence
from contextlib import suppress
from pathlib import Path

from afterclick.clock import Clock, now_ms
from afterclick.errors import Unavailable
from afterclick.store.spool.batch import ACCEPTED, CORRECTED_CLOCK, KINDS, Batch, Depth, Kind
from afterclick.store.spool.file import ADD_TALLY, MINUTE_MS, depth, disk_bytes, open_spool, transaction
from afterclick.store.spool.taken import Taken

_MERGED = 1 << 20  # bytes: bodies of one commit are joined up to here
_WAITING = 64 << 20  # bytes that may wait for a commit before appends are refused
RESERVE = 64 << 20
"""Bytes of the disk that are left free: room to drain, without which a full disk would stay full."""

_DISK_SECONDS = 30  # a sender's wait when the disk is the trouble
_UNMEASURED = 8 << 20  # bytes, or
_COMMITS = 32  # commits, after which the disk is asked again how full it is: asking costs as much as a commit


class Spool:
    """The writing end. Several processes may each hold one on the same file."""

    def __init__(self, folder: Path, budget_bytes: int, clock: Clock = now_ms) -> None:
        self._folder = folder
        self._connection = open_spool(folder)
        self._taken = Taken(self._connection)
        self._budget = budget_bytes
        self._clock = clock
        self._measure()
        self._waiting = 0
        self._queue: queue.SimpleQueue[tuple[tuple[Batch, ...], asyncio.Future[None]] | None] = (
            queue.SimpleQueue()
        )
        self._lock = threading.Lock()
        self._writer: threading.Thread | None = None

    def append(self, *batches: Batch) -> asyncio.Future[None]:
        """Queue batches for the next commit, all or none; the future is done once they are on disk (fsync).

        To be called on an event loop. Raises Unavailable, at once or from the future, when the spool is over
        its budget, too much waits already, or the disk refuses: then nothing was kept.
        """
        size = sum(len(batch.body) for batch in batches)
        self._admit(size)
        if self._writer is None:
            self._writer = threading.Thread(target=self._write_forever, name="spool writer", daemon=True)
            self._writer.start()
        future = asyncio.get_running_loop().create_future()
        self._waiting += size
        self._queue.put((batches, future))
        return future

    def write(self, batches: Sequence[Batch]) -> None:
        """Commit batches now and return when they are on disk; raises Unavailable when the disk refuses."""
        now = self._clock()
        tallies = _tallies(batches, now)
        try:
            with self._lock, transaction(self._connection) as connection:
                connection.executemany(
                    "INSERT INTO batches (kind, rows, received, body) VALUES (?, ?, ?, ?)",
                    [(kind, rows, now, body) for kind, rows, body in _merged(batches)],
                )
                connection.executemany(ADD_TALLY, tallies)
                self._taken.add(batch.marks for batch in batches)
            self._measure_seldom(sum(len(batch.body) for batch in batches))
        except (sqlite3.Error, OSError) as error:
            raise Unavailable(
                f"The spool cannot be written ({error}); check the disk, then send again.", _DISK_SECONDS
            ) from error

    def taken(self) -> list[bytes]:
        """Marks of the events that were taken lately, the oldest first."""
        with self._lock:
            return list(self._taken.all())

    def depth(self) -> Depth:
        """What waits for the drain; safe to call from any thread."""
        with self._lock:
            return depth(self._connection)

    def close(self) -> None:
        """Commit what is queued, then let go of the file."""
        if self._writer is not None:
            self._queue.put(None)
            self._writer.join()
        self._connection.close()

    def _admit(self, size: int) -> None:
        if self._waiting and self._waiting + size > _WAITING:
            raise Unavailable("Too much waits to be written to disk; send again in a moment.", retry_after=1)
        if self._used + self._waiting + size > self._budget:
            with self._lock:
                self._used = disk_bytes(self._connection)
            if self._used + self._waiting + size > self._budget:
                raise Unavailable(
                    "The spool is full because the app does not drain it; send again later.", _DISK_SECONDS
                )
        if self._free - self._waiting - size < RESERVE:
            self._free = _free_bytes(self._folder)
            if self._free - self._waiting - size < RESERVE:
                raise Unavailable("The disk of the spool is full; make room, then send again.", _DISK_SECONDS)

    def _measure_seldom(self, written: int) -> None:
        """Keep in mind what is used and free after so many bytes more, which lie in the log first."""
        self._unmeasured += written
        self._commits += 1
        if self._unmeasured >= _UNMEASURED or self._commits >= _COMMITS:
            self._measure()
        else:
            self._used, self._free = self._used + written, self._free - 2 * written

    def _measure(self) -> None:
        self._used, self._free = disk_bytes(self._connection), _free_bytes(self._folder)
        self._unmeasured = self._commits = 0

    def _write_forever(self) -> None:
        going = True
        while going:
            entries = [self._queue.get()]
            with suppress(queue.Empty):
                while True:
                    entries.append(self._queue.get_nowait())
            going = None not in entries
            gathered = [entry for entry in entries if entry is not None]
            if gathered:
                self._commit(gathered)

    def _commit(self, gathered: list[tuple[tuple[Batch, ...], "asyncio.Future[None]"]]) -> None:
        failure: Unavailable | None = None
        batches = [batch for several, _ in gathered for batch in several]
        try:
            self.write(batches)
        except Unavailable as error:
            failure = error
        by_loop: defaultdict[asyncio.AbstractEventLoop, list[asyncio.Future[None]]] = defaultdict(list)
        for _, future in gathered:
            by_loop[future.get_loop()].append(future)
        size = sum(len(batch.body) for batch in batches)
        for loop, futures in by_loop.items():
            with suppress(RuntimeError):  # the loop is gone, and with it everyone who waited
                loop.call_soon_threadsafe(self._answer, futures, failure, size)
            size = 0

    def _answer(self, futures: list["asyncio.Future[None]"], failure: Unavailable | None, size: int) -> None:
        self._waiting -= size
        for future in futures:
            if future.done():
                continue
            if failure is None:
                future.set_result(None)
            else:
                future.set_exception(failure)


def _free_bytes(folder: Path) -> int:
    """What a program without special rights may still write to the disk."""
    found = os.statvfs(folder)
    return found.f_bavail * found.f_frsize


def _merged(batches: Sequence[Batch]) -> Iterable[tuple[Kind, int, bytes]]:
    """Join the bodies of one kind, so that a commit of many small requests is one row."""
    for kind in KINDS:
        bodies: list[bytes] = []
        rows = size = 0
        for batch in batches:
            if batch.kind != kind or not batch.rows:
                continue
            bodies.append(batch.body)
            rows, size = rows + batch.rows, size + len(batch.body)
            if size >= _MERGED:
                yield kind, rows, b"".join(bodies)
                bodies, rows, size = [], 0, 0
        if rows:
            yield kind, rows, b"".join(bodies)


def _tallies(batches: Sequence[Batch], now: int) -> list[tuple[str, str, str, int, int, int]]:
    counts: defaultdict[tuple[str, str, str], int] = defaultdict(int)
    for batch in batches:
        if batch.rows:
            counts[batch.site, batch.door, ACCEPTED] += batch.rows
        if batch.corrected:
            counts[batch.site, batch.door, CORRECTED_CLOCK] += batch.corrected
        for drop in batch.drops:
            counts[drop.site, drop.door, drop.reason] += drop.rows
    return [(*key, now - now % MINUTE_MS, rows, now) for key, rows in counts.items()]
