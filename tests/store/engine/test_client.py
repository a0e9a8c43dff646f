import stat
import subprocess
import sys
import tempfile
import threading
import uuid
from collections.abc import Callable
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import msgspec
import pyarrow as pa
import pytest
from tests.store.conftest import over_both

from afterclick.errors import Misconfigured
from afterclick.measure import BOUND
from afterclick.settings import Settings, load
from afterclick.signals import Event
from afterclick.store.engine.query import Statement
from afterclick.store.schema.migrations import migrate
from afterclick.store.schema.records import events_table
from afterclick.store.schema.view import make_views
from afterclick.store.scope import Scope
from afterclick.store.store import Store, open_store

NOON = 1_780_315_200_000
MakeEvent = Callable[..., Event]
Keep = Callable[..., None]
Ask = Callable[..., list[dict[str, Any]]]


class Row(msgspec.Struct):
    type: str
    time: datetime
    revenue: Decimal


@over_both
def test_an_inserted_event_reads_back_as_a_typed_row(
    store: Store, scope: Scope, event: MakeEvent, keep: Keep
) -> None:
    keep(event("order", order_id="o1", revenue=12.5))
    read = Statement("back", "SELECT type, time, revenue FROM events WHERE site = {site:String}")
    noon = datetime.fromtimestamp(NOON / 1000, UTC)
    assert store.rows(scope, read, Row) == [Row("order", noon, Decimal("12.5"))]


@over_both
def test_a_repeated_batch_counts_once_with_its_token_and_without(
    store: Store, event: MakeEvent, ask: Ask, visit: str
) -> None:
    batch = events_table([event("error", n, session_id=visit, session_start=NOON) for n in range(50)])
    for token in ("same", "same", "other"):
        store.insert("events", batch, token + visit)
    stored = ask("SELECT count() AS n FROM events WHERE site = {site:String} SETTINGS final = 0")
    assert stored[0]["n"] in (50, 100)  # the third delivery may have been merged already
    assert ask("SELECT count() AS n FROM events WHERE site = {site:String}") == [{"n": 50}]
    assert ask("SELECT length(errors) AS n FROM sessions WHERE site = {site:String}") == [{"n": 50}]


@over_both
def test_a_repeated_batch_with_its_token_writes_no_row(store: Store, event: MakeEvent, ask: Ask) -> None:
    batch = events_table([event("error", n) for n in range(5)])
    token = uuid.uuid4().hex
    store.insert("events", batch, token)
    store.insert("events", batch, token)
    assert ask("SELECT count() AS n FROM events WHERE site = {site:String} SETTINGS final = 0") == [{"n": 5}]


@over_both
@pytest.mark.parametrize(
    ("sql", "value", "answer"),
    [
        ("SELECT {x:DateTime64(3, 'UTC')} AS x", datetime(2026, 6, 1, 12, 0, 0, 123000, UTC), None),
        ("SELECT {x:Array(String)} AS x", ["a'b", "c\\d", ""], None),
        ("SELECT {x:Array(Int64)} AS x", [1, -2], None),
        ("SELECT {x:Nullable(String)} AS x", None, None),
        ("SELECT {x:Bool} AS x", True, None),
        ("SELECT {x:Float64} AS x", 1e-9, None),
        ("SELECT {x:Decimal(18, 4)} AS x", Decimal("1.2345"), None),
        ("SELECT {x:UUID} AS x", uuid.UUID(int=5), None),
        ("SELECT {x:Date} AS x", datetime(2026, 6, 1, tzinfo=UTC).date(), None),
    ],
)
def test_a_parameter_of_any_kind_arrives_as_it_is(ask: Ask, sql: str, value: object, answer: object) -> None:
    assert ask(f"{sql} WHERE {{site:String}} != ''", x=value) == [{"x": value}]


@over_both
def test_many_threads_read_side_by_side(store: Store, scope: Scope) -> None:
    read = Statement("sum", "SELECT sum(number) AS n FROM numbers(1000000) WHERE {site:String} != ''")
    answers: list[pa.Table] = []
    threads = [threading.Thread(target=lambda: answers.append(store.arrow(scope, read))) for _ in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [answer["n"][0].as_py() for answer in answers] == [499_999_500_000] * 12


def test_a_second_opening_of_the_same_folder_is_refused_with_the_owners_process(
    store: Store, settings: Settings
) -> None:
    with pytest.raises(Misconfigured, match=r"belongs to the running process \d+: try again in a moment"):
        open_store(settings, BOUND)


@pytest.mark.parametrize("dsn", ["mysql://host/db", "chdb://relative/path", "clickhouse://"])
def test_a_store_dsn_that_is_none_of_ours_is_refused(tmp_path: Path, dsn: str) -> None:
    with pytest.raises(Misconfigured, match="AFTERCLICK_STORE must"):
        open_store(load({"AFTERCLICK_DATA": str(tmp_path), "AFTERCLICK_STORE": dsn}), BOUND)


def test_inserts_go_through_a_private_folder(store: Store, settings: Settings) -> None:
    assert stat.S_IMODE(settings.temporary.stat().st_mode) == 0o700
    assert tempfile.gettempdir() == str(settings.temporary)
    assert list(settings.temporary.iterdir()) == []


@over_both
def test_migrating_again_changes_nothing(store: Store, ask: Ask) -> None:
    tables = "SELECT name, create_table_query FROM system.tables WHERE {site:String} != '' ORDER BY name"
    before = ask(f"{tables} LIMIT 1000")
    engine = store._engine  # pyright: ignore[reportPrivateUsage]
    make_views(engine, BOUND, schema=migrate(engine))
    assert ask(f"{tables} LIMIT 1000") == before


SESSION = """
import sys
from afterclick.measure import BOUND
from afterclick.settings import load
from afterclick.store.engine.query import Statement
from afterclick.store.schema.records import events_table
from afterclick.store.scope import Scope
from afterclick.store.store import open_store
from afterclick.signals import Event

store = open_store(load({"AFTERCLICK_DATA": sys.argv[1], "AFTERCLICK_RETENTION_DAYS": sys.argv[2]}), BOUND)
if sys.argv[3] == "write":
    event = Event(site="s", event_id="5" * 32, type="track", time=int(sys.argv[4]), received=0)
    store.insert("events", events_table([event]), "t")
    print("stored", flush=True)
    sys.stdin.readline()
count = Statement("count", "SELECT count() AS n FROM events WHERE site = {site:String}")
print(store.arrow(Scope("s"), count)["n"][0].as_py(), flush=True)
store.close()
"""


def session(folder: Path, days: int, *rest: str) -> "subprocess.Popen[str]":
    command = [sys.executable, "-c", SESSION, str(folder), str(days), *rest]
    return subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)


def test_what_was_stored_survives_kill_9_and_ages_out_by_the_retention(tmp_path: Path) -> None:
    writer = session(tmp_path, 9000, "write", str(NOON))
    assert writer.stdout
    assert writer.stdout.readline() == "stored\n"
    writer.kill()
    writer.communicate()
    assert session(tmp_path, 9000, "read").communicate()[0] == "1\n"
    assert session(tmp_path, 1, "read").communicate()[0] == "0\n"
