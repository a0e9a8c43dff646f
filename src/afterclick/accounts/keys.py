"""Write keys: who may send data to which site, and with what further capability.

A key is 128 random bits behind a readable prefix, found by its SHA-256 (so much entropy needs no slow hash).
A key without capabilities is public by nature, every visitor reads it in the page, so it is also kept in
clear and can be printed again; one with capabilities is shown once, when it is made.

A key is rotated with an overlap: the new one takes its place at once, the old one goes on until its end.
"""

import hashlib
import secrets
from collections.abc import Iterable
from dataclasses import dataclass, fields, replace
from ipaddress import ip_address

from sqlalchemy import BigInteger, Boolean, Engine, ForeignKey, String, Text, Update, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Mapped, Session, mapped_column

from afterclick.accounts.origins import origin_pattern
from afterclick.accounts.sites import SiteRow
from afterclick.clock import Clock, now_ms
from afterclick.errors import InvalidInput, NotFound
from afterclick.store.control.database import Base
from afterclick.store.holding import Held

CAPABILITIES = frozenset({"historical"})
"""`historical`: times are taken as given, `received` equals the event's own time."""

_PREFIX = "ac_"
_RANDOM_BYTES = 16
_WHOLE = len(_PREFIX) + 2 * _RANDOM_BYTES
_SHOWN = 9
_LONGEST_OVERLAP_HOURS = 90 * 24
_MOST_ORIGINS = 100


@dataclass(frozen=True)
class Grant:
    """What a key opens: the site it writes to, and its capabilities. `key` is its prefix, for logs and
    limits. `origins` are the pages that browsers may send from, none meaning all; `browsers_only` asks for an Origin.
    `currency` is that of the site: the one of sums which name none.
    """

    site: str
    key: str
    capabilities: frozenset[str] = frozenset()
    origins: frozenset[str] = frozenset()
    browsers_only: bool = False
    currency: str = ""

    @property
    def historical(self) -> bool:
        """Whether times are taken as given."""
        return "historical" in self.capabilities


@dataclass(frozen=True)
class Key:
    """A key as listed. `clear` is the whole key when it is public, else None. Times are UTC ms: `ends` is when a
    rotated key ends by itself, `used` when it was last sent with, to about a minute.
    """

    site: str
    name: str
    prefix: str
    capabilities: frozenset[str]
    created: int
    revoked: int | None
    clear: str | None
    origins: frozenset[str]
    browsers_only: bool
    ends: int | None
    used: int | None

    def is_valid(self, now: int) -> bool:
        """Whether it opens its site at `now` (UTC ms)."""
        return self.revoked is None and (self.ends is None or now < self.ends)


@dataclass(frozen=True)
class NewKey(Key):
    """A key just made: `secret` is shown this once."""

    secret: str


class KeyRow(Base):
    """A write key as stored."""

    __tablename__ = "write_keys"
    held = Held(
        why="keys of senders, hashed",
    )

    digest: Mapped[str] = mapped_column(String(64), primary_key=True)
    site: Mapped[str] = mapped_column(String(64), ForeignKey("sites.id", ondelete="CASCADE"))
    name: Mapped[str] = mapped_column(String(200))
    prefix: Mapped[str] = mapped_column(String(16))
    clear: Mapped[str | None] = mapped_column(String(64))
    capabilities: Mapped[str] = mapped_column(String(200))
    created: Mapped[int] = mapped_column(BigInteger)
    revoked: Mapped[int | None] = mapped_column(BigInteger)
    origins: Mapped[str] = mapped_column(Text)
    browsers_only: Mapped[bool] = mapped_column(Boolean)
    ends: Mapped[int | None] = mapped_column(BigInteger)
    used: Mapped[int | None] = mapped_column(BigInteger)

    def key(self) -> Key:
        """The row as what other rooms see."""
        return Key(
            self.site, self.name, self.prefix, frozenset(self.capabilities.split()), self.created, self.revoked,
            self.clear, frozenset(self.origins.split()), self.browsers_only, self.ends, self.used,
        )  # fmt: skip


class Keys:
    """The write keys of this installation."""

    def __init__(self, engine: Engine, clock: Clock = now_ms) -> None:
        self._engine = engine
        self._clock = clock

    def create(
        self,
        site: str,
        name: str = "",
        capabilities: Iterable[str] = (),
        origins: Iterable[str] = (),
        browsers_only: bool = False,
    ) -> NewKey:
        """Make a key for `site`.

        Raises InvalidInput for a capability that does not exist or an origin that is none, NotFound for a site that
        does not.
        """
        granted = frozenset(capabilities)
        if unknown := granted - CAPABILITIES:
            raise InvalidInput(f"There is no capability {', '.join(sorted(unknown))}; known: historical.")
        secret, row = _made(site, name.strip()[:200], granted, self._clock())
        row.origins, row.browsers_only = _patterns(origins), browsers_only
        try:
            with Session(self._engine) as session, session.begin():
                session.add(row)
                session.flush()
                return _new(row, secret)
        except IntegrityError as error:
            raise NotFound(f"There is no site {site}.") from error

    def rotate(self, site: str, prefix: str, overlap_hours: float = 24) -> NewKey:
        """A new key with all that the old one had; the old one goes on for `overlap_hours`, then ends by itself.

        Raises what `revoke` raises, and InvalidInput for an overlap that is not between 0 and 90 days.
        """
        if not 0 <= overlap_hours <= _LONGEST_OVERLAP_HOURS:
            raise InvalidInput("The old key may go on for 0 to 2160 hours (90 days).")
        now = self._clock()
        old = self._one(site, prefix)
        secret, row = _made(site, old.name, old.capabilities, now)
        row.origins, row.browsers_only = " ".join(sorted(old.origins)), old.browsers_only
        ends = now + round(overlap_hours * 3_600_000)
        with Session(self._engine) as session, session.begin():
            session.add(row)
            session.execute(_this(old).values(ends=ends if old.ends is None else min(ends, old.ends)))
            session.flush()
            return _new(row, secret)

    def restrict(self, site: str, prefix: str, origins: Iterable[str], browsers_only: bool) -> Key:
        """Set the pages that browsers may send from with the key, and whether anything else may.

        Raises what `revoke` raises, and InvalidInput for an origin that is none.
        """
        found, patterns = self._one(site, prefix), _patterns(origins)
        with Session(self._engine) as session, session.begin():
            session.execute(_this(found).values(origins=patterns, browsers_only=browsers_only))
        return replace(found, origins=frozenset(patterns.split()), browsers_only=browsers_only)

    def list(self, site: str) -> list[Key]:
        """The keys of a site, oldest first, revoked ones too."""
        query = select(KeyRow).where(KeyRow.site == site).order_by(KeyRow.created, KeyRow.digest)
        with Session(self._engine) as session:
            return [row.key() for row in session.scalars(query)]

    def public(self, site: str) -> str:
        """The oldest valid public key of a site, for its pages; one that a rotation ends comes last.

        Raises NotFound when it has none.
        """
        now = self._clock()
        valid = [key for key in self.list(site) if key.is_valid(now)]
        for key in sorted(valid, key=lambda key: key.ends is not None):
            if key.clear:
                return key.clear
        raise NotFound(f"Site {site} has no public key; make one with `afterclick keys create`.")

    def revoke(self, site: str, prefix: str) -> Key:
        """End the key of `site` that `prefix` names: as much of it as is listed, or more; collectors notice in seconds.

        Raises NotFound when no valid key starts so, InvalidInput when several do or when it is less than is listed.
        """
        found, now = self._one(site, prefix), self._clock()
        with Session(self._engine) as session, session.begin():
            session.execute(_this(found).values(revoked=now))
        return replace(found, revoked=now)

    def find(self, secret: str) -> Grant | None:
        """What a key as sent opens, or None when it is unknown, revoked or at its end."""
        with Session(self._engine) as session:
            row = session.get(KeyRow, _digest(secret))
            if row is None or not row.key().is_valid(self._clock()):
                return None
            key, site = row.key(), session.get_one(SiteRow, row.site)
            return Grant(
                key.site, key.prefix, key.capabilities, key.origins, key.browsers_only, site.currency
            )

    def touch(self, used: Iterable[tuple[str, str]]) -> None:
        """Note that keys, each by its site and prefix, were sent with just now."""
        now = self._clock()
        with Session(self._engine) as session, session.begin():
            for site, prefix in used:
                change = update(KeyRow).where(KeyRow.site == site, KeyRow.prefix == prefix)
                session.execute(change.values(used=now))

    def _one(self, site: str, prefix: str) -> Key:
        now, shown = self._clock(), prefix[:_SHOWN]
        if len(shown) < _SHOWN:
            raise InvalidInput(
                f"Name the key by at least its first {_SHOWN} characters, as `afterclick keys list` shows them."
            )
        query = select(KeyRow).where(KeyRow.site == site, KeyRow.prefix == shown)
        with Session(self._engine) as session:
            rows = [row for row in session.scalars(query) if row.key().is_valid(now) and _starts(row, prefix)]
            if not rows:
                raise NotFound(f"Site {site} has no valid key that starts with {shown}.")
            if len(rows) > 1:
                raise InvalidInput(f"Several keys start with {shown}; give the whole key.")
            return rows[0].key()


def _starts(row: KeyRow, given: str) -> bool:
    """Whether a key starts with all that was given, as far as what is kept of it can tell."""
    if row.clear is not None:
        return row.clear.startswith(given)
    return len(given) < _WHOLE or row.digest == _digest(given)


def _made(site: str, name: str, capabilities: frozenset[str], now: int) -> tuple[str, KeyRow]:
    secret = _PREFIX + secrets.token_hex(_RANDOM_BYTES)
    row = KeyRow(
        digest=_digest(secret),
        site=site,
        name=name,
        prefix=secret[:_SHOWN],
        clear=None if capabilities else secret,
        capabilities=" ".join(sorted(capabilities)),
        created=now,
    )
    return secret, row


def _new(row: KeyRow, secret: str) -> NewKey:
    key = row.key()
    return NewKey(**{field.name: getattr(key, field.name) for field in fields(key)}, secret=secret)


def _this(key: Key) -> Update:
    return update(KeyRow).where(KeyRow.site == key.site, KeyRow.prefix == key.prefix)


def _patterns(origins: Iterable[str]) -> str:
    found = sorted({origin_pattern(raw) for raw in origins if raw.strip()})
    if len(found) > _MOST_ORIGINS:
        raise InvalidInput(
            f"A key has at most {_MOST_ORIGINS} origins; use https://*.shop.example for many hosts."
        )
    return " ".join(found)


def dsn(key: str, host: str, port: int) -> str:
    """A key as Sentry's SDKs take it, for a collector at this address.

    They want a project's number behind it; the key alone says which site, so it is always 1.
    """
    return f"http://{key}@{_reached(host)}:{port}/1"


def _reached(host: str) -> str:
    """Where something that listens on `host` is reached from this machine, as a part of a URL."""
    try:
        address = ip_address(host)
    except ValueError:
        return host
    if address.is_unspecified:
        return "localhost"
    return f"[{host}]" if address.version == 6 else host


def _digest(secret: str) -> str:
    return hashlib.sha256(secret.encode("utf-8", "surrogatepass")).hexdigest()
