"""Tickets: rows that ask for work, left by a view in the same insert and open until they are written again, dated."""

import pyarrow as pa

from afterclick.store.engine.connection import Engine


def close(engine: Engine, table: str, opened: pa.Table, now: int) -> None:
    """Date the open rows of a table: done at `now`, UTC ms."""
    if opened.num_rows:
        settled = pa.array([now] * opened.num_rows, pa.int64()).cast(pa.timestamp("ms", "UTC"))
        engine.insert(table, opened.append_column("settled", settled))
