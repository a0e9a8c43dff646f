"""Whose fault a refused insert is: rows are halved and set aside only for their own."""

import pyarrow as pa
import pytest
from clickhouse_connect.driver.exceptions import DatabaseError, OperationalError

from afterclick.errors import Misconfigured
from afterclick.measure import BOUND
from afterclick.settings import load
from afterclick.store.engine.trouble import is_over_limit, is_the_stores
from afterclick.store.store import open_store


@pytest.mark.parametrize(
    "error",
    [
        OperationalError("Error ConnectionRefusedError executing HTTP request"),
        DatabaseError("Code: 243. DB::Exception: Cannot reserve 1.00 MiB, not enough space"),
        DatabaseError("not enough space", code=243),
        DatabaseError("Code: 242. DB::Exception: Table is in readonly mode"),
        DatabaseError("Code: 241. DB::Exception: memory limit exceeded"),
        OSError("No space left on device"),
    ],
)
def test_a_store_that_is_away_full_or_read_only_is_at_fault_itself(error: Exception) -> None:
    assert is_the_stores(error)


@pytest.mark.parametrize(
    "error",
    [
        DatabaseError("Code: 117. DB::Exception: Cannot parse a row"),
        OperationalError("Code: 6. DB::Exception: Cannot parse text", code=6),
        pa.ArrowInvalid("a record lacks `site`"),
    ],
)
def test_rows_that_cannot_be_read_are_at_fault_themselves(error: Exception) -> None:
    assert not is_the_stores(error)


def test_memory_and_time_are_limits() -> None:
    assert is_over_limit(DatabaseError("Code: 159. DB::Exception: Timeout exceeded"))
    assert not is_over_limit(DatabaseError("Code: 243. DB::Exception: not enough space"))


def test_a_server_that_does_not_answer_is_told_at_the_start_in_one_sentence() -> None:
    dsn = "clickhouse://127.0.0.1:9/afterclick"
    with pytest.raises(Misconfigured, match="Nothing answers as ClickHouse"):
        open_store(load({"AFTERCLICK_DATA": "/tmp/none", "AFTERCLICK_STORE": dsn}), BOUND)
