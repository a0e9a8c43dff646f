"""Sort keys, codecs and reads of the store, measured: `python -m benchmarks.schema [EVENTS] [--keep FOLDER]`.

Generates a fortnight of visits (10 million events unless told otherwise), inserts them the way the drain does, and
prints the insert rate, the compressed size of every column, the size under other sort keys and codecs, and the time of
the reads behind the pages. CPU time says what the wall clock hides on a busy machine.
`docs/decisions/0002-sort-keys-and-codecs.md` holds the figures it gave.
"""

import argparse
import tempfile
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, TypeAlias

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from afterclick.measure import BOUND
from afterclick.settings import load
from afterclick.store.engine.query import Statement
from afterclick.store.schema.records import EVENTS, uuid_array
from afterclick.store.scope import Scope
from afterclick.store.store import open_store

SITE = "default"
UNTIL = 1_780_272_000_000  # 2026-06-01
DAY = 86_400_000
DAYS = 14
VISITS_A_BATCH = 3_000
EVENTS_A_VISIT = 34
RUNS = 30
COPIED_DAYS = 5
"""Sort keys and codecs are compared on the first days of the fortnight."""

Generator = np.random.Generator
Numbers = np.ndarray[Any, np.dtype[Any]]
Column: TypeAlias = "pa.Array[Any]"
Values: TypeAlias = "Numbers | Column"

STEPS = np.array(["home", "list", "product", "cart", "checkout", "payment", "thanks"])
ROUTES = np.array(["/", "/category/:id", "/product/:id", "/cart", "/checkout", "/payment", "/thanks"])
KINDS = np.array(
    [
        "page_view",
        "vital",
        "vital",
        "vital",
        "vital",
        "vital",
        "request",
        "request",
        "error",
        "struggle",
        "order",
        "rating",
    ]
)
NAMES = np.array(["", "LCP", "INP", "CLS", "FCP", "TTFB", "", "", "TypeError", "rage_click", "", ""])
SCALES = np.array([0, 1800, 120, 0.05, 900, 300, 0, 0, 0, 4, 0, 5.0])
CHANCES = np.array([1, 0.95, 0.7, 0.95, 0.95, 0.95, 0.9, 0.8, 0.02, 0.01, 0.01, 0.005])


def batches(
    events: int, seed: int = 1, until: int = UNTIL, trouble_from: int | None = None
) -> Iterator[pa.Table]:
    """Tables in the shape of EVENTS, in the order in which the visits start, together about `events` rows.

    They lie in the fortnight before `until`; from `trouble_from` on (UTC ms) half of the product pages are slow.
    """
    random = np.random.default_rng(seed)
    visits = max(events // EVENTS_A_VISIT, 1)
    starts = np.sort(random.integers(until - DAYS * DAY, until, visits))
    for first in range(0, visits, VISITS_A_BATCH):
        yield _batch(random, starts[first : first + VISITS_A_BATCH], trouble_from or until + DAY)


def _batch(random: Generator, starts: Numbers, trouble_from: int) -> pa.Table:
    pages = random.geometric(0.22, len(starts)).clip(1, 30)
    visit = np.repeat(np.arange(len(starts)), pages)
    nth = np.arange(len(visit)) - np.repeat(np.cumsum(pages) - pages, pages)
    happens = random.random((len(visit), len(KINDS))) < CHANCES
    page, kind = np.nonzero(happens)
    who = visit[page]
    step = np.minimum(nth + random.integers(0, 2, len(visit)), 6)[page]
    at = starts[who] + (nth[page] * 20_000) + kind * 300 + random.integers(0, 300, len(page))
    troubled = (at >= trouble_from) & (STEPS[step] == "product")
    slow = random.random(len(page)) < np.where(troubled, 0.5, 0.03)
    rows = len(page)
    return _table(
        rows,
        event_id=_uuids(random, rows),
        type=KINDS[kind],
        name=NAMES[kind],
        time=at,
        received=at + 1500,
        session_id=_of_each(_uuids(random, len(starts), starts), who),
        session_start=starts[who],
        page_view_id=_of_each(_uuids(random, len(visit)), page),
        device_id=_of_each(_hex(random, len(starts), 16), who),
        visitor=_choice(random, who, ["new", "returning"]),
        host=np.full(rows, "shop.example"),
        path=np.char.add(ROUTES[step], random.integers(0, 400, rows).astype(str)),
        route=ROUTES[step],
        step=STEPS[step],
        channel=_choice(random, who, ["direct", "search", "social", "mail"]),
        campaign=_choice(random, who, ["", "", "spring", "summer"]),
        country=_choice(random, who, ["CZ", "DE", "FR", "US", "PL", "GB"]),
        device_class=_choice(random, who, ["mobile", "mobile", "desktop", "tablet"]),
        device_tier=_choice(random, who, ["low", "mid", "high"]),
        browser=_choice(random, who, ["Chrome", "Safari", "Firefox", "Edge"]),
        os=_choice(random, who, ["Android", "iOS", "Windows", "macOS"]),
        release=np.full(rows, "1.4.2"),
        trace_id=_where(KINDS[kind] == "request", _hex(random, rows, 32)),
        value=np.round(SCALES[kind] * random.lognormal(0, 0.5, rows), 3) * np.where(slow, 3, 1),
        duration_ms=(np.where(kind == 6, 180, np.where(kind == 7, 90, 0)) * random.lognormal(0, 0.6, rows)),
        status=np.where(KINDS[kind] == "request", np.where(random.random(rows) < 0.01, 500, 200), 0),
        method=np.where(KINDS[kind] == "request", "GET", ""),
        target=np.where(kind == 1, "img.product-photo", np.where(kind >= 6, "/api/product/:id", "")),
        source=np.where(kind == 8, "app.js:120", ""),
        order_id=_where(KINDS[kind] == "order", _hex(random, rows, 12)),
        revenue=np.where(KINDS[kind] == "order", np.round(random.lognormal(4, 0.5, rows), 2), 0),
        currency=np.where(KINDS[kind] == "order", "EUR", ""),
    )


def _table(rows: int, **columns: Values) -> pa.Table:
    arrays = [
        _cast(columns[name], kind) if name in columns else _default(name, kind, rows)
        for name, kind in zip(EVENTS.names, EVENTS.types, strict=True)
    ]
    return pa.Table.from_arrays(arrays, schema=EVENTS)


def _default(name: str, kind: pa.DataType, rows: int) -> Column:
    constant = {"site": SITE, "tags": ["card_network=visa"]}.get(name, "")
    return pa.array([constant] * rows, kind)


def _cast(given: Values, kind: pa.DataType) -> Column:
    column: Column = given if isinstance(given, pa.Array) else pa.array(given)
    if pa.types.is_timestamp(kind):
        return column.cast(pa.int64()).cast(kind)
    return column if column.type == kind else column.cast(kind)


def _choice(random: Generator, who: Numbers, options: list[str]) -> Numbers:
    return random.choice(np.array(options), who.max() + 1)[who]


def _where(keep: Numbers, values: Column) -> Column:
    return pc.if_else(pa.array(keep), values, pa.scalar(""))


def _uuids(random: Generator, rows: int, starts: Numbers | None = None) -> Column:
    """Random UUIDs; version 7 with the given milliseconds in front when `starts` says so."""
    raw = np.frombuffer(random.bytes(16 * rows), np.uint8).reshape(rows, 16).copy()
    if starts is not None:
        raw[:, :6] = starts.astype(">u8").view(np.uint8).reshape(rows, 8)[:, 2:]
        raw[:, 6] = 0x70 | (raw[:, 6] & 15)
    return uuid_array(raw.tobytes())


def _hex(random: Generator, rows: int, digits: int) -> Column:
    text = random.bytes(rows * digits // 2).hex()
    return pa.array([text[at : at + digits] for at in range(0, rows * digits, digits)])


def _of_each(values: Column, index: Numbers) -> Column:
    return values.take(pa.array(index, pa.int64()))


PERIOD = (
    "site = {site:String} AND session_start >= {since:DateTime64(3, 'UTC')}"
    " AND session_start < {until:DateTime64(3, 'UTC')}"
)
OVERVIEW = f"""
SELECT
    toDate(session_start, 'Europe/Prague') AS day,
    count() AS visits,
    sum(converted) AS orders,
    sum(revenue_net) AS revenue,
    avg(good) AS good,
    countIf(n_errors > 0) AS with_errors,
    avgIf(rating.value, rating.value > 0) AS rating
FROM session_felt
WHERE {PERIOD}
GROUP BY day
"""
VITALS = f"""
SELECT quantileBFloat16(0.75)(lcp), quantileBFloat16(0.75)(inp), quantileBFloat16(0.75)(cls), avg(slow)
FROM page_view_felt
WHERE {PERIOD}
"""
SESSIONS = f"SELECT count(), uniq(device_id), sum(length(orders)) FROM sessions WHERE {PERIOD}"
PROBLEMS = f"""
SELECT step, device_class, count() AS page_views, uniq(session_id) AS visits, sum(slow), sum(error), sum(struggle)
FROM page_view_felt
INNER JOIN (SELECT session_id, device_class FROM sessions WHERE {PERIOD}) AS visit USING session_id
WHERE {PERIOD}
GROUP BY step, device_class
"""
ONE_VISIT = "SELECT * FROM page_views WHERE site = {site:String} AND session_id = {visit:UUID}"
ONE_TRACE = "SELECT * FROM trace_visits WHERE site = {site:String} AND trace_id = {trace:String}"

SORT_KEYS = {
    "visit start, visit, event": "site, session_start, session_id, event_id",
    "day, visit, event": "site, toDate(session_start), session_id, event_id",
    "type, visit start, visit, event": "site, type, session_start, session_id, event_id",
}
LONG = frozenset(EVENTS.names) & {
    *("time", "received", "value", "duration_ms", "page_view_id", "device_id", "user_id", "path"),
    *("trace_id", "target", "source", "message", "order_id", "props"),
}
"""Columns whose values differ from row to row."""
CODECS = {
    "LZ4": ("LZ4", frozenset(EVENTS.names)),
    "ZSTD(1)": ("ZSTD(1)", frozenset(EVENTS.names)),
    "ZSTD(1) where values differ, else LZ4": ("ZSTD(1)", LONG),
    "LZ4, times ZSTD(1) by delta": ("Delta(8), ZSTD(1)", frozenset({"time", "received", "session_start"})),
}
"""A codec and the columns that have it."""


class Bench:
    """One store filled with generated events, and what is measured on it."""

    def __init__(self, folder: Path) -> None:
        self.settings = load({"AFTERCLICK_DATA": str(folder), "AFTERCLICK_RETENTION_DAYS": "9000"})
        self.store = open_store(self.settings, BOUND)
        self.engine = self.store._engine  # pyright: ignore[reportPrivateUsage]

    def fill(self, events: int) -> None:
        """Insert the events in batches, and print the rate, generation left out."""
        rows, took, cpu = 0, 0.0, 0.0
        for number, batch in enumerate(batches(events)):
            started = time.process_time()
            took += seconds(
                lambda batch=batch, number=number: self.store.insert("events", batch, f"b{number}")
            )
            cpu += time.process_time() - started
            rows += batch.num_rows
        print(f"inserted {rows:,} events with their rollups in {took:.0f} s, {rows / took:,.0f} a second;")
        print(
            f"{cpu:.0f} s of CPU with the merges meanwhile, {rows / cpu:,.0f} a second of one core",
            flush=True,
        )

    def sizes(self) -> None:
        """Print what every table and every column of it takes on disk."""
        for table in ("events", "page_views", "sessions", "orders", "trace_visits"):
            rows, size = self._size(table)
            print(f"\n{table}: {rows:,} rows, {size / 1e6:,.0f} MB, {size / max(rows, 1):.1f} bytes a row")
            for column in self._rows(_COLUMNS, table=table):
                print(
                    f"    {column['name']:<24} {column['size'] / 1e6:8.1f} MB  {column['a_row']:6.2f} bytes a row"
                )

    def reads(self) -> None:
        """Print p50 and p95 of the reads behind the pages; the engine keeps no results."""
        visit = self._rows("SELECT session_id AS it FROM sessions LIMIT 1 OFFSET 1000")[0]["it"]
        trace = self._rows("SELECT trace_id AS it FROM trace_visits LIMIT 1 OFFSET 1000")[0]["it"]
        week, before = period(7), period(7, ago=7)
        self._print_read("overview: 7 days and the 7 before", (OVERVIEW, week), (OVERVIEW, before))
        self._print_read("vitals: 7 days", (VITALS, week))
        self._print_read("sessions merged: 7 days", (SESSIONS, week))
        self._print_read("problems: 24 hours by step and device", (PROBLEMS, period(1)))
        self._print_read("problems: 7 days by step and device", (PROBLEMS, week))
        self._print_read("one visit by its id", (ONE_VISIT, {"visit": visit}))
        self._print_read("the visit of a trace", (ONE_TRACE, {"trace": trace}))

    def sort_keys(self) -> None:
        """Print the size of the events under each sort key, and how long one visit takes to read from it."""
        print(f"\n{'sort key of events':<42} {'MB':>8} {'bytes a row':>12} {'one visit ms':>13}")
        visit = self._rows(
            "SELECT session_id AS it FROM sessions ORDER BY session_start LIMIT 1 OFFSET 1000"
        )[0]["it"]
        for name, key in SORT_KEYS.items():
            self.engine.command("DROP TABLE IF EXISTS other SYNC")
            self.engine.command(
                "CREATE TABLE other AS events ENGINE = ReplacingMergeTree"
                f" PARTITION BY toYYYYMM(session_start) ORDER BY ({key})"
            )
            rows, size = self._copied()
            took = times(lambda: self._rows(_EVENTS_OF_A_VISIT, visit=visit))
            print(f"{name:<42} {size / 1e6:8.0f} {size / rows:12.1f} {np.median(took):13.1f}", flush=True)

    def codecs(self) -> None:
        """Print the size of the events under each codec, and how long reading one column of all takes."""
        print(f"\n{'codec of events':<42} {'MB':>8} {'bytes a row':>12} {'scan ms':>8}")
        for name, (codec, columns) in CODECS.items():
            self.engine.command("DROP TABLE IF EXISTS other SYNC")
            self.engine.command("CREATE TABLE other AS events")
            for column in EVENTS.names:
                own = codec if column in columns else "LZ4"
                self.engine.command(f"ALTER TABLE other MODIFY COLUMN {column} CODEC({own})")
            rows, size = self._copied()
            took = times(lambda: self._rows("SELECT sum(cityHash64(trace_id, time)) AS n FROM other"))
            print(f"{name:<42} {size / 1e6:8.0f} {size / rows:12.1f} {np.median(took):8.0f}", flush=True)

    def rebuild(self) -> None:
        """Print how long the rollups of the whole fortnight take to be computed anew."""
        started = time.process_time()
        took = seconds(lambda: self.store.rebuild(UNTIL - DAYS * DAY, UNTIL))
        print(f"\nrebuilt in {took:.0f} s, {time.process_time() - started:.0f} s of CPU", flush=True)

    def _copied(self) -> tuple[int, int]:
        first = datetime.fromtimestamp((UNTIL - DAYS * DAY) / 1000, UTC)
        self.engine.command(_COPY, {"until": first + timedelta(days=COPIED_DAYS)})
        self.engine.command("OPTIMIZE TABLE other FINAL")
        return self._size("other")

    def _print_read(self, name: str, *questions: tuple[str, dict[str, Any]]) -> None:
        def ask() -> None:
            for sql, values in questions:
                self.store.arrow(Scope(SITE), Statement("benchmark", sql), values)

        ask()
        started = time.process_time()
        took = times(ask)
        cpu = (time.process_time() - started) * 1000 / (RUNS + 1)
        p50, p95 = np.median(took), np.percentile(took, 95)
        print(f"{name:<42} p50 {p50:5.0f} ms   p95 {p95:5.0f} ms   CPU {cpu:5.0f} ms", flush=True)

    def _size(self, table: str) -> tuple[int, int]:
        row = self._rows(_SIZE, table=table)[0]
        return row["n"], row["size"]

    def _rows(self, sql: str, **values: Any) -> list[dict[str, Any]]:
        return self.engine.query(sql, values, tag="benchmark").to_pylist()


def period(days: int, ago: int = 0) -> dict[str, datetime]:
    """Bounds of `days` whole days that end `ago` days before the last event."""
    until = datetime.fromtimestamp(UNTIL / 1000, UTC) - timedelta(days=ago)
    return {"since": until - timedelta(days=days), "until": until}


def times(work: Callable[[], object]) -> Numbers:
    """Milliseconds of RUNS runs after one to warm up."""
    work()
    return np.array([seconds(work) * 1000 for _ in range(RUNS)])


def seconds(work: Callable[[], object]) -> float:
    """How long it takes once."""
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def main() -> None:
    """Fill a store in a temporary folder, or use the one kept, and print every measurement."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("events", nargs="?", type=int, default=10_000_000)
    arguments.add_argument("--keep", type=Path, help="folder to keep the filled store in, or to take it from")
    given = arguments.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        folder = given.keep or Path(temporary)
        filled = (folder / "signals").exists()
        bench = Bench(folder)
        if not filled:
            bench.fill(given.events)
        bench.reads()
        bench.sizes()
        bench.sort_keys()
        bench.codecs()
        bench.rebuild()
        bench.store.close()


_COPY = """
INSERT INTO other SELECT * FROM events WHERE session_start < {until:DateTime64(3, 'UTC')}
SETTINGS final = 0, max_insert_threads = 1, min_insert_block_size_rows = 200000, max_memory_usage = 1000000000
"""
_SIZE = """
SELECT sum(rows) AS n, sum(data_compressed_bytes) AS size
FROM system.parts WHERE active AND database = currentDatabase() AND table = {table:String}
"""
_COLUMNS = """
SELECT column AS name, sum(column_data_compressed_bytes) AS size, size / sum(rows) AS a_row
FROM system.parts_columns WHERE active AND database = currentDatabase() AND table = {table:String}
GROUP BY column ORDER BY size DESC
"""
_EVENTS_OF_A_VISIT = """
SELECT * FROM other
WHERE site = 'shop' AND session_start = UUIDv7ToDateTime({visit:UUID}) AND session_id = {visit:UUID}
"""

if __name__ == "__main__":
    main()
