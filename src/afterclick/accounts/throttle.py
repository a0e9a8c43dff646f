"""Holding back who guesses: failed attempts by key, and a wait that doubles with each.

Kept in the control database, so that it holds over restarts and for every app on it; bounded in rows.
"""

import hashlib
import threading
from dataclasses import dataclass
from ipaddress import IPv6Address, ip_address, ip_network

from sqlalchemy import BigInteger, Engine, Integer, String, delete, func, select, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from afterclick.clock import Clock, now_ms
from afterclick.errors import TooMany
from afterclick.store.control.database import Base
from afterclick.store.control.upsert import put
from afterclick.store.holding import Held

LONGEST_WAIT_MS = 15 * 60_000
FORGOTTEN_MS = 24 * 3_600_000
LARGEST = 20_000
"""Rows kept at most; beyond them the oldest are forgotten."""


@dataclass(frozen=True)
class Limit:
    """Failures under `key` that go free; each further one doubles the wait, from one second to a quarter of an hour.

    Under a `shared` key others fail too: a success takes back its own attempt and leaves theirs.
    """

    key: str
    free: int
    shared: bool = False

    def wait_ms(self, failures: int) -> int:
        """How long after the last failure nobody is let in."""
        over = failures - self.free
        return min(LONGEST_WAIT_MS, 1000 << min(over, 20)) if over >= 0 else 0


def limits(account: str, address: str, device: str = "") -> tuple[Limit, ...]:
    """The limits on guessing at an account from an address: the two together tightest.

    A browser that the owner has used before, by its number, has a limit of its own and no other, so that who guesses
    elsewhere, from however many addresses, cannot keep the owner out.
    """
    if device:
        return (Limit(_hashed("device", account, device), 5),)
    place = network(address)
    return (
        Limit(_hashed("both", account, place), 5),
        Limit(_hashed("account", account), 50),
        Limit(_hashed("address", place), 30, shared=True),
    )


def network(address: str) -> str:
    """The address, or the /64 that one subscriber has of IPv6."""
    try:
        parsed = ip_address(address)
    except ValueError:
        return address[:64]
    if isinstance(parsed, IPv6Address):
        if parsed.ipv4_mapped is None:
            return str(ip_network((parsed.packed[:8] + bytes(8), 64)))
        parsed = parsed.ipv4_mapped  # how a server that listens on :: sees IPv4
    return str(parsed)


class AttemptRow(Base):
    """Failures in a row under a key."""

    __tablename__ = "attempts"
    held = Held(
        why="throttles guessing",
        holds="addresses and accounts, hashed, of failed sign-ins",
        kept="a day",
        erased="ages",
    )

    key: Mapped[str] = mapped_column(String(64), primary_key=True)
    failures: Mapped[int] = mapped_column(Integer)
    last: Mapped[int] = mapped_column(BigInteger)


class Throttle:
    """Failed attempts of this installation, kept by the one app that serves it. Safe to use from any thread; blocks."""

    def __init__(self, engine: Engine, clock: Clock = now_ms) -> None:
        self._engine = engine
        self._clock = clock
        self._counting = threading.Lock()  # SQLite locks no row that is read to be written

    def begin(self, wanted: tuple[Limit, ...]) -> None:
        """Count an attempt as failed before it is judged, so that many at once are not all let through.

        Raises TooMany, and counts nothing, while a limit holds.
        """
        now = self._clock()
        with self._counting, Session(self._engine) as session, session.begin():
            for limit in sorted(wanted, key=lambda one: one.key):
                row = session.get(AttemptRow, limit.key, with_for_update=True)
                failures = row.failures if row and row.last > now - FORGOTTEN_MS else 0
                left = (row.last + limit.wait_ms(failures) - now) if row and failures else 0
                if left > 0:
                    raise TooMany(_sentence(left), -(-left // 1000))
                put(session, AttemptRow(key=limit.key, failures=failures + 1, last=now))
            self._bound(session, now)

    def succeeded(self, wanted: tuple[Limit, ...]) -> None:
        """Forget the failures under these limits; under a shared one only the attempt that succeeded."""
        own, shared = ([limit.key for limit in wanted if limit.shared is kind] for kind in (False, True))
        one_less = update(AttemptRow).where(AttemptRow.key.in_(shared), AttemptRow.failures > 0)
        with self._counting, Session(self._engine) as session, session.begin():
            session.execute(delete(AttemptRow).where(AttemptRow.key.in_(own)))
            session.execute(one_less.values(failures=AttemptRow.failures - 1))

    def _bound(self, session: Session, now: int) -> None:
        session.execute(delete(AttemptRow).where(AttemptRow.last < now - FORGOTTEN_MS))
        over = (session.scalar(select(func.count()).select_from(AttemptRow)) or 0) - LARGEST
        if over > 0:
            oldest = select(AttemptRow.key).order_by(AttemptRow.last, AttemptRow.failures).limit(over)
            session.execute(delete(AttemptRow).where(AttemptRow.key.in_(oldest)))


def _sentence(left_ms: int) -> str:
    seconds = -(-left_ms // 1000)
    wait = f"{seconds} seconds" if seconds < 120 else f"{-(-seconds // 60)} minutes"
    return f"Too many failed attempts; try again in {wait}."


def _hashed(*parts: str) -> str:
    return hashlib.sha256("\0".join(parts).encode("utf-8", "surrogatepass")).hexdigest()
