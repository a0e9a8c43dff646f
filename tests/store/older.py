"""An older release, whose definitions label a visit by its last page view: as a patch of today's views, and as a
process of its own: `older.py FOLDER older|today RUNS [die]`.

The process opens the installation; the older release keeps a visit in each of three months, today's runs the job so
often, and with `die` is killed before the second slice after that. Prints what was still outdated when it opened and
when it ended, and each visit's channel, the newest first.
"""

import json
import os
import signal
import sys
import uuid
from collections.abc import Callable, Generator
from contextlib import contextmanager, nullcontext
from pathlib import Path

import msgspec

from afterclick.app.installation import Installation
from afterclick.jobs import Stop
from afterclick.settings import load
from afterclick.signals import Event
from afterclick.store.rollups.outdated import REBUILD, Outdated, outdated
from afterclick.store.schema import view
from afterclick.store.schema.records import events_table

JANUARY = 1_735_689_600_000
CHANNELS = ("search", "referral")
MONTH = 31 * 86_400_000
_READ = view._files  # pyright: ignore[reportPrivateUsage]

OLDER = (
    ("toUInt64(4611686018427387904 - toUnixTimestamp64Milli(events.time)),\n        event_id,",
     "toUInt64(toUnixTimestamp64Milli(events.time)),\n        event_id,"),
    ("maxIf(events.route, type = 'page_view') AS route", "maxIf(events.path, type = 'page_view') AS route"),
    ("    min(events.time) AS time,\n    maxIf(tuple(", "    max(events.time) AS time,\n    maxIf(tuple("),
    ("WHERE trace_id != '' AND session_id", "WHERE trace_id LIKE '0%' AND session_id"),
)  # fmt: skip
"""What each rollup's view says today, and what it said then: `sessions`, `page_views`, `orders`, `trace_visits`."""


@contextmanager
def views_read(change: Callable[[str], str]) -> Generator[None]:
    """The views' files as another release has them."""
    view._files = lambda: [change(text) for text in _READ()]  # pyright: ignore[reportPrivateUsage]
    try:
        yield
    finally:
        view._files = _READ  # pyright: ignore[reportPrivateUsage]


def older(text: str) -> str:
    """A view's text as it was then."""
    for today, then in OLDER:
        text = text.replace(today, then)
    return text


class Dies(Stop):
    """Kills the process when it is asked for the second time."""

    asked = 0

    def check(self) -> None:
        self.asked += 1
        if self.asked == 2:
            os.kill(os.getpid(), signal.SIGKILL)


def visit(start: int) -> list[Event]:
    """One of two page views, that began so: by a search, then back from elsewhere."""
    name = str(uuid.UUID(int=(start << 80) | (7 << 76) | (2 << 62)))
    inside = {
        "site": "default",
        "type": "page_view",
        "received": start,
        "session_id": name,
        "session_start": start,
    }
    return [msgspec.convert(inside | page_view(start + n, said), Event) for n, said in enumerate(CHANNELS)]


def page_view(time: int, channel: str) -> dict[str, object]:
    """Its own fields."""
    return {
        "event_id": str(uuid.uuid4()),
        "page_view_id": str(uuid.uuid4()),
        "time": time,
        "channel": channel,
    }


def main(folder: str, release: str, runs: int, *, dies: bool) -> None:
    settings = load({"AFTERCLICK_DATA": folder, "AFTERCLICK_RETENTION_DAYS": "9000"})
    with views_read(older) if release == "older" else nullcontext():
        installation = Installation.open(settings)
    store, before = installation.store, outdated(installation.learned)
    if release == "older":
        events = [event for n in range(3) for event in visit(JANUARY + n * MONTH)]
        store.insert("events", events_table(events), token="visits")
    for _ in range(runs):
        REBUILD.run(installation, Stop())
    if dies:
        REBUILD.run(installation, Dies())
    after = outdated(installation.learned)
    rows = store._engine.rows("SELECT channel FROM sessions ORDER BY session_start DESC", tag="t")  # pyright: ignore[reportPrivateUsage]
    print(json.dumps([_said(before), _said(after), [row["channel"] for row in rows]]))
    installation.close()


def _said(found: Outdated | None) -> int:
    return found.months if found else 0


if __name__ == "__main__":
    main(str(Path(sys.argv[1])), sys.argv[2], int(sys.argv[3]), dies="die" in sys.argv)
