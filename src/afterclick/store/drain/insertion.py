"""Spooled rows into the store: a block as a whole, or line by line where the store refuses some of them."""

from collections.abc import Sequence
from typing import Protocol

import pyarrow as pa

from afterclick.errors import Unavailable
from afterclick.store.drain.bisection import bisect
from afterclick.store.drain.block import Conversion, Dropped
from afterclick.store.drain.decode import decode
from afterclick.store.spool.batch import Kind

_REASON = 300  # characters of an error that are kept


class Inserts(Protocol):
    """The store as insertion sees it."""

    def insert(self, table: str, rows: pa.Table, token: str) -> None:
        """Insert rows durably; a repeated token changes nothing. Raises Unavailable when trying again may
        help.
        """
        ...


class Insertion:
    """Inserts into a store. Safe to use from several threads as far as the store is."""

    def __init__(self, store: Inserts, conversion: Conversion) -> None:
        self._store = store
        self._conversion = conversion

    def block(self, kind: Kind, rows: pa.Table, token: str) -> str | None:
        """Insert, and say why the store refused the rows, or None when it took them. Raises Unavailable."""
        try:
            self._store.insert(kind, rows, token)
        except (Unavailable, OSError) as error:
            raise Unavailable(f"The store cannot take rows just now: {error}") from error
        except Exception as error:
            return str(error)[:_REASON]
        return None

    def lines(
        self,
        kind: Kind,
        lines: Sequence[bytes],
        token: str,
        *,
        trusting: bool = True,
        dropped: Dropped | None = None,
    ) -> dict[int, str]:
        """Decode, enrich and insert spooled lines; the places of those that the store refuses, with the reasons.

        Lines that are no records are found before anything is inserted: many of them between sound ones cost no
        insert each. What steps leave out is added to `dropped`. Raises Unavailable when the store takes nothing now.
        """
        counted = Dropped() if dropped is None else dropped
        no_records = bisect(lines, token, lambda some, _: _undecodable(kind, some), trusting=True)
        sound = [at for at in range(len(lines)) if at not in no_records]
        refused = bisect(
            [lines[at] for at in sound],
            token,
            lambda some, own: self._convert_and_insert(kind, some, own, counted),
            trusting=trusting,
        )
        return no_records | {sound[at]: reason for at, reason in refused.items()}

    def _convert_and_insert(
        self, kind: Kind, lines: Sequence[bytes], token: str, dropped: Dropped
    ) -> str | None:
        """Decode and insert some lines; the reason when they were refused. Raises Unavailable."""
        try:
            block = self._conversion.convert(kind, lines)
        except Unavailable:  # a step's memory, not the rows: they wait
            raise
        except Exception as error:
            return str(error)[:_REASON]
        reason = self.block(kind, block.rows, token)
        if reason is None:
            dropped.update(block.dropped)
        return reason


def _undecodable(kind: Kind, lines: Sequence[bytes]) -> str | None:
    try:
        decode(kind, lines)
    except Exception as error:
        return str(error)[:_REASON]
    return None
