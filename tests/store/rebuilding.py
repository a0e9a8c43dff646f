"""A process of its own that fills a store with short visits and rebuilds them: `rebuilding.py FOLDER VISITS MEMORY`.

Prints how many page views there are afterwards.
"""

import sys
import uuid

from afterclick.measure import BOUND
from afterclick.settings import load
from afterclick.signals import Event
from afterclick.store.schema.records import events_table
from afterclick.store.store import open_store

START = 1_780_315_200_000
BATCH = 10_000


def visit(number: int) -> Event:
    start = START + number
    name = str(uuid.UUID(int=(start << 80) | (7 << 76) | (2 << 62) | number))
    return Event(
        site="default", event_id=name, type="page_view", time=start, received=start, session_id=name,
        session_start=start, page_view_id=name,
    )  # fmt: skip


def main(folder: str, visits: int, memory: str) -> None:
    store = open_store(load({"AFTERCLICK_DATA": folder, "AFTERCLICK_QUERY_MEMORY_BYTES": memory}), BOUND)
    for first in range(0, visits, BATCH):
        store.insert("events", events_table([visit(first + n) for n in range(BATCH)]), token=str(first))
    store.rebuild(START, START + 1)
    print(store._engine.rows("SELECT count() AS n FROM page_views", tag="count")[0]["n"])  # pyright: ignore[reportPrivateUsage]
    store.close()


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), sys.argv[3])
