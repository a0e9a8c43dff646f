"""What a table is: its columns, how it lies, who may ask for what of it, and what it holds of people.

One record a table, in `schema/tables/`; whatever knows tables derives from it: retention, erasure and export, the data
map, backups, rebuilding, read-only SQL and its columns, the Arrow schemas, the statements for a cluster. The numbered
files stay the way by which the engine gets there; a test holds the engine's table and the record equal.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from afterclick.signals import Record

ANYONE: frozenset[str] = frozenset()
MONEY, VISITS, PERSONAL = frozenset({"money"}), frozenset({"visits"}), frozenset({"personal"})
EVERY = MONEY | VISITS | PERSONAL
"""The permissions that a column may need, besides the one to ask at all."""

WORD = "LowCardinality(String)"
TEXT = "String"
UUID = "UUID"
TIME = "DateTime64(3, 'UTC')"
SUM = "Decimal(18, 4)"

SYNCED = "fsync_after_insert = 1, fsync_part_directory = 1"
"""A row is durable when its insert returns: the first holds for the part, the second for its name."""
ONCE = f"non_replicated_deduplication_window = 1000, {SYNCED}"
"""And a block that is inserted again under its token changes nothing."""

VISIT_BY_VISIT = (
    "rows of the person's visits are deleted by rewriting the parts; visits shared with others are built anew"
)
"""How a person is erased from a rollup of visits."""

IdKind = Literal["user", "device", "email", "visit", "client", "order", "trace", "node"]
"""Kinds of ids by which a person's rows are found."""

Comes = Literal["", "inserted by the drain", "with each insert", "settled", "a view"]


def largest(type: str) -> str:
    """A column that keeps the greatest value of its row."""
    return f"SimpleAggregateFunction(max, {type})"


def smallest(type: str) -> str:
    """A column that keeps the least value of its row."""
    return f"SimpleAggregateFunction(min, {type})"


def several(most: int, type: str) -> str:
    """A column that keeps at most so many different values of its row."""
    return f"SimpleAggregateFunction(groupUniqArrayArray({most}), Array({type}))"


def every(type: str) -> str:
    """A column that keeps all different values of its row."""
    return f"SimpleAggregateFunction(groupUniqArrayArray, Array({type}))"


def by_key(value: str) -> str:
    """A column that keeps the greatest value of each key."""
    return f"SimpleAggregateFunction(maxMap, Map(String, {value}))"


@dataclass(frozen=True)
class Column:
    """One column, its type as the engine spells it. One that says nothing of what it `needs` needs every permission, so
    that a new one is not shown by forgetting it. An `alias` is computed when it is read, and `SELECT *` leaves it out.
    """

    name: str
    type: str
    needs: frozenset[str] = EVERY
    codec: str = ""
    default: str = ""
    alias: str = ""

    @property
    def definition(self) -> str:
        """As it stands in a CREATE TABLE."""
        default = f" DEFAULT {self.default}" if self.default else ""
        default = f" ALIAS {self.alias}" if self.alias else default
        return f"{self.name} {self.type}{default}" + (f" CODEC({self.codec})" if self.codec else "")


def part(name: str, type: str, needs: frozenset[str], of: str) -> Column:
    """A part of a tuple, under a name of its own.

    By the function: as `of.name` the engine would read it without merging the rows that the tuple decides between.
    """
    return Column(name, type, needs, alias=f"tupleElement({of}, '{name}')")


def packed(name: str, type: str, needs: frozenset[str] = EVERY) -> Column:
    """A column that is compressed harder than the rest: of values that seldom repeat."""
    return Column(name, type, needs, "ZSTD(1)")


@dataclass(frozen=True)
class People:
    """What of people a table holds, and how one person's rows are found and taken out; both in the data map's words.

    `key` is what makes a row itself, and empty where rows are not taken out one by one. `found_by` are the columns that
    hold an id of theirs, the first one that of the visit or order which a rollup is built anew by; without any, the
    statement of the table's name in `erasure/person.sql` finds them.
    """

    holds: str
    erased: str
    kept: str = ""
    key: tuple[str, ...] = ()
    found_by: Mapping[str, IdKind] = field(default_factory=dict[str, IdKind])


@dataclass(frozen=True)
class Table:
    """One table, view or dictionary of the store.

    `why` says what it is for. `made_of` names the table whose rows it is computed from, empty for what comes in.
    `record` is what the drain brings to it. Rows of a table that is `dated_by` a column age. `sharded_by` tells which
    shard of a cluster a row belongs to, so that what is joined or merged lies together: a visit's events and rollups, a
    trace's spans, an order and its refunds; a table without lies whole on every node. One `beside_events` is filled on
    the shard of the events that it is made of. `rebuilt` tells whether its rows are computed anew from the events by
    months or as a whole, by the view of its name and `_of`. `row` and `comes` tell it to who may ask.
    """

    name: str
    columns: tuple[Column, ...]
    why: str
    engine: str = "ReplacingMergeTree"
    order_by: str = ""
    partition_by: str = ""
    indexes: tuple[str, ...] = ()
    ttl: str = ""
    settings: str = ONCE
    clauses: str = ""
    made_of: str = ""
    record: type[Record] | None = None
    dated_by: str = ""
    sharded_by: str = ""
    beside_events: bool = False
    rebuilt: Literal["", "by month", "whole"] = ""
    people: People | None = None
    queryable: bool = False
    row: str = ""
    comes: Comes = ""
    in_backups: bool = True

    @property
    def is_stored(self) -> bool:
        """Whether its rows are in parts on the disk."""
        return self.engine.partition("(")[0].endswith("MergeTree")

    @property
    def has_site(self) -> bool:
        """Whether each row is of one site."""
        return any(column.name == "site" for column in self.columns)

    def shown(self, permissions: frozenset[str] | None) -> list[str]:
        """The columns that a reader with these permissions may see; None is the installation itself."""
        held = EVERY if permissions is None else permissions
        return [column.name for column in self.columns if column.needs <= held]
