"""`afterclick import`, as it is run, into a real collector process."""

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest
from tests.cli.within import within
from tests.collect.conftest import Process

from afterclick.signals import Event
from afterclick.store.spool.outlet import Outlet

MAPPING = """
[fields]
type = { column = "Kind", values = { sold = "order", returned = "refund" } }
order_id = "Order No"
revenue = { column = "Total", decimal = "," }
currency = { value = "EUR" }
time = { column = "At", format = "%d.%m.%Y %H:%M", timezone = "Europe/Prague" }
"""
TABLE = """Kind,Order No,Total,At
sold,A-1,"1.234,50",28.05.2026 22:26
returned,A-1,"34,50",29.05.2026 09:00
lost,A-2,"1,00",29.05.2026 09:00
sold,,"1,00",29.05.2026 09:00
sold,A-3,"1,00",yesterday
"""


@pytest.fixture
def collector(tmp_path: Path) -> Iterator[Process]:
    """A collector process on a fresh folder."""
    started = Process(tmp_path / "data")
    started.start()
    yield started
    if started.running is not None and started.running.poll() is None:
        started.kill()


@pytest.fixture
def table(tmp_path: Path) -> Path:
    (tmp_path / "map.toml").write_text(MAPPING)
    file = tmp_path / "orders.csv"
    file.write_text(TABLE)
    return file


def run(collector: Process, file: Path, *more: str) -> str:
    """What the command prints when it does well."""
    done = ended(collector, file, *more)
    assert done.returncode == 0, done.stderr
    return done.stdout


def ended(collector: Process, file: Path, *more: str) -> "subprocess.CompletedProcess[str]":
    """How the command ends, in a process of its own: it may open the store."""
    environment = os.environ | {
        "AFTERCLICK_DATA": str(collector.data),
        "AFTERCLICK_COLLECTOR_PORT": str(collector.port),
        "COLUMNS": "250",
    }
    command = [sys.executable, "-m", "afterclick.cli", *words(collector, file), *more]
    return subprocess.run(command, env=environment, check=False, capture_output=True, text=True, timeout=120)


def printed(collector: Process, file: Path, *more: str) -> str:
    """The same within this process."""
    port = str(collector.port)
    done = within(collector.data, *words(collector, file), *more, AFTERCLICK_COLLECTOR_PORT=port)
    assert done.returncode == 0, done.stderr
    return done.stdout


def words(collector: Process, file: Path) -> list[str]:
    return ["import", str(file), "--site", collector.site]


def kept(collector: Process) -> list[Event]:
    """The events in the spool."""
    outlet = Outlet(collector.settings.spool)
    group = outlet.take("events", 0, 1 << 40)
    outlet.close()
    decoder = msgspec.json.Decoder(Event)
    return [one for body in (group.bodies if group else ()) for one in decoder.decode_lines(body)]


def test_a_mapped_table_comes_in_and_what_is_dropped_is_told_with_its_reason(
    collector: Process, table: Path
) -> None:
    said = run(collector, table, "--mapping", str(table.parent / "map.toml"))
    assert "2 events accepted, 3 dropped." in said
    for reason in (
        "1 unmapped: Kind is 'lost'",
        "1 incomplete: An order or refund needs",
        "1 bad_time: `time` is 'yesterday'",
    ):
        assert reason in said
    order, refund = kept(collector)
    assert (order.type, order.order_id, order.revenue, order.currency) == ("order", "A-1", 1234.5, "EUR")
    assert (order.time, order.received) == (1779999960000, 1779999960000)
    assert (refund.type, refund.revenue) == ("refund", 34.5)


def test_what_an_import_leaves_out_by_itself_is_counted_with_what_the_collector_drops(
    collector: Process, table: Path
) -> None:
    table.write_bytes(
        table.read_bytes() + b'sold,A-4,"1,00",28.05.2026 22:26,more\nsold,A-\xff,"1,00",yesterday\n'
    )
    run(collector, table, "--mapping", str(table.parent / "map.toml"))
    outlet = Outlet(collector.settings.spool)
    found = {(tally.door, tally.reason): tally.rows for tally in outlet.tallies(0) if tally.reason}
    outlet.close()
    assert found == {
        ("events", "incomplete"): 1, ("events", "bad_time"): 1,
        ("import", "unmapped"): 1, ("import", "extra_cells"): 1, ("import", "wrong_encoding"): 1,
    }  # fmt: skip


def test_a_dry_run_shows_the_first_rows_and_the_drops_and_sends_nothing(
    collector: Process, table: Path
) -> None:
    said = printed(collector, table, "--mapping", str(table.parent / "map.toml"), "--dry-run")
    assert '"type":"order","time":1779999960000' in said
    assert '"order_id":"A-1","revenue":1234.5,"currency":"EUR"' in said
    assert "2 events would be accepted, 3 dropped. Nothing was sent." in said
    for reason in (
        "1 unmapped: Kind is 'lost'",
        "1 incomplete: An order",
        "1 bad_time: `time` is 'yesterday'",
    ):
        assert reason in said
    assert kept(collector) == []


def test_the_same_file_imported_twice_counts_once(collector: Process, table: Path) -> None:
    mapping = ("--mapping", str(table.parent / "map.toml"))
    run(collector, table, *mapping)
    again = run(collector, table, *mapping)
    assert "0 events accepted, 5 dropped." in again
    assert "2 duplicate: " in again
    assert len({event.event_id for event in kept(collector)}) == 2


@pytest.mark.parametrize(("name", "content"), [("a.ndjson", ""), ("a.csv", ""), ("a.csv", "type,order_id\n")])
@pytest.mark.parametrize("more", [(), ("--dry-run",)])
def test_a_file_without_events_is_told_so(
    collector: Process, tmp_path: Path, name: str, content: str, more: tuple[str, ...]
) -> None:
    file = tmp_path / name
    file.write_text(content)
    done = ended(collector, file, *more)
    told = " ".join(done.stderr.split())
    assert (done.returncode, f"{name} holds no event: it is empty" in told) == (1, True), told
