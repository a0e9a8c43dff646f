"""What jobs have learned, with its time: so that a restart forgets nothing that took long to find out.

One more thing to keep is one more `Fact`, beside the job that learns it.
"""

from dataclasses import dataclass
from typing import Generic, TypeVar

import msgspec
from sqlalchemy import BigInteger, Engine, String, Text
from sqlalchemy.orm import Mapped, Session, mapped_column

from afterclick.store.control.database import Base
from afterclick.store.control.upsert import put
from afterclick.store.holding import Held

T = TypeVar("T")


@dataclass(frozen=True)
class Fact(Generic[T]):
    """Something that is learned about each site again and again: its name, and the type that it is kept as."""

    name: str
    type: type[T]


@dataclass(frozen=True)
class Known(Generic[T]):
    """The newest value of a fact, and when it was learned (UTC ms)."""

    value: T
    time: int


class _Row(Base):
    __tablename__ = "learned"
    held = Held(
        why="what jobs have found out about whole sites, with its time",
    )

    site: Mapped[str] = mapped_column(String(64), primary_key=True)
    name: Mapped[str] = mapped_column(String(64), primary_key=True)
    time: Mapped[int] = mapped_column(BigInteger)
    document: Mapped[str] = mapped_column(Text)


class Learned:
    """The newest value of each fact of each site. Safe to use from any thread; blocks."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def keep(self, site: str, fact: Fact[T], value: T, time: int) -> None:
        """Keep the value as of `time` (UTC ms) in the place of the one before."""
        document = msgspec.json.encode(value).decode()
        with Session(self._engine) as session, session.begin():
            put(session, _Row(site=site, name=fact.name, time=time, document=document))

    def newest(self, site: str, fact: Fact[T]) -> Known[T] | None:
        """The newest value; None before the first, and for one of an older release that says something else."""
        with Session(self._engine) as session:
            row = session.get(_Row, (site, fact.name))
            if row is None:
                return None
            try:
                return Known(msgspec.json.decode(row.document, type=fact.type), row.time)
            except msgspec.ValidationError:
                return None
