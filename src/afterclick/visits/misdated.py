"""Which visits have an id whose time is wrong, so that it only names them?

A browser whose clock is off makes ids that begin at another time than the visit did. The collector then tells them as
`session_key`. A server whose clock is right, or the browser once its clock is set, tells the same id as `session_id`;
it means the same visit. And a visit that was told rightly before (it was our clock that jumped) stays where it is.
"""

from collections import defaultdict
from collections.abc import Iterable
from collections.abc import Set as AbstractSet
from typing import Any, NamedTuple, TypeAlias, cast
from uuid import UUID

import msgspec
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from afterclick.store.engine.query import Reader, statements
from afterclick.store.schema.records import uuid_array, uuid_bytes
from afterclick.store.scope import Scope
from afterclick.visits.rules import node_of

Column: TypeAlias = "pa.ChunkedArray[Any]"

_SQL = statements("afterclick.visits", "misdated.sql")
_UUID7 = "^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$"


class Named(NamedTuple):
    """A visit of a site, named by a UUIDv7 that it may not begin by."""

    site: str
    id: str

    @property
    def raw(self) -> bytes:
        """The id's 16 bytes."""
        return UUID(self.id).bytes

    @property
    def node(self) -> bytes:
        """What stands for it in the memory of visits: the node of its `session_key`."""
        return node_of("key", self.site, self.id)


class _Begun(msgspec.Struct):
    id: str


def named_visits(rows: pa.Table) -> set[Named]:
    """The visits that rows name by a `session_key` which has the form of a visit's own id."""
    are = cast("Column", pc.match_substring_regex(rows["session_key"], _UUID7))  # pyright: ignore[reportUnknownMemberType] - overloads over any type
    named = rows.select(["site", "session_key"]).filter(are)
    sites, keys = (cast("list[str]", column.to_pylist()) for column in named.columns)
    return set(map(Named, sites, keys))


def begun(store: Reader, visits: Iterable[Named]) -> set[Named]:
    """Those that the store has under their own id. Raises Unavailable when it cannot be read."""
    of_site: defaultdict[str, list[str]] = defaultdict(list)
    for site, id in visits:
        of_site[site].append(id)
    return {
        Named(site, row.id)
        for site, ids in of_site.items()
        for row in store.rows(
            Scope(site), _SQL["begun"], _Begun, {"ids": ids, "starts": [UUID(id).int >> 80 for id in ids]}
        )
    }


def named_by_key(rows: pa.Table, known: AbstractSet[bytes]) -> pa.Table:
    """The rows; those that tell one of the known ids (16 bytes) as `session_id` tell it as `session_key` alone.

    An id that another site knows is taken likewise, and names a visit of its own.
    """
    ids = uuid_bytes(rows["session_id"])
    told = cast("list[bytes]", ids.view("V16").ravel().tolist())
    if known.isdisjoint(told):
        return rows
    are = np.array([id in known for id in told], np.bool_)
    keys = np.array(rows["session_key"].to_pylist(), object)
    keys[are] = [str(UUID(bytes=id.tobytes())) for id in ids[are]]
    starts = rows["session_start"].cast(pa.int64()).to_numpy().copy()
    ids[are], starts[are] = 0, 0
    changed: dict[str, pa.Array[Any]] = {
        "session_key": pa.array(keys, pa.string()),
        "session_id": uuid_array(ids.tobytes()),
        "session_start": pa.array(starts, pa.int64()).cast(rows["session_start"].type),
    }
    for name, column in changed.items():
        rows = rows.set_column(rows.schema.get_field_index(name), name, column)
    return rows
