"""The audit log: who did what to what, in rows that are only ever added.

Each row's digest covers the row before it (a hash chain, as in Schneier and Kelsey, "Secure Audit Logs to Support
Computer Forensics", 1999), so a changed, removed or inserted row shows when the chain is walked; the database
itself refuses to change or delete a row.
"""

import hashlib
from collections.abc import Iterator
from dataclasses import asdict, astuple, dataclass, replace

import msgspec
from sqlalchemy import BigInteger, Engine, Select, String, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Mapped, Session, mapped_column

from afterclick.accounts.viewer import Viewer
from afterclick.clock import Clock, now_ms
from afterclick.errors import Unavailable
from afterclick.store.control.database import Base
from afterclick.store.holding import Held

PAGE = 100
_ATTEMPTS = 100
_GENESIS = "0" * 64


@dataclass(frozen=True)
class Entry:
    """One row of the log. `number` counts from 1 without gaps; `time` is UTC ms; `kind`, `who` and `name` are the
    viewer's; `site` is empty for what concerns the whole installation; `digest` covers this row and the one before.
    """

    number: int
    time: int
    kind: str
    who: str
    name: str
    action: str
    target: str
    site: str
    detail: str
    digest: str


@dataclass(frozen=True)
class Asked:
    """Which entries to read: an empty field asks for all. `who` is a part of the name or the whole id, `action` how
    it begins (`key.`), `target` a part of it; `since` and `until` are UTC ms, `until` not included. `sites` are those
    that the reader may see, None for each one and the installation itself.
    """

    who: str = ""
    action: str = ""
    target: str = ""
    site: str = ""
    since: int = 0
    until: int = 0
    sites: frozenset[str] | None = None


EVERYTHING = Asked()


@dataclass(frozen=True)
class Verdict:
    """What walking the chain found: `rows` that hold, the newest row's digest (to compare with an export kept
    elsewhere), and the number of the first row that does not hold, None when all do.
    """

    rows: int
    digest: str
    broken: int | None


class AuditRow(Base):
    """An entry as stored; triggers refuse any change."""

    __tablename__ = "audit"
    held = Held(
        why="who did what to what",
        holds="ids of visits that somebody looked at",
        kept="for good",
        erased="stays: once the visit is erased, its id leads nowhere",
    )

    number: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    time: Mapped[int] = mapped_column(BigInteger)
    kind: Mapped[str] = mapped_column(String(16))
    who: Mapped[str] = mapped_column(String(64))
    name: Mapped[str] = mapped_column(String(256))
    action: Mapped[str] = mapped_column(String(64))
    target: Mapped[str] = mapped_column(String(256))
    site: Mapped[str] = mapped_column(String(64))
    detail: Mapped[str] = mapped_column(String(1024))
    digest: Mapped[str] = mapped_column(String(64))

    def entry(self) -> Entry:
        """The row as what other rooms see."""
        return Entry(
            self.number, self.time, self.kind, self.who, self.name, self.action, self.target, self.site, self.detail,
            self.digest,
        )  # fmt: skip


class Audit:
    """The audit log of this installation. Safe to use from any thread and process; blocks."""

    def __init__(self, engine: Engine, clock: Clock = now_ms) -> None:
        self._engine = engine
        self._clock = clock

    def record(self, viewer: Viewer, action: str, target: str, site: str = "", detail: str = "") -> Entry:
        """Add an entry: `action` in dotted words (`key.create`), `target` what it was done to.

        Never put a secret in it, nor what a customer can be told by: a visit's id, not its user. Texts longer than
        their column are cut. Raises Unavailable when too many write at once.
        """
        wanted = Entry(
            0, 0, viewer.kind, _text(viewer.id, 64), _text(viewer.name, 256), _text(action, 64), _text(target, 256),
            _text(site, 64), _text(detail, 1024), "",
        )  # fmt: skip
        for _ in range(_ATTEMPTS):
            if (entry := self._append(wanted)) is not None:
                return entry
        raise Unavailable("Too many write to the audit log at once; try again in a moment.")

    def _append(self, wanted: Entry) -> Entry | None:
        """The entry behind the newest one, or None when another took its number meanwhile."""
        try:
            with Session(self._engine) as session, session.begin():
                last = session.scalar(select(AuditRow).order_by(AuditRow.number.desc()).limit(1))
                number, before = (last.number + 1, last.digest) if last else (1, _GENESIS)
                entry = _chained(replace(wanted, number=number, time=self._clock()), before)
                session.add(AuditRow(**asdict(entry)))
        except IntegrityError:
            return None
        return entry

    def read(self, asked: Asked = EVERYTHING, before: int = 0, limit: int = PAGE) -> list[Entry]:
        """At most `limit` entries, newest first, of those numbered below `before` (0: from the newest)."""
        query = _filtered(asked).order_by(AuditRow.number.desc()).limit(limit)
        if before:
            query = query.where(AuditRow.number < before)
        with Session(self._engine) as session:
            return [row.entry() for row in session.scalars(query)]

    def every(self, asked: Asked = EVERYTHING) -> Iterator[Entry]:
        """All entries asked for, newest first, read a page at a time."""
        before = 0
        while found := self.read(asked, before, PAGE * 10):
            yield from found
            before = found[-1].number

    def verify(self) -> Verdict:
        """Walk the whole chain, oldest first."""
        digest, rows = _GENESIS, 0
        query = select(AuditRow).order_by(AuditRow.number).execution_options(yield_per=1000)
        with Session(self._engine) as session, session.scalars(query) as stored:
            for row in stored:
                entry = row.entry()
                if entry != _chained(replace(entry, number=rows + 1), digest):
                    return Verdict(rows, digest, rows + 1)
                digest, rows = entry.digest, rows + 1
        return Verdict(rows, digest, None)


def _chained(entry: Entry, before: str) -> Entry:
    """The entry with its digest: SHA-256 of the JSON list of the digest before it and its other fields, in order."""
    said = msgspec.json.encode([before, *astuple(entry)[:-1]])
    return replace(entry, digest=hashlib.sha256(said).hexdigest())


def _filtered(asked: Asked) -> Select[AuditRow]:
    query = select(AuditRow)
    if asked.who:
        query = query.where((AuditRow.who == asked.who) | AuditRow.name.icontains(asked.who, autoescape=True))
    if asked.action:
        query = query.where(AuditRow.action.startswith(asked.action, autoescape=True))
    if asked.target:
        query = query.where(AuditRow.target.icontains(asked.target, autoescape=True))
    if asked.site:
        query = query.where(AuditRow.site == asked.site)
    if asked.since:
        query = query.where(AuditRow.time >= asked.since)
    if asked.until:
        query = query.where(AuditRow.time < asked.until)
    if asked.sites is not None:
        query = query.where(AuditRow.site.in_(asked.sites))
    return query


def _text(raw: str, longest: int) -> str:
    """What every database stores: no NUL, no lone surrogate, at most `longest` characters."""
    return raw.replace("\0", "").encode("utf-8", "replace").decode()[:longest]
