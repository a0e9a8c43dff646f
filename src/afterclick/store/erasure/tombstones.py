"""Keeps erased people away: rows that still name one of their ids are dropped in the drain, and counted.

Only keyed hashes are kept (BLAKE2b, RFC 7693, with a key of the installation), so that who was erased cannot be read
from them, nor tried out by whoever has the database alone. A tombstone stays until somebody lifts it.
"""

import threading
import time
from collections.abc import Callable, Iterable, Sequence
from functools import lru_cache
from hashlib import blake2b
from typing import NamedTuple

from sqlalchemy import BigInteger, Engine, String, delete, func, select
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Mapped, Session, mapped_column

from afterclick.clock import Clock, now_ms
from afterclick.errors import Unavailable
from afterclick.store.control.database import Base
from afterclick.store.control.upsert import put
from afterclick.store.erasure.person import IdKind
from afterclick.store.holding import Held

AGAIN_SECONDS = 5.0
"""How old what is known may be: another process may have erased somebody."""

_REMEMBERED = 1 << 16
_AT_ONCE = 500


class Tombstone(NamedTuple):
    """One id of a site that stays away; `request` is the erasure's, `time` when it was put up, UTC ms."""

    site: str
    digest: str
    request: str
    time: int


class _Row(Base):
    __tablename__ = "tombstones"
    held = Held(
        why="keeps late data of erased people out",
        holds="keyed hashes of erased ids",
        kept="until lifted",
        erased="lifted when they may come again",
    )

    site: Mapped[str] = mapped_column(String(64), primary_key=True)
    digest: Mapped[str] = mapped_column(String(32), primary_key=True)
    request: Mapped[str] = mapped_column(String(16))
    time: Mapped[int] = mapped_column(BigInteger)


def tombstones(engine: Engine) -> list[Tombstone]:
    """All of an installation, oldest first: what a restored backup must be held to (see `Tombstones.add_all`)."""
    order = select(_Row).order_by(_Row.time, _Row.site, _Row.digest)
    with Session(engine) as session:
        return [Tombstone(row.site, row.digest, row.request, row.time) for row in session.scalars(order)]


class Tombstones:
    """Those of one installation. Safe to use from any thread.

    `keys` are the installation's, newest first: the first one makes hashes, each one finds what it made. Lookups use
    what was read at most AGAIN_SECONDS ago.
    """

    def __init__(
        self,
        engine: Engine,
        keys: Sequence[bytes],
        clock: Clock = now_ms,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._engine = engine
        self._keys = tuple(keys)
        self._clock = clock
        self._monotonic = monotonic
        self._lock = threading.Lock()
        self._known: dict[str, frozenset[str]] = {}
        self._state: tuple[int, int] | None = None
        self._due = 0.0
        self._digests = lru_cache(_REMEMBERED)(self._made)

    def add(self, site: str, ids: Iterable[tuple[IdKind, str]], request: str) -> None:
        """Keep these ids away from now on; again changes nothing."""
        now = self._clock()
        self.add_all(Tombstone(site, self._made(site, kind, id)[0], request, now) for kind, id in ids)

    def add_all(self, stones: Iterable[Tombstone]) -> None:
        """Put up tombstones of this installation that a backup did not have."""
        with Session(self._engine) as session, session.begin():
            for stone in stones:
                put(session, _Row(**stone._asdict()))
        self._read_again()

    def lift(self, site: str, ids: Iterable[tuple[IdKind, str]]) -> int:
        """Let these ids come in again; how many were kept away."""
        digests = [digest for kind, id in ids for digest in self._made(site, kind, id)]
        gone = 0
        with Session(self._engine) as session, session.begin():
            for at in range(0, len(digests), _AT_ONCE):
                some = digests[at : at + _AT_ONCE]
                wanted = delete(_Row).where(_Row.site == site, _Row.digest.in_(some))
                gone += len(session.scalars(wanted.returning(_Row.digest)).all())
        self._read_again()
        return gone

    def sites(self) -> frozenset[str]:
        """Sites with erased people.

        Raises Unavailable when they cannot be read and never were.
        """
        self._keep_up()
        return frozenset(self._known)

    def covers(self, site: str, kind: IdKind, id: str) -> bool:
        """Whether this id stays away, as far as is known."""
        known = self._known.get(site)
        return known is not None and any(digest in known for digest in self._digests(site, kind, id))

    def mark(self, site: str, kind: IdKind, id: str) -> str:
        """A keyed hash that stands for an id where it must not be told, 32 hexadecimal digits."""
        return self._made(site, kind, id)[0]

    def _made(self, site: str, kind: IdKind, id: str) -> tuple[str, ...]:
        text = f"{kind}\0{site}\0{id}".encode("utf-8", "replace")
        return tuple(blake2b(text, key=key, digest_size=16).hexdigest() for key in self._keys)

    def _keep_up(self) -> None:
        if self._monotonic() < self._due:
            return
        with self._lock:
            if self._monotonic() < self._due:
                return
            try:
                self._read()
            except SQLAlchemyError as error:
                if self._state is None:  # rows wait rather than bring somebody back
                    raise Unavailable(
                        f"Who was erased cannot be read ({error}); rows wait until it can."
                    ) from error
            self._due = self._monotonic() + AGAIN_SECONDS

    def _read_again(self) -> None:
        with self._lock:
            self._state = None
            self._read()

    def _read(self) -> None:
        with Session(self._engine) as session:
            rows, newest = session.execute(select(func.count(), func.max(_Row.time)).select_from(_Row)).one()
            state = (int(rows), int(newest or 0))
            if state == self._state:
                return
            known: dict[str, set[str]] = {}
            for site, digest in session.execute(select(_Row.site, _Row.digest)):
                known.setdefault(site, set()).add(digest)
        self._known = {site: frozenset(digests) for site, digests in known.items()}
        self._state = state
