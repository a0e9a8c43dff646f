"""What the tables take up."""

from typing import NamedTuple

from afterclick.store.engine.connection import Engine
from afterclick.store.schema.catalogue import TABLES


class Usage(NamedTuple):
    """Rows of the signals (events, spans, metrics, logs), and bytes of all tables, rollups included."""

    rows: int
    bytes: int


def usage(engine: Engine) -> Usage:
    """The tables as they are now."""
    return Usage(**engine.rows(_USAGE, {"signals": _SIGNALS}, tag="usage")[0])


_SIGNALS = [table.name for table in TABLES if table.record]
_USAGE = """
SELECT
    sumIf(rows, table IN {signals:Array(String)}) AS rows,
    sum(bytes_on_disk) AS bytes
FROM system.parts
WHERE database = currentDatabase() AND active
"""
