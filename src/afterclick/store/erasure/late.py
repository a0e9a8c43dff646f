"""The drain's step `erased`: rows of erased people are taken out of a block, whole columns at a time.

Without an erased person at any of the block's sites a block passes for the price of one look at its sites.
"""

from collections.abc import Callable
from typing import Any, TypeAlias, cast
from uuid import UUID

import msgspec
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from afterclick.drops import DropReason
from afterclick.signals import NO_ID
from afterclick.store.drain.block import Step
from afterclick.store.erasure.person import NOBODY, SIGNS, TOLD, IdKind
from afterclick.store.erasure.tombstones import Tombstones
from afterclick.store.spool.batch import KINDS, Kind

Mask: TypeAlias = NDArray[np.bool_]
Column: TypeAlias = "pa.ChunkedArray[Any]"
ClientMark = Callable[[str, str], str]
"""The mark of a client's own session (site, session key), as `PersonIds.clients` has it."""

REASON: DropReason = "erased"
_COLUMNS = frozenset({
    "site", "type", "user_id", "device_id", "order_id", "session_id", "session_key", "props", "trace_id", "attributes",
    "resource",
})  # fmt: skip
_PLAIN = msgspec.json.Decoder(dict[str, str | float | int | bool | None])


class Late:
    """Finds rows that belong to erased people. Safe to use from any thread."""

    def __init__(self, tombstones: Tombstones, client_mark: ClientMark) -> None:
        self._tombstones = tombstones
        self._client_mark = client_mark
        self._left_bytes = True  # of what was dropped before a restart

    def steps(self) -> tuple[Step, ...]:
        """One a kind of record; to be put before all other steps."""
        return tuple(Step(REASON, kind, self._without(kind), drops=REASON) for kind in KINDS)

    def left_bytes(self) -> bool:
        """Whether a row was dropped since this was asked last: its bytes may still stand in the spool's file."""
        left, self._left_bytes = self._left_bytes, False
        return left and bool(self._tombstones.sites())

    def _without(self, kind: Kind) -> Callable[[pa.Table], pa.Table]:
        def apply(rows: pa.Table) -> pa.Table:
            theirs = self.theirs(kind, rows)
            if theirs is None:
                return rows
            self._left_bytes = True
            return rows.filter(pa.array(~theirs))

        return apply

    def theirs(self, kind: Kind, rows: pa.Table) -> Mask | None:
        """Which rows, decoded as the drain does, belong to erased people; None for none.

        Raises Unavailable when it cannot be told.
        """
        erased = self._tombstones.sites()
        if not erased:
            return None
        sites = cast("list[str]", pc.unique(rows["site"]).to_pylist())
        found = np.zeros(rows.num_rows, np.bool_)
        rows = rows.select([name for name in rows.schema.names if name in _COLUMNS])
        for site in erased.intersection(sites):
            here = np.flatnonzero(_equal(rows["site"], site))
            some = rows if len(here) == rows.num_rows else rows.take(here)
            found[here] = self._events(site, some) if kind == "events" else self._telemetry(site, some)
        return found if found.any() else None

    def _events(self, site: str, rows: pa.Table) -> Mask:
        user, known = self._among(site, "user", rows["user_id"]), ~_is_nobody(rows["user_id"])
        without_user = (
            self._among(site, "device", rows["device_id"])
            | self._among(site, "order", rows["order_id"])
            | self._among(site, "visit", rows["session_id"])
            | self._clients(site, rows["session_key"])
        )
        return user | (~known & without_user) | self._identified(site, rows)

    def _identified(self, site: str, rows: pa.Table) -> Mask:
        """An `identify` that names one of their ids brings them back, whoever it is of."""
        found = np.zeros(rows.num_rows, np.bool_)
        for place in np.flatnonzero(_equal(rows["type"], "identify")):
            props = _props(rows["props"][int(place)].as_py())
            previous, email = str(props.get("previous_id", "")), str(props.get("email_hash", "")).lower()
            covers = self._tombstones.covers
            found[place] = bool(previous) and (
                covers(site, "user", previous) or covers(site, "device", previous)
            )
            found[place] |= bool(email) and covers(site, "email", email)
        return found

    def _telemetry(self, site: str, rows: pa.Table) -> Mask:
        found = np.zeros(rows.num_rows, np.bool_)
        if "trace_id" in rows.schema.names:
            found |= self._among(site, "trace", rows["trace_id"])
        for name in ("attributes", "resource"):
            if name in rows.schema.names:
                found |= self._told(site, rows[name])
        return found

    def _told(self, site: str, column: Column) -> Mask:
        """Rows whose attributes name one of their ids."""
        suspects = np.zeros(len(column), np.bool_)
        for sign in SIGNS:
            suspects |= cast(Mask, pc.match_substring(column, sign).to_numpy())
        for place in np.flatnonzero(suspects):
            props = _props(column[int(place)].as_py())
            values = {str(props[name]) for name in TOLD if props.get(name) is not None}
            suspects[place] = any(
                self._tombstones.covers(site, kind, value)
                for value in values
                for kind in ("user", "device", "visit", "email")
            )
        return suspects

    def _clients(self, site: str, keys: Column) -> Mask:
        return _spread(
            keys, lambda key: self._tombstones.covers(site, "client", self._client_mark(site, key))
        )

    def _among(self, site: str, kind: IdKind, column: Column) -> Mask:
        return _spread(column, lambda id: self._tombstones.covers(site, kind, id))


def _spread(column: Column, answer: Callable[[str], bool]) -> Mask:
    """The answer for each row, asked once for each distinct value; no for an empty one."""
    parts: list[Mask] = []
    for chunk in column.chunks:
        storage = cast("pa.Array[Any]", chunk.storage) if isinstance(chunk, pa.ExtensionArray) else chunk
        values = cast("pa.DictionaryArray[Any, Any]", cast("Any", storage).dictionary_encode())
        told = [_as_text(value) for value in cast("list[str | bytes]", values.dictionary.to_pylist())]
        answers = np.array([value != "" and value != NO_ID and answer(value) for value in told], np.bool_)
        parts.append(answers[values.indices.to_numpy(zero_copy_only=False)])
    return np.concatenate(parts) if parts else np.zeros(0, np.bool_)


def _as_text(value: str | bytes) -> str:
    return str(UUID(bytes=value)) if isinstance(value, bytes) else value


def _is_nobody(users: Column) -> Mask:
    return ~_spread(users, lambda user: user.lower() not in NOBODY)


def _equal(column: Column, value: str) -> Mask:
    return cast("Any", pc).equal(column, value).to_numpy()  # the stubs know no plain value


def _props(text: str) -> dict[str, str | float | int | bool | None]:
    try:
        return _PLAIN.decode(text) if text else {}
    except (msgspec.DecodeError, RecursionError):
        return {}
