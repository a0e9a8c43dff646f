"""Which ids of events were taken lately, written down in the commit of their rows, for the collector's next start."""

import sqlite3
from collections.abc import Iterable, Iterator

MARK_BYTES = 8
"""Bytes of one mark: a hash of an id and its site."""
MOST_MARKS = 1 << 17
"""Marks that are kept at least; somewhat more between two prunings."""

_PRUNED_AFTER = 1 << 14
"""Marks after which those that are too many are deleted: to look for them costs more than a commit."""


class Taken:
    """The marks in the spool's table `taken`, a row a commit."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection
        self._since_pruning = 0

    def add(self, marks: Iterable[bytes]) -> None:
        """Write down marks, each the bytes of several; within the transaction of their rows."""
        told = b"".join(marks)
        if not told:
            return
        self._connection.execute(
            "INSERT INTO taken (marks, amount) VALUES (?, ?)", (told, len(told) // MARK_BYTES)
        )
        self._since_pruning += len(told) // MARK_BYTES
        if self._since_pruning >= _PRUNED_AFTER:
            self._since_pruning = 0
            self._connection.execute(_PRUNE, (MOST_MARKS,))

    def all(self) -> Iterator[bytes]:
        """Every mark, the oldest first."""
        for (told,) in self._connection.execute("SELECT marks FROM taken ORDER BY id"):
            for at in range(0, len(told), MARK_BYTES):
                yield told[at : at + MARK_BYTES]


_PRUNE = """
DELETE FROM taken WHERE id < (
    SELECT coalesce(max(id), 0)
    FROM (SELECT id, sum(amount) OVER (ORDER BY id DESC) AS newer FROM taken)
    WHERE newer >= ?
)
"""
