"""Sessions: who is signed in where, until when.

A session ends when it is idle too long, when it is too old, or when somebody ends it. Its token is 256 random bits of
which only a digest is kept, so who reads the database signs in as nobody.
"""

from dataclasses import dataclass

from sqlalchemy import (
    BigInteger,
    Boolean,
    ColumnElement,
    Engine,
    ForeignKey,
    String,
    delete,
    or_,
    select,
    update,
)
from sqlalchemy.orm import Mapped, Session, mapped_column

from afterclick.accounts.holding import GOES_WITH_THE_MEMBER, SIGN_IN
from afterclick.accounts.tokens import digest, new_id, new_token
from afterclick.clock import Clock, now_ms
from afterclick.store.control.database import Base
from afterclick.store.holding import Held

HOUR_MS = 3_600_000
PENDING_MS = 10 * 60_000
"""How long the second factor may take."""
SEEN_EVERY_MS = 60_000
MOST = 50
"""Sessions that one member may have; beyond them the one seen longest ago ends."""


@dataclass(frozen=True)
class SignIn:
    """One session. Times are UTC ms; `agent` is what the browser calls itself; a pending one still owes its second
    factor and opens nothing else.
    """

    id: str
    member: str
    created: int
    seen: int
    address: str
    agent: str
    pending: bool


class SignInRow(Base):
    """A session as stored."""

    __tablename__ = "sign_ins"
    held = Held(
        why=SIGN_IN,
        holds="addresses and browsers of sign-ins",
        kept="until it ends",
        erased=GOES_WITH_THE_MEMBER,
    )

    digest: Mapped[str] = mapped_column(String(64), primary_key=True)
    id: Mapped[str] = mapped_column(String(32), unique=True)
    member: Mapped[str] = mapped_column(String(32), ForeignKey("members.id", ondelete="CASCADE"))
    created: Mapped[int] = mapped_column(BigInteger)
    seen: Mapped[int] = mapped_column(BigInteger)
    address: Mapped[str] = mapped_column(String(64))
    agent: Mapped[str] = mapped_column(String(300))
    pending: Mapped[bool] = mapped_column(Boolean)

    def sign_in(self) -> SignIn:
        """The row as what other rooms see."""
        return SignIn(self.id, self.member, self.created, self.seen, self.address, self.agent, self.pending)


class SignIns:
    """The sessions of this installation. Safe to use from any thread and process; blocks."""

    def __init__(self, engine: Engine, idle_hours: int, longest_hours: int, clock: Clock = now_ms) -> None:
        self._engine = engine
        self._idle_ms = idle_hours * HOUR_MS
        self._longest_ms = longest_hours * HOUR_MS
        self._clock = clock

    def start(self, member: str, address: str, agent: str, *, pending: bool = False) -> str:
        """Begin a session; its token, told this once."""
        token, now = new_token(), self._clock()
        row = SignInRow(
            digest=digest(token), id=new_id(), member=member, created=now, seen=now, address=_text(address, 64),
            agent=_text(agent, 300), pending=pending,
        )  # fmt: skip
        with Session(self._engine) as session, session.begin():
            session.execute(delete(SignInRow).where(self._ended(now)))
            session.add(row)
            session.flush()
            newest = (
                select(SignInRow.digest)
                .where(SignInRow.member == member)
                .order_by(SignInRow.seen.desc(), SignInRow.created.desc())
            )
            over = list(session.scalars(newest.offset(MOST)))
            session.execute(delete(SignInRow).where(SignInRow.digest.in_(over)))
        return token

    def find(self, token: str) -> SignIn | None:
        """The session of a token, None when there is none or it has ended. Notes, once a minute, that it was seen."""
        now = self._clock()
        with Session(self._engine) as session:
            query = select(SignInRow).where(SignInRow.digest == digest(token), ~self._ended(now))
            if (row := session.scalar(query)) is None:
                return None
            found = row.sign_in()
        if now - found.seen > SEEN_EVERY_MS:
            with Session(self._engine) as session, session.begin():
                session.execute(update(SignInRow).where(SignInRow.id == found.id).values(seen=now))
        return found

    def list(self, member: str) -> list[SignIn]:
        """The sessions of a member that still open something, the one seen last first."""
        query = select(SignInRow).where(
            SignInRow.member == member, ~SignInRow.pending, ~self._ended(self._clock())
        )
        with Session(self._engine) as session:
            return [row.sign_in() for row in session.scalars(query.order_by(SignInRow.seen.desc()))]

    def end(self, member: str, sign_in: str) -> None:
        """End one session of a member; nothing happens when it has ended already."""
        gone = delete(SignInRow).where(SignInRow.id == sign_in, SignInRow.member == member)
        with Session(self._engine) as session, session.begin():
            session.execute(gone)

    def end_all(self, member: str) -> None:
        """End every session of a member."""
        with Session(self._engine) as session, session.begin():
            session.execute(delete(SignInRow).where(SignInRow.member == member))

    def _ended(self, now: int) -> ColumnElement[bool]:
        return or_(
            SignInRow.seen < now - self._idle_ms,
            SignInRow.created < now - self._longest_ms,
            SignInRow.pending & (SignInRow.created < now - PENDING_MS),
        )


def _text(raw: str, longest: int) -> str:
    return raw.replace("\0", "").encode("utf-8", "replace").decode()[:longest]
