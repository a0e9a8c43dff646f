"""Metrics and logs from the spool into their tables: each kind its own blocks, each repetition told."""

import asyncio
from collections.abc import Iterator
from pathlib import Path
from typing import cast

import msgspec
import pytest

from afterclick.signals import LogRecord, Record, Sample
from afterclick.store.drain.decode import decode
from afterclick.store.drain.drain import Drain
from afterclick.store.engine.query import Statement
from afterclick.store.schema.records import records_table
from afterclick.store.scope import Scope
from afterclick.store.spool.batch import Batch, Kind
from afterclick.store.spool.outlet import Outlet
from afterclick.store.spool.spool import Spool
from afterclick.store.store import Store

NOON = 1_780_315_200_000
ENCODER = msgspec.json.Encoder()


def sample(site: str, **fields: object) -> Sample:
    base = {"site": site, "service": "cart", "name": "queue.size", "type": "gauge", "series": "a" * 16}
    times = {"time": NOON, "time_ns": NOON * 1_000_000, "received": NOON}
    return msgspec.convert(base | times | fields, Sample)


def log(site: str, number: int, **fields: object) -> LogRecord:
    base = {"site": site, "log_id": f"00000000-0000-8000-8000-{number:012}", "service": "cart"}
    times = {"time": NOON, "time_ns": NOON * 1_000_000 + number, "received": NOON}
    return msgspec.convert(base | times | fields, LogRecord)


def samples(site: str) -> list[Sample]:
    buckets = {"count": 6, "sum": 3.5, "min": 0.25, "max": 1.5, "temporality": "delta"}
    return [
        sample(site, value=2.5),
        sample(site, series="b" * 16),
        sample(site, type="sum", series="c" * 16, value=7.0, monotonic=True, temporality="cumulative"),
        sample(
            site, type="histogram", series="d" * 16, explicit_bounds=[1.0], bucket_counts=[4, 2], **buckets
        ),
        sample(
            site,
            type="exponential_histogram",
            series="e" * 16,
            scale=-3,
            zero_count=1,
            positive_offset=-5,
            positive_bucket_counts=[2, 3],
            **buckets,
        ),
        sample(
            site, type="summary", series="f" * 16, count=2, quantiles=[0.5], quantile_values=[9.0], sum=1.0
        ),
    ]


def logs(site: str) -> list[LogRecord]:
    traced = {"trace_id": "a" * 32, "span_id": "b" * 16, "severity_number": 17, "severity_text": "ERROR"}
    return [log(site, 1, body="plain \U0001f600"), log(site, 2, event_name="exception", **traced)]


@pytest.fixture
def outlet(tmp_path: Path, site: str) -> Iterator[Outlet]:
    """A spool that was given the same metrics and logs twice, in two requests."""
    spool = Spool(tmp_path, 1 << 30)

    async def put() -> None:
        for _ in range(2):
            await spool.append(*(_batch(site, kind, rows) for kind, rows in kinds(site).items()))

    asyncio.run(put())
    opened = Outlet(tmp_path)
    yield opened
    opened.close()
    spool.close()


def kinds(site: str) -> dict[Kind, list[Record]]:
    return {"metrics": cast("list[Record]", samples(site)), "logs": cast("list[Record]", logs(site))}


def _batch(site: str, kind: Kind, rows: list[Record]) -> Batch:
    return Batch(site, kind, kind, len(rows), ENCODER.encode_lines(rows))


def test_spooled_metrics_and_logs_decode_to_the_very_tables_of_their_structs(site: str) -> None:
    for kind, rows in kinds(site).items():
        assert decode(kind, [ENCODER.encode_lines(rows)]).equals(records_table(kind, rows))


def test_metrics_and_logs_delivered_twice_stand_once_in_their_tables(
    outlet: Outlet, store: Store, site: str
) -> None:
    assert Drain(outlet, store).once() == 2 * (len(samples(site)) + len(logs(site)))
    found = store.read_only(Scope(site), "SELECT * FROM metrics ORDER BY series").to_pylist()
    shapes = [
        (row["type"], row["value"], row["bucket_counts"], row["positive_bucket_counts"]) for row in found
    ]
    assert shapes == [
        ("gauge", 2.5, [], []),
        ("gauge", None, [], []),
        ("sum", 7.0, [], []),
        ("histogram", None, [4, 2], []),
        ("exponential_histogram", None, [], [2, 3]),
        ("summary", None, [], []),
    ]
    assert [(row["quantiles"], row["quantile_values"]) for row in found[-1:]] == [([0.5], [9.0])]
    found = store.read_only(Scope(site), "SELECT body, trace_id FROM logs ORDER BY log_id").to_pylist()
    assert [tuple(row.values()) for row in found] == [("plain \U0001f600", ""), ("", "a" * 32)]


def test_metrics_and_logs_age_out_as_events_do(store: Store, scope: Scope) -> None:
    sql = (
        "SELECT engine_full FROM system.tables WHERE database = 'default' AND name IN ('metrics', 'logs')"
        " AND {site:String} != ''"
    )
    found = store.arrow(scope, Statement("ttl", sql)).to_pylist()
    assert len(found) == 2
    assert all("TTL toDateTime(time) + toIntervalDay(9000)" in row["engine_full"] for row in found)
