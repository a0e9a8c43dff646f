"""One person as the records know them: every id by which a row, wherever it stands, is found to be theirs."""

from collections.abc import Collection, Generator, Iterator, Sequence
from contextlib import contextmanager
from uuid import uuid4

import msgspec
import pyarrow as pa

from afterclick.store.engine.connection import Engine
from afterclick.store.engine.query import Parameter, statements
from afterclick.store.schema.ddl import created
from afterclick.store.schema.nobody import NOBODY
from afterclick.store.schema.table import IdKind, Table
from afterclick.store.schema.tables.person_ids import PERSON_IDS
from afterclick.store.schema.tables.spans import SPANS

TOLD = (
    "enduser.id", "enduser.pseudo.id", "user.id", "user.name", "user.email", "user.hash", "session.id", "device.id",
    "app.installation.id", "usr.id",
)  # fmt: skip
"""Attributes by which OpenTelemetry's senders name a customer, as of its semantic conventions 1.37."""

SIGNS = ("user.", "session.id", "device.id", "pseudo.id", "installation.id", "usr.id")
"""Of each of them a piece, by which most rows are passed over."""

_SQL = statements("afterclick.store.erasure", "person.sql")
SHARED = _SQL["shared"].sql
"""Yields those of the person's visits in which somebody else was named."""


class PersonIds(msgspec.Struct, frozen=True, kw_only=True):
    """The ids of one person of a site.

    `users`, `devices` and `emails` (SHA-256 in hexadecimal) are as they were sent, `nodes` the keys of the identity
    graph. `visits` (UUIDs), `orders` and `traces` are those that were found to be theirs; `clients` are the marks under
    which the memory of visits keeps clients' own sessions. `minutes` (UTC ms) hold spans of theirs.
    """

    site: str
    users: tuple[str, ...] = ()
    devices: tuple[str, ...] = ()
    emails: tuple[str, ...] = ()
    nodes: tuple[int, ...] = ()
    visits: tuple[str, ...] = ()
    clients: tuple[str, ...] = ()
    orders: tuple[str, ...] = ()
    traces: tuple[str, ...] = ()
    minutes: tuple[int, ...] = ()

    def ids(self) -> Iterator[tuple[IdKind, str]]:
        """Every id with its kind."""
        named: tuple[tuple[IdKind, Sequence[str]], ...] = (
            ("user", self.users), ("device", self.devices), ("email", self.emails), ("visit", self.visits),
            ("client", self.clients), ("order", self.orders), ("trace", self.traces),
            ("node", [str(key) for key in self.nodes]),
        )  # fmt: skip
        for kind, values in named:
            for value in values:
                yield kind, value

    def with_more(self, other: "PersonIds") -> "PersonIds":
        """The ids of both; they must be of one site."""
        both = {
            name: tuple(dict.fromkeys((*getattr(self, name), *getattr(other, name))))
            for name in self.__struct_fields__
            if name != "site"
        }
        return PersonIds(site=self.site, **both)


def is_nobody(id: str) -> bool:
    """Whether a user or device id stands for nobody."""
    return not id or id.lower() in NOBODY


class _Named(msgspec.Struct):
    users: list[str]
    devices: list[str]
    emails: list[str]


def find_person(engine: Engine, asked: PersonIds) -> PersonIds:
    """All that belongs to the person whose `nodes` and ids are given; reads the site's events several times over."""
    found = msgspec.convert(
        engine.rows(_SQL["named_ids"].sql, {"site": asked.site, "keys": list(asked.nodes)}, tag="erasure")[0],
        _Named,
    )
    person = asked.with_more(
        PersonIds(
            site=asked.site,
            users=_somebody(found.users),
            devices=_somebody(found.devices),
            emails=tuple(found.emails),
        )
    )
    with listed(engine, person) as job:
        person = person.with_more(PersonIds(site=person.site, visits=_ids(engine, person, job, "visits")))
        job.add("visit", person.visits)
        orders = _ids(engine, person, job, "orders_of_person")
        traces = _ids(engine, person, job, "traces")
        job.add("order", orders)
        job.add("trace", traces)
        minutes = engine.rows(_MINUTES, job.parameters, tag="erasure")
    return person.with_more(
        PersonIds(
            site=person.site, orders=orders, traces=traces, minutes=tuple(row["minute"] for row in minutes)
        )
    )


def _somebody(ids: Collection[str]) -> tuple[str, ...]:
    return tuple(id for id in ids if not is_nobody(id))


class Listed:
    """A person's ids in the engine's memory, under a number of their own: statements find rows by them, so that no id
    stands in the text of a statement, which the engine would write to the disk.
    """

    def __init__(self, engine: Engine, person: PersonIds) -> None:
        self._engine = engine
        self.number = uuid4().hex
        self.parameters: dict[str, Parameter] = {
            "site": person.site,
            "job": self.number,
            "nobody": list(NOBODY),
            "told": list(TOLD),
            "signs": list(SIGNS),
        }
        engine.command(created(PERSON_IDS))
        self._insert([(kind, id) for kind, id in person.ids() if kind != "client"])

    def add(self, kind: IdKind, values: Sequence[str]) -> None:
        """More ids of a kind."""
        self._insert([(kind, value) for value in values])

    def _insert(self, ids: Sequence[tuple[str, str]]) -> None:
        if ids:
            kinds, values = zip(*ids, strict=True)
            rows = pa.table({"job": [self.number] * len(ids), "kind": kinds, "value": values})
            self._engine.insert("person_ids", rows)

    def forget(self) -> None:
        """Take them out of memory."""
        self._engine.command("ALTER TABLE person_ids DELETE WHERE job = {job:String}", {"job": self.number})


@contextmanager
def listed(engine: Engine, person: PersonIds) -> Generator[Listed]:
    """The person's ids where statements can use them, until the block ends."""
    job = Listed(engine, person)
    try:
        yield job
    finally:
        job.forget()


def rows_of(table: Table) -> str:
    """The SELECT that yields what makes each of the person's rows of a table itself; binds `Listed.parameters`."""
    if table.people is None or not table.people.found_by:
        return _SQL[table.name].sql
    theirs = " OR ".join(
        f"toString({column}) IN (SELECT value FROM person_ids WHERE job = {{job:String}} AND kind = '{kind}')"  # noqa: S608
        for column, kind in table.people.found_by.items()
    )
    return f"SELECT {', '.join(table.people.key)} FROM {table.name} WHERE {mine(table)} AND ({theirs})"  # noqa: S608


def mine(table: Table) -> str:
    """The condition that keeps to the person's site. A node's key is made of its site and id, so it needs none."""
    return "site = {site:String}" if table.has_site else "{site:String} != ''"


def _ids(engine: Engine, person: PersonIds, job: Listed, name: str) -> tuple[str, ...]:
    return tuple(row["id"] for row in engine.rows(_SQL[name].sql, job.parameters, tag="erasure"))


_MINUTES = (
    "SELECT DISTINCT toInt64(toUnixTimestamp64Milli(toDateTime64(toStartOfMinute(time), 3, 'UTC'))) AS minute "  # noqa: S608
    f"FROM spans WHERE site = {{site:String}} AND (trace_id, span_id) IN ({rows_of(SPANS)})"
)
