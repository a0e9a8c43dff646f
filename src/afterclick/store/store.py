"""The store: one object that reads, inserts and keeps its derived tables right."""

from collections.abc import Mapping
from contextlib import AbstractContextManager
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

import pyarrow as pa

from afterclick.errors import Misconfigured
from afterclick.jobs import Stop
from afterclick.settings import Settings
from afterclick.store.backup import Frozen, drop_frozen, frozen
from afterclick.store.engine.connection import Engine
from afterclick.store.engine.latency import Latencies
from afterclick.store.engine.query import Parameter, Reader, Statement
from afterclick.store.erasure.tables import PersonTables
from afterclick.store.rollups.exchange import ExchangeTables
from afterclick.store.rollups.identity import IdentityTables
from afterclick.store.rollups.order_visits import settle_orders
from afterclick.store.rollups.outdated import OutdatedRollups, definitions
from afterclick.store.rollups.rebuild import drop_left_shadows, rebuild
from afterclick.store.rollups.service_minutes import settle_minutes
from afterclick.store.schema.migrations import migrate
from afterclick.store.schema.retention import keep_for
from afterclick.store.schema.usage import Usage, usage
from afterclick.store.schema.view import Bound, make_views
from afterclick.store.scope import Scope

if TYPE_CHECKING:
    from afterclick.store.free_sql.readonly import ReadOnly


class Settled(NamedTuple):
    """What one settling did: minutes computed anew, what was told of orders and brought to their visits."""

    minutes: int
    orders: int


class Store(Reader):
    """The open store. Safe to use from any thread; every call blocks, so call it off the event loop."""

    def __init__(self, engine: Engine, made_by: Mapping[str, str]) -> None:
        """`made_by` are the definitions of rollups that the engine's views are of."""
        self._engine = engine
        self._made_by = made_by
        self.latencies = Latencies()

    def arrow(
        self, scope: Scope, statement: Statement, parameters: Mapping[str, Parameter] | None = None
    ) -> pa.Table:
        """Run the statement for the scope's site and return its columns.

        A datetime parameter is bound to the millisecond: type it `{name:DateTime64(3, 'UTC')}`.
        Raises Unavailable when the statement meets its limit of memory or time.
        """
        with self.latencies.measured(statement.name):
            return self._engine.query(
                statement.sql, {**(parameters or {}), "site": scope.site}, tag=statement.name
            )

    def read_only(self, scope: Scope, sql: str) -> pa.Table:
        """The answer to a person's own SELECT over the tables of `docs/store.md`, seeing the scope's site only.

        Raises InvalidInput when the SQL is refused or wrong; Unavailable when it asks for too much.
        """
        with self.latencies.measured("read-only SQL"):
            return self._read_only.read(scope, sql)

    @cached_property
    def _read_only(self) -> "ReadOnly":
        from afterclick.store.free_sql.readonly import ReadOnly  # the parser takes its time to import

        return ReadOnly(self._engine)

    def insert(self, table: str, rows: pa.Table, token: str) -> None:
        """Insert the rows, durable when this returns; the same rows under the same token again change nothing.

        Raises Unavailable when the engine lacks memory; DatabaseError when it refuses the rows.
        """
        if not rows.num_rows:
            return
        with self.latencies.measured(f"insert into {table}"):
            self._engine.insert(table, rows, _INSERT | {"insert_deduplication_token": token})

    def usage(self) -> Usage:
        """What the tables take up; also the cheapest way to see that the store answers."""
        return usage(self._engine)

    def settle(self, now: int, stop: Stop | None = None) -> Settled:
        """Bring what services did by the minute and the orders of visits up to date; `now` is UTC ms.

        Raises Stopped at a safe point once `stop` is set.
        """
        return Settled(settle_minutes(self._engine, now, stop), settle_orders(self._engine, now))

    def rebuild(self, since: int, until: int) -> list[str]:
        """Compute page_views, sessions, trace_visits and orders of the months of [since, until) (UTC ms) anew."""
        return rebuild(self._engine, since, until)

    @property
    def outdated(self) -> OutdatedRollups:
        """Rollups that were made by other definitions than today's."""
        return OutdatedRollups(self._engine, self._made_by)

    @property
    def persons(self) -> PersonTables:
        """A person's rows in all tables, to be read or taken out."""
        return PersonTables(self._engine)

    @property
    def identity(self) -> IdentityTables:
        """What tells whose visits they are."""
        return IdentityTables(self._engine)

    @property
    def exchange(self) -> ExchangeTables:
        """The rates by which money is converted when it is read."""
        return ExchangeTables(self._engine)

    def frozen(self) -> AbstractContextManager[Frozen]:
        """The embedded engine's tables as of now, as files that are there until the block ends."""
        return frozen(self._engine)

    def cancel(self) -> None:
        """End every statement that runs, but for inserts of new rows; whoever waits for one sees it fail."""
        self._engine.cancel()

    def close(self) -> None:
        """Close the store; another process may open it then."""
        self._engine.close()


def open_store(settings: Settings, bound: Bound) -> Store:
    """Open the store that the settings name and bring its tables, their retention and its views up to date.

    `bound` is what the catalogue says that the views apply: `measure.BOUND`.

    Raises Misconfigured when the DSN is none of ours, another process owns the folder, nothing answers, or a newer
    release has written it.
    """
    if settings.cluster:
        raise Misconfigured(
            "Afterclick runs over one ClickHouse server, not over a cluster yet: unset AFTERCLICK_CLUSTER, which is "
            "for `afterclick schema`."
        )
    engine = Engine(settings)
    try:
        drop_frozen(engine)
        with engine.between_inserts():
            make_views(engine, bound, schema=migrate(engine))
        keep_for(engine, settings.retention_days)
        drop_left_shadows(engine)
    except BaseException:
        engine.close()
        raise
    return Store(engine, definitions(bound))


_INSERT: dict[str, str | int] = {
    "insert_deduplicate": 1,
    # Without it, a repeated block is kept out of the base table but goes into the rollups again.
    "deduplicate_blocks_in_dependent_materialized_views": 1,
    # One thread makes one block of one batch, so that the token names all of it.
    "max_insert_threads": 1,
}
