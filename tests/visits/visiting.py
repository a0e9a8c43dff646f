"""Events without a visit, and the visits that the drain's step gives them."""

import uuid
from collections.abc import Sequence

import msgspec
import pyarrow as pa

from afterclick.signals import NO_ID, Event
from afterclick.store.drain.decode import decode
from afterclick.visits.sessionize import Sessionizer

NOW = 1_780_000_000_000
MINUTE = 60_000
DAY = 86_400_000
LINES = msgspec.json.Encoder()


def event(at: float = 0, type: str = "track", **fields: object) -> Event:
    """An event `at` minutes after NOW."""
    time = NOW + int(at * MINUTE)
    base: dict[str, object] = {"site": "s", "event_id": str(uuid.uuid4()), "type": type, "time": time}
    return msgspec.convert(base | {"received": time} | fields, Event)


def visit_of_client(at: float, number: int = 1) -> dict[str, object]:
    """Id and start of a visit that its client made, begun `at` minutes after NOW."""
    start = NOW + int(at * MINUTE)
    return {
        "session_id": str(uuid.UUID(int=start << 80 | 7 << 76 | 2 << 62 | number)),
        "session_start": start,
    }


def table(events: Sequence[Event]) -> pa.Table:
    return decode("events", [LINES.encode_lines(events)])


Given = dict[str, tuple[str, str]]


def given_by(sessionizer: Sessionizer, *events: Event) -> Given:
    """Visit and page view of each event by its id, after one batch; "" where it has none."""
    rows = sessionizer.apply(table(events))
    columns = [
        [str(i) for i in rows[name].to_pylist()] for name in ("event_id", "session_id", "page_view_id")
    ]
    found = {
        i: (visit.replace(NO_ID, ""), page.replace(NO_ID, ""))
        for i, visit, page in zip(*columns, strict=True)
    }
    starts = rows["session_start"].cast(pa.int64()).to_pylist()
    for (visit, _), start in zip((found[i] for i in columns[0]), starts, strict=True):
        assert start == (int(visit.replace("-", "")[:12], 16) if visit else 0)
    return found


def visits(sessionizer: Sessionizer, *events: Event) -> list[str]:
    """The visits of events sent as one batch, in their order."""
    found = given_by(sessionizer, *events)
    return [found[one.event_id][0] for one in events]


def pages(sessionizer: Sessionizer, *events: Event) -> list[str]:
    found = given_by(sessionizer, *events)
    return [found[one.event_id][1] for one in events]
