"""What it costs that bots are left out: each read of the population, and the same over all that came, in one run.

`python -m benchmarks population`: 400,000 page views of 100,000 visits, one in ten a bot's, read in turns, so that
what else the machine does meets both alike. What counts is the ratio of the processor's time.
"""

import tempfile
import time
from statistics import median

from afterclick.measure import BOUND
from afterclick.settings import load
from afterclick.store.engine.connection import Engine
from afterclick.store.schema.migrations import migrate
from afterclick.store.schema.view import make_views
from benchmarks.table import Row, show

VISITS = 100_000
VIEWS = 4
SLICE = 40_000
"""Page views of one insert: what fits a query's memory."""
ROUNDS = 15
SITE = {"site": "shop"}
FILL = f"""
INSERT INTO events (site, event_id, type, time, received, session_start, session_id, page_view_id, device_id,
    device_class, name, value)
SELECT 'shop', generateUUIDv4(), type, start + view * 1000, start, start,
    toUUID(concat('00000000-0000-7000-8000-', leftPad(toString(intDiv(number, {VIEWS})), 12, '0'))) AS session_id,
    toUUID(concat('00000000-0000-7000-9000-', leftPad(toString(number), 12, '0'))) AS page_view_id,
    toString(intDiv(number, {VIEWS})), if(intDiv(number, {VIEWS}) % 10 = 0, 'bot', 'mobile'),
    if(type = 'vital', 'LCP', ''), if(type = 'vital', 1000 + number % 4000, 0)
FROM (
    SELECT number, number % {VIEWS} AS view, arrayJoin(['page_view', 'vital']) AS type,
        toDateTime64('2026-06-01 00:00:00', 3, 'UTC') + intDiv(number, {VIEWS}) AS start
    FROM numbers({{first:UInt64}}, {SLICE})
)
"""
READS = {
    "visits by hour": (
        "SELECT toStartOfHour(session_start) AS hour, count(), sum(good) FROM visits_counted "
        "WHERE site = {site:String} GROUP BY hour",
        "SELECT toStartOfHour(session_start) AS hour, count(), sum(good) FROM session_felt "
        "WHERE site = {site:String} GROUP BY hour",
    ),
    "vitals by hour": (
        "SELECT toStartOfHour(session_start) AS hour, quantileBFloat16(0.75)(lcp) FROM page_views "
        "WHERE site = {site:String} AND session_id NOT IN (SELECT session_id FROM visits_left_out "
        "WHERE site = {site:String}) GROUP BY hour",
        "SELECT toStartOfHour(session_start) AS hour, quantileBFloat16(0.75)(lcp) FROM page_views "
        "WHERE site = {site:String} GROUP BY hour",
    ),
}
"""By what is asked: as the pages ask it, and over all that came."""


def main() -> None:
    """Print the ratio of each read."""
    with tempfile.TemporaryDirectory() as folder:
        engine = Engine(load({"AFTERCLICK_DATA": folder}))
        try:
            make_views(engine, BOUND, schema=migrate(engine))
            for first in range(0, VISITS * VIEWS, SLICE):
                engine.command(FILL, {"first": first})
            rows = [_row(engine, what, *pair) for what, pair in READS.items()]
        finally:
            engine.close()
    show("Leaving bots out", rows)


def _row(engine: Engine, what: str, counted: str, everything: str) -> Row:
    spent: dict[str, list[float]] = {counted: [], everything: []}
    for _ in range(ROUNDS):
        for sql, times in spent.items():
            began = time.process_time()  # the engine works in this process
            engine.query(sql, SITE, tag="benchmark")
            times.append(1000 * (time.process_time() - began))
    ours, all_of_them = median(spent[counted]), median(spent[everything])
    return Row(
        what,
        f"{ours:.0f} CPU ms",
        f"{all_of_them:.0f} CPU ms, bots too",
        f"{ours / all_of_them:.2f}",
        "",
        None,
    )
