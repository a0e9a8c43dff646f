"""What the tables take up."""

from typing import NamedTuple

from afterclick.store.engine.connection import Engine


class Usage(NamedTuple):
    """Rows of the signals (events, spans, metrics, logs), and bytes of all tables, rollups included."""

    rows: int
    bytes: int


def usage(engine: Engine) -> Usage:
    """The tables as they are now."""
    return Usage(**engine.rows(_USAGE, tag="usage")[0])


_USAGE = """
SELECT
    sumIf(rows, table IN ('events', 'spans', 'metrics', 'logs')) AS rows,
    sum(bytes_on_disk) AS bytes
FROM system.parts
WHERE database = currentDatabase() AND active
"""
