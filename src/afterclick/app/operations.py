"""Knows how the installation is doing: what pages, probes and Prometheus are told of it."""

import os
import platform
import sqlite3
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from concurrent.futures import TimeoutError as Late
from functools import lru_cache
from importlib.metadata import version

import structlog
from sqlalchemy import text

from afterclick import __version__
from afterclick.app.disk import DiskGauge
from afterclick.app.exposition import exposition
from afterclick.app.installation import Installation
from afterclick.app.timetable import JobRun, Timetable
from afterclick.clock import now_ms
from afterclick.jobs import Freshness
from afterclick.log import Recent, redacted
from afterclick.store.drain.drain import Drain
from afterclick.store.rollups.outdated import Outdated, outdated
from afterclick.store.spool.outlet import Outlet
from afterclick.web.vitals import Disk, Run, Vitals, Waiting

_log = structlog.get_logger("afterclick.operations")

PROBE_SECONDS = 3.0
STUCK_MS = 60_000
"""Rows wait, and for so long nothing was stored: the drain is stuck."""


class Watch:
    """Operations over an installation, its drain and its timetable. Safe to use from any thread; close when done."""

    def __init__(
        self, installation: Installation, outlet: Outlet, drain: Drain, timetable: Timetable, recent: Recent
    ) -> None:
        self._in = installation
        self._outlet = outlet
        self._drain = drain
        self._timetable = timetable
        self._recent = recent
        self._started = now_ms()
        self._store = _Probe("the store", self._ask_store)
        self._control = _Probe("the control database", self._ask_control)
        self._gauge = DiskGauge(installation)

    def troubles(self) -> tuple[str, ...]:
        """Why the app is not ready, in sentences; none when it is."""
        return tuple(self._troubles())

    def vitals(self) -> Vitals:
        """Everything, as of now; sizes on disk as of the last minute."""
        fresh = self._drain.freshness()
        return Vitals(
            troubles=self.troubles(),
            started=self._started,
            waiting=Waiting(
                rows=fresh.waiting_rows,
                bytes=self._outlet.depth().disk_bytes,
                lag_ms=fresh.lag_ms,
                drained=fresh.drained_rows,
                set_aside=fresh.set_aside_rows,
                last_drained=fresh.last_drained,
                last_failure=redacted(fresh.last_failure),
                steps=fresh.seconds,
            ),
            disk=self._gauge.disk() if self._store.answers() else Disk(),
            latencies=tuple(self._in.store.latencies.all()),
            runs=tuple(_run(run) for run in self._timetable.runs()),
            freshness=self.freshness(),
            outdated=self.outdated(),
            said=tuple(self._recent.lines()),
            versions=_versions(),
        )

    def freshness(self) -> tuple[Freshness, ...]:
        """How fresh what jobs feed pages with is."""
        return tuple(self._timetable.freshness())

    def outdated(self) -> Outdated | None:
        """What still carries labels of the version before, if anything."""
        return outdated(self._in.learned)

    def metrics(self) -> str:
        """The vitals as Prometheus reads them."""
        return exposition(self.vitals())

    def close(self) -> None:
        """Ask nothing more."""
        self._store.close()
        self._control.close()

    def _troubles(self) -> Iterator[str]:
        if not self._store.answers():
            yield "The store does not answer; the log says why."
        if not self._control.answers():
            yield "The control database does not answer; the log says why."
        fresh = self._drain.freshness()
        quiet = now_ms() - max(fresh.last_drained or 0, self._started)
        if fresh.waiting_rows and min(fresh.lag_ms, quiet) > STUCK_MS:
            yield f"Rows wait, and nothing was stored for {quiet // 1000:,} seconds; the log says why."

    def _ask_store(self) -> None:
        self._in.store.usage()

    def _ask_control(self) -> None:
        with self._in.control.connect() as connection:
            connection.execute(text("SELECT 1"))


class _Probe:
    """Asks something in a thread of its own, one question at a time, and waits for the answer only so long."""

    def __init__(self, name: str, ask: Callable[[], None]) -> None:
        self._name = name
        self._ask = ask
        self._pool = ThreadPoolExecutor(1, "probe")
        self._lock = threading.Lock()
        self._asked: Future[None] | None = None

    def answers(self) -> bool:
        with self._lock:
            if self._asked is None or self._asked.done():
                self._asked = self._pool.submit(self._ask)
            asked = self._asked
        try:
            asked.result(PROBE_SECONDS)
        except Late:
            return self._none(f"nothing within {PROBE_SECONDS:g} seconds")
        except Exception as error:  # whatever it is, it is no answer
            return self._none(str(error))
        return True

    def _none(self, reason: str) -> bool:
        _log.warning("no answer to a probe", of=self._name, reason=reason)
        return False

    def close(self) -> None:
        self._pool.shutdown(wait=False, cancel_futures=True)


def _run(run: JobRun) -> Run:
    return Run(run.name, run.every, run.runs, run.failures, run.started, run.last_ms, run.error, run.next)


@lru_cache
def _versions() -> tuple[tuple[str, str], ...]:
    return (
        ("Afterclick", __version__),
        ("Python", platform.python_version()),
        ("SQLite", sqlite3.sqlite_version),
        *((name, version(name)) for name in ("chdb", "clickhouse-connect")),
        ("System", f"{platform.system()} {platform.release()}, {os.cpu_count()} processors"),
    )
