"""Unmerging: pairs of nodes that a person said are not one, kept in the control database."""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from typing import Protocol

from sqlalchemy import BigInteger, Engine, String, delete, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from afterclick.errors import InvalidInput, NotFound
from afterclick.store.control.database import Base
from afterclick.store.control.upsert import put
from afterclick.store.holding import Held
from afterclick.store.rollups.identity import NodeKind

_KINDS: dict[str, NodeKind] = {"device": "device", "user": "user", "email": "email"}


@dataclass(frozen=True, order=True)
class Node:
    """One thing by which a person is known: a device id, a user id, or the SHA-256 of an e-mail address in hex."""

    kind: NodeKind
    id: str

    def __str__(self) -> str:
        return f"{self.kind}:{self.id}"

    @classmethod
    def parse(cls, text: str) -> "Node":
        """A node as people write it, such as `user:4711`.

        Raises InvalidInput when it is none.
        """
        kind, _, id = text.partition(":")
        if kind not in _KINDS or not id or len(id) > 256:
            raise InvalidInput(f"{text[:64]!r} names no node; write device:ID, user:ID or email:SHA256.")
        return cls(_KINDS[kind], id)


@dataclass(frozen=True)
class Cut:
    """The edge between two nodes of a site does not count; made at `time`, UTC ms."""

    site: str
    one: Node
    other: Node
    time: int


class Cuts(Protocol):
    """Keeps cuts. Safe to call from any thread; blocks."""

    def list(self) -> Sequence[Cut]:
        """The cuts of all sites."""
        ...


class _Row(Base):
    __tablename__ = "identity_cuts"
    held = Held(
        why="links that do not count",
        holds="ids that somebody parted, in clear",
        kept="until joined again",
        erased="pairs with a node of the person are deleted; the file is written anew",
        cleared=("one", "other"),
    )

    site: Mapped[str] = mapped_column(String(64), primary_key=True)
    one_kind: Mapped[str] = mapped_column(String(8), primary_key=True)
    one: Mapped[str] = mapped_column(String(256), primary_key=True)
    other_kind: Mapped[str] = mapped_column(String(8), primary_key=True)
    other: Mapped[str] = mapped_column(String(256), primary_key=True)
    time: Mapped[int] = mapped_column(BigInteger)


class SqlCuts:
    """Cuts in the control database, whose table `identity_cuts` an Alembic revision makes."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def cut(self, site: str, one: Node, other: Node, time: int) -> None:
        """Let the edge between the nodes, seen or yet to come, count no more; again changes nothing.

        Raises InvalidInput when the nodes are one.
        """
        if one == other:
            raise InvalidInput("A node cannot be parted from itself; name two.")
        with Session(self._engine) as session, session.begin():
            put(session, _row(site, one, other, time))

    def mend(self, site: str, one: Node, other: Node) -> None:
        """Let the edge count again; raises NotFound when it is not cut."""
        key = _row(site, one, other, 0)
        wanted = delete(_Row).where(
            _Row.site == site,
            _Row.one_kind == key.one_kind,
            _Row.one == key.one,
            _Row.other_kind == key.other_kind,
            _Row.other == key.other,
        )
        with Session(self._engine) as session, session.begin():
            found = session.scalars(wanted.returning(_Row.site)).all()
        if not found:
            raise NotFound(f"{one} and {other} are not parted.")

    def forget(self, site: str, keys: Collection[int], key: Callable[[str, Node], int]) -> int:
        """Delete the cuts of a site that name one of the nodes with these keys; how many there were."""
        wanted = set(keys)
        theirs = [
            cut
            for cut in self.list()
            if cut.site == site and wanted & {key(site, cut.one), key(site, cut.other)}
        ]
        for cut in theirs:
            self.mend(site, cut.one, cut.other)
        return len(theirs)

    def list(self) -> Sequence[Cut]:
        """The cuts of all sites, by site and nodes."""
        order = (_Row.site, _Row.one_kind, _Row.one, _Row.other_kind, _Row.other)
        with Session(self._engine) as session:
            return [_cut(row) for row in session.scalars(select(_Row).order_by(*order))]


def _row(site: str, one: Node, other: Node, time: int) -> _Row:
    one, other = sorted((one, other))
    return _Row(site=site, one_kind=one.kind, one=one.id, other_kind=other.kind, other=other.id, time=time)


def _cut(row: _Row) -> Cut:
    return Cut(
        row.site, Node(_KINDS[row.one_kind], row.one), Node(_KINDS[row.other_kind], row.other), row.time
    )
