"""Whose fault a failed statement is: the store's, which passes, or the rows', which stays."""

import re

from clickhouse_connect.driver.exceptions import Error, OperationalError

_CODE = re.compile(r"Code: (\d+)")
_OVER_LIMIT = {"241", "159"}  # MEMORY_LIMIT_EXCEEDED, TIMEOUT_EXCEEDED
_STORE = _OVER_LIMIT | {
    *("60", "81", "218"),  # a table or database that is away, or locked
    *(
        "74",
        "75",
        "76",
        "87",
        "88",
        "243",
        "425",
    ),  # files: cannot read, write, open, seek, sync; no space left
    *("164", "242"),  # read-only: the user, the table
    *("198", "209", "210", "279"),  # DNS, socket, network, all connections
    *("202", "203", "252", "236", "319"),  # too many queries or parts; cut short; outcome unknown
    *("285", "286", "415", "999"),  # replicas, quorum, Keeper
    *("192", "193", "194", "497", "516"),  # user, password, rights
}
"""Error codes of ClickHouse (src/Common/ErrorCodes.cpp) that say nothing about the rows of an insert."""


def is_over_limit(error: Exception) -> bool:
    """Whether a statement met its limit of memory or time."""
    return _code(error) in _OVER_LIMIT


def is_away(error: Exception) -> bool:
    """Whether nothing answered at all."""
    return isinstance(error, OperationalError) and not _code(error)


def is_the_stores(error: Exception) -> bool:
    """Whether the same insert may well succeed later: nothing answered, or what answered was in no state to insert."""
    return _code(error) in _STORE or (not _code(error) and isinstance(error, OperationalError | OSError))


def _code(error: Exception) -> str:
    if isinstance(error, Error) and error.code is not None:
        return str(error.code)
    found = _CODE.search(str(error))
    return found[1] if found else ""
