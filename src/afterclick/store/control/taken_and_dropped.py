"""What was taken and what was dropped, by site, door, reason and minute: the figures of the Data quality
page.

Spools count in the same commit as the rows; the drain publishes the counts to the control database, each
minute with its whole count, so that publishing twice changes nothing.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Protocol

from sqlalchemy import BigInteger, Engine, String, and_, delete, func, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from afterclick.clock import now_ms
from afterclick.jobs import Job, Stop
from afterclick.store.control.database import Base
from afterclick.store.control.upsert import put
from afterclick.store.holding import Held
from afterclick.store.scope import Scope
from afterclick.store.spool.batch import ACCEPTED, MENDED, Tally


class TallyRow(Base):
    """Rows that met one end at one door in one minute of one spool."""

    __tablename__ = "tallies"
    held = Held(
        why="counts of what was taken and dropped",
    )

    spool: Mapped[str] = mapped_column(String(36), primary_key=True)
    site: Mapped[str] = mapped_column(String(64), primary_key=True)
    door: Mapped[str] = mapped_column(String(16), primary_key=True)
    reason: Mapped[str] = mapped_column(String(32), primary_key=True)
    minute: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    rows: Mapped[int] = mapped_column(BigInteger)
    last: Mapped[int] = mapped_column(BigInteger)


_DROPPED = and_(TallyRow.reason != ACCEPTED, ~TallyRow.reason.startswith(MENDED))


@dataclass(frozen=True)
class Dropped:
    """Rows dropped at one door for one reason, the newest in the minute of `time` (UTC ms).

    `reason` is the text of a DropReason; another one where a release that knew it counted.
    """

    door: str
    reason: str
    rows: int
    time: int


@dataclass(frozen=True)
class Minute:
    """Rows taken and dropped in one minute; `minute` is its start, UTC ms."""

    minute: int
    accepted: int
    dropped: int


class Quality:
    """Reads and publishes intake counts; `since` and `until` are UTC ms, `until` not included."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def publish(self, spool: str, tallies: Iterable[Tally]) -> None:
        """Set the counts of a spool's minutes."""
        with Session(self._engine) as session, session.begin():
            for tally in tallies:
                put(session, TallyRow(spool=spool, **_columns(tally)))

    def drops(self, scope: Scope, since: int, until: int) -> list[Dropped]:
        """Dropped rows by door and reason, most first."""
        total = func.sum(TallyRow.rows)
        query = (
            select(TallyRow.door, TallyRow.reason, total, func.max(TallyRow.minute))
            .where(TallyRow.site == scope.site, _DROPPED)
            .where(TallyRow.minute >= since, TallyRow.minute < until)
            .group_by(TallyRow.door, TallyRow.reason)
            .order_by(total.desc())
        )
        with Session(self._engine) as session:
            return [
                Dropped(door, reason, int(rows), minute)
                for door, reason, rows, minute in session.execute(query)
            ]

    def mended(self, scope: Scope, since: int, until: int) -> dict[str, int]:
        """Rows that were put right and taken, by what was wrong with them, such as CORRECTED_CLOCK."""
        query = (
            select(TallyRow.reason, func.sum(TallyRow.rows))
            .where(TallyRow.site == scope.site, TallyRow.reason.startswith(MENDED))
            .where(TallyRow.minute >= since, TallyRow.minute < until)
            .group_by(TallyRow.reason)
        )
        with Session(self._engine) as session:
            return {reason: int(rows) for reason, rows in session.execute(query)}

    def accepted(self, scope: Scope, since: int, until: int) -> dict[str, int]:
        """Rows taken, by door."""
        query = (
            select(TallyRow.door, func.sum(TallyRow.rows))
            .where(TallyRow.site == scope.site, TallyRow.reason == ACCEPTED)
            .where(TallyRow.minute >= since, TallyRow.minute < until)
            .group_by(TallyRow.door)
        )
        with Session(self._engine) as session:
            return {door: int(rows) for door, rows in session.execute(query)}

    def last_accepted(self, scope: Scope, since: int) -> dict[str, int]:
        """When each door last took something (UTC ms), of those that did since."""
        query = (
            select(TallyRow.door, func.max(TallyRow.last))
            .where(TallyRow.site == scope.site, TallyRow.reason == ACCEPTED, TallyRow.minute >= since)
            .group_by(TallyRow.door)
        )
        with Session(self._engine) as session:
            return {door: int(last) for door, last in session.execute(query)}

    def minutes(self, scope: Scope, since: int, until: int) -> list[Minute]:
        """Rows taken and dropped, minute by minute; minutes without traffic are left out."""
        query = (
            select(TallyRow.minute, TallyRow.reason, func.sum(TallyRow.rows))
            .where(TallyRow.site == scope.site, TallyRow.minute >= since, TallyRow.minute < until)
            .where(~TallyRow.reason.startswith(MENDED))
            .group_by(TallyRow.minute, TallyRow.reason)
            .order_by(TallyRow.minute)
        )
        found: dict[int, Minute] = {}
        with Session(self._engine) as session:
            for minute, reason, rows in session.execute(query):
                so_far = found.get(minute, Minute(minute, 0, 0))
                taken = int(rows) if reason == ACCEPTED else 0
                found[minute] = Minute(minute, so_far.accepted + taken, so_far.dropped + int(rows) - taken)
        return list(found.values())

    def forget(self, before: int) -> None:
        """Delete counts of minutes before `before`."""
        with Session(self._engine) as session, session.begin():
            session.execute(delete(TallyRow).where(TallyRow.minute < before))


def _columns(tally: Tally) -> dict[str, str | int]:
    return {
        "site": tally.site,
        "door": tally.door,
        "reason": tally.reason,
        "minute": tally.minute,
        "rows": tally.rows,
        "last": tally.last,
    }


KEEP_MS = 90 * 86_400_000
"""No page shows older counts."""


class _Parts(Protocol):
    @property
    def quality(self) -> Quality: ...


def _forget(parts: _Parts, _: Stop) -> None:
    parts.quality.forget(now_ms() - KEEP_MS)


FORGET_TALLIES = Job("forget tallies", 3600, _forget, "deletes intake counts that no page shows any more")
