"""When the app says that it is not ready, and why."""

import threading
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from types import SimpleNamespace
from typing import cast

import pytest

from afterclick.app import operations
from afterclick.app.installation import Installation
from afterclick.app.operations import Watch
from afterclick.app.timetable import Timetable
from afterclick.clock import now_ms
from afterclick.jobs import Stop
from afterclick.log import Recent
from afterclick.settings import load
from afterclick.store.control.database import open_control
from afterclick.store.drain.drain import Drain, Freshness
from afterclick.store.spool.outlet import Outlet

NOTHING_WAITS = Freshness(0, 0, 10, 0, None, "", {})


@dataclass
class Parts:
    """An installation whose parts answer or do not, as told."""

    store_answers: bool = True
    freshness_is: Freshness = NOTHING_WAITS
    asked: int = 0

    def usage(self) -> object:
        self.asked += 1
        if not self.store_answers:
            threading.Event().wait(5)
        return object()

    def freshness(self) -> Freshness:
        return self.freshness_is


@pytest.fixture
def parts() -> Parts:
    return Parts()


@pytest.fixture
def watch(parts: Parts, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Watch]:
    monkeypatch.setattr(operations, "PROBE_SECONDS", 0.2)
    control = open_control(load({"AFTERCLICK_DATA": str(tmp_path)}))

    made = Watch(
        cast(Installation, SimpleNamespace(store=parts, control=control)),
        cast(Outlet, None),
        cast(Drain, parts),
        Timetable((), Stop()),
        Recent(),
    )
    yield made
    made.close()
    control.dispose()


def test_an_app_whose_parts_answer_is_ready(watch: Watch) -> None:
    assert watch.troubles() == ()


def test_a_store_that_does_not_answer_is_told_in_time_and_asked_by_one_thread_only(
    watch: Watch, parts: Parts
) -> None:
    parts.store_answers = False
    for _ in range(3):
        (trouble,) = watch.troubles()
        assert "The store does not answer" in trouble
    assert parts.asked == 1


def test_a_control_database_that_is_gone_is_told(watch: Watch, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> None:
        raise OSError("away")

    monkeypatch.setattr("sqlalchemy.engine.base.Engine.connect", fail)
    (trouble,) = watch.troubles()
    assert "The control database does not answer" in trouble


def test_a_drain_that_stores_nothing_while_rows_wait_is_told_and_one_that_catches_up_is_not(
    watch: Watch, parts: Parts, monkeypatch: pytest.MonkeyPatch
) -> None:
    later = now_ms() + 120_000
    monkeypatch.setattr(operations, "now_ms", lambda: later)
    parts.freshness_is = replace(NOTHING_WAITS, waiting_rows=5, lag_ms=110_000)
    (trouble,) = watch.troubles()
    assert "nothing was stored for 120 seconds" in trouble
    parts.freshness_is = replace(parts.freshness_is, last_drained=later - 1_000)
    assert watch.troubles() == ()
