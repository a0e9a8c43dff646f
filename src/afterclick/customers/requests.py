"""What was asked about people: exports and erasures, who asked, and how far they are."""

import secrets
from collections.abc import Sequence
from typing import Literal

import msgspec
from sqlalchemy import BigInteger, Engine, Integer, Select, String, Text, select, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from afterclick.accounts.secrets import Secrets
from afterclick.clock import Clock, now_ms
from afterclick.errors import NotFound
from afterclick.store.control.database import Base
from afterclick.store.erasure import PersonIds
from afterclick.store.holding import Held

Kind = Literal["export", "erase"]
Status = Literal["waiting", "done"]

_PURPOSE = "erasure at work"


class Request(msgspec.Struct, frozen=True, kw_only=True):
    """One export or erasure. `about` tells people apart without naming them; times are UTC ms.

    `step` is the one that is next, of the erasure's steps; `message` says what keeps it waiting, empty for nothing.
    `records` counts what was found, by table.
    """

    id: str
    site: str
    kind: Kind
    about: str
    asked_by: str
    asked: int
    status: Status = "waiting"
    step: int = 0
    finished: int | None = None
    message: str = ""
    records: dict[str, int] = {}


class _Row(Base):
    __tablename__ = "privacy_requests"
    held = Held(
        why="who asked for what, and when it was done",
        holds="the ids of an erasure at work, sealed with the installation's key; then none",
        kept="the ids until it is done, the rest for good",
        erased="cleared when it is done",
        cleared=("sealed",),
    )

    id: Mapped[str] = mapped_column(String(16), primary_key=True)
    site: Mapped[str] = mapped_column(String(64))
    kind: Mapped[str] = mapped_column(String(8))
    about: Mapped[str] = mapped_column(String(64))
    asked_by: Mapped[str] = mapped_column(String(256))
    asked: Mapped[int] = mapped_column(BigInteger)
    status: Mapped[str] = mapped_column(String(8))
    step: Mapped[int] = mapped_column(Integer)
    finished: Mapped[int | None] = mapped_column(BigInteger)
    message: Mapped[str] = mapped_column(String(512))
    records: Mapped[str] = mapped_column(Text)
    sealed: Mapped[str] = mapped_column(Text)

    def request(self) -> Request:
        """The row as what other rooms see."""
        fields = {name: getattr(self, name) for name in Request.__struct_fields__ if name != "records"}
        return msgspec.convert({**fields, "records": msgspec.json.decode(self.records)}, Request)


class Requests:
    """The requests of an installation, in the control database. Safe to use from any thread.

    The ids of an erasure at work are sealed by the installation's keys, and deleted when it is done.
    """

    def __init__(self, engine: Engine, secrets: Secrets, clock: Clock = now_ms) -> None:
        self._engine = engine
        self._secrets = secrets
        self._clock = clock

    def exported(self, site: str, about: str, asked_by: str, records: dict[str, int]) -> Request:
        """Write down an export that was made."""
        now = self._clock()
        made = Request(
            id=secrets.token_hex(8), site=site, kind="export", about=about, asked_by=asked_by[:256], asked=now,
            status="done", finished=now, records=records,
        )  # fmt: skip
        self._add(made, "")
        return made

    def erasing(self, person: PersonIds, about: str, asked_by: str) -> Request:
        """Write down an erasure to be run."""
        made = Request(
            id=secrets.token_hex(8), site=person.site, kind="erase", about=about, asked_by=asked_by[:256],
            asked=self._clock(),
        )  # fmt: skip
        self._add(made, self._sealed(person))
        return made

    def person(self, request: str) -> PersonIds:
        """Whom an erasure at work is about; raises NotFound when it is done."""
        with Session(self._engine) as session:
            row = session.get(_Row, request)
            if row is None or not row.sealed:
                raise NotFound(f"There is no erasure {request} at work.")
            return msgspec.json.decode(self._secrets.unseal(row.sealed, _PURPOSE), type=PersonIds)

    def found(self, request: str, person: PersonIds, records: dict[str, int]) -> None:
        """Keep what was found to be theirs, until it is gone."""
        self._set(request, sealed=self._sealed(person), records=msgspec.json.encode(records).decode())

    def at(self, request: str, step: int) -> None:
        """The step that is next."""
        self._set(request, step=step, message="")

    def held_up(self, request: str, message: str) -> None:
        """What keeps it waiting."""
        self._set(request, message=message[:512])

    def done(self, request: str) -> None:
        """All is gone, the person's ids among it."""
        self._set(request, status="done", finished=self._clock(), sealed="", message="")

    def get(self, request: str) -> Request:
        """One; raises NotFound."""
        with Session(self._engine) as session:
            row = session.get(_Row, request)
            if row is None:
                raise NotFound(f"There is no request {request[:32]!r}.")
            return row.request()

    def unfinished(self) -> Sequence[Request]:
        """Erasures that are not done, of all sites, oldest first."""
        return self._list(select(_Row).where(_Row.status != "done").order_by(_Row.asked))

    def list(self, site: str, limit: int = 100) -> Sequence[Request]:
        """The newest of a site."""
        return self._list(select(_Row).where(_Row.site == site).order_by(_Row.asked.desc()).limit(limit))

    def _list(self, query: Select[_Row]) -> Sequence[Request]:
        with Session(self._engine) as session:
            return [row.request() for row in session.scalars(query)]

    def _add(self, made: Request, sealed: str) -> None:
        fields = {name: getattr(made, name) for name in made.__struct_fields__}
        fields["records"] = msgspec.json.encode(made.records).decode()
        with Session(self._engine) as session, session.begin():
            session.add(_Row(**fields, sealed=sealed))

    def _set(self, request: str, **values: object) -> None:
        with Session(self._engine) as session, session.begin():
            session.execute(update(_Row).where(_Row.id == request).values(values))

    def _sealed(self, person: PersonIds) -> str:
        return self._secrets.seal(msgspec.json.encode(person).decode(), _PURPOSE)
