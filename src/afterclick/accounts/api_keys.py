"""API keys: what a program may ask of /api on one site, in the name of who made the key.

A key is 256 random bits behind `ack_`, kept as a SHA-256 digest and shown once. It never does more than its maker may
do now: a capability that the maker loses, the key loses too.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import BigInteger, Engine, ForeignKey, String, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Mapped, Session, mapped_column

from afterclick.accounts import makers
from afterclick.accounts.holding import GOES_WITH_THE_MEMBER
from afterclick.accounts.policy import Capability
from afterclick.accounts.tokens import digest, new_id, new_token
from afterclick.accounts.viewer import EVERY_SITE, Viewer
from afterclick.clock import Clock, now_ms
from afterclick.errors import Forbidden, InvalidInput, NotFound, Unauthorized
from afterclick.store.control.database import Base
from afterclick.store.holding import Held

PREFIX = "ack_"
DAY_MS = 86_400_000
LONGEST_DAYS = 365
USED_EVERY_MS = 60_000
_SHOWN = 10
_OF_THE_INSTALLATION = frozenset({Capability.OPERATE})
"""What is of no site: a key has it for the installation when its maker has it on every site."""
_KNOWN = frozenset(one.value for one in Capability)


@dataclass(frozen=True)
class ApiKey:
    """A key as listed; times are UTC ms. `maker` is the name of who made it, `member` their id, None for this machine;
    `prefix` is how it begins.
    """

    id: str
    prefix: str
    name: str
    site: str
    capabilities: frozenset[Capability]
    member: str | None
    maker: str
    created: int
    expires: int
    revoked: int | None
    used: int | None

    def is_valid(self, now: int) -> bool:
        """Whether it opens anything at `now` (UTC ms)."""
        return self.revoked is None and now < self.expires


class ApiKeyRow(Base):
    """A key as stored."""

    __tablename__ = "api_keys"
    held = Held(
        why="lets programs ask",
        holds="who made a key",
        kept="for good",
        erased=GOES_WITH_THE_MEMBER,
    )

    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    digest: Mapped[str] = mapped_column(String(64), unique=True)
    prefix: Mapped[str] = mapped_column(String(16))
    name: Mapped[str] = mapped_column(String(200))
    site: Mapped[str] = mapped_column(String(64), ForeignKey("sites.id", ondelete="CASCADE"))
    capabilities: Mapped[str] = mapped_column(String(400))
    member: Mapped[str | None] = mapped_column(String(32), ForeignKey("members.id", ondelete="CASCADE"))
    maker: Mapped[str] = mapped_column(String(256))
    created: Mapped[int] = mapped_column(BigInteger)
    expires: Mapped[int] = mapped_column(BigInteger)
    revoked: Mapped[int | None] = mapped_column(BigInteger)
    used: Mapped[int | None] = mapped_column(BigInteger)

    def api_key(self) -> ApiKey:
        """The row as what other rooms see; a capability that this version does not know gives nothing."""
        known = frozenset(Capability(name) for name in self.capabilities.split() if name in _KNOWN)
        return ApiKey(
            self.id, self.prefix, self.name, self.site, known, self.member, self.maker, self.created, self.expires,
            self.revoked, self.used,
        )  # fmt: skip


class ApiKeys:
    """The API keys of this installation. Safe to use from any thread and process; blocks."""

    def __init__(self, engine: Engine, clock: Clock = now_ms) -> None:
        self._engine = engine
        self._clock = clock

    def create(
        self, viewer: Viewer, site: str, name: str, capabilities: Iterable[Capability], days: int
    ) -> tuple[ApiKey, str]:
        """A key that `viewer` makes for a site, good for so many days; and its secret, told this once.

        Raises Forbidden for a capability that the viewer does not have, or when no member nor this machine asks;
        InvalidInput for none, for a name that is empty, or for days that are not 1 to 365; NotFound for no site.
        """
        granted = frozenset(capabilities)
        if not granted or not name.strip():
            raise InvalidInput("Name the key and choose at least one thing that it may do.")
        if not 1 <= days <= LONGEST_DAYS:
            raise InvalidInput(f"An API key is good for 1 to {LONGEST_DAYS} days.")
        if missing := sorted(one.value for one in granted - viewer.capabilities(site)):
            raise Forbidden(f"A key may do no more than you may: you lack {', '.join(missing)}.")
        secret, now = PREFIX + new_token(), self._clock()
        row = ApiKeyRow(
            id=new_id(), digest=digest(secret), prefix=secret[:_SHOWN], name=name.strip().replace("\0", "")[:200],
            site=site, capabilities=" ".join(sorted(granted)), member=makers.id_of(viewer),
            maker=viewer.name[:256], created=now, expires=now + days * DAY_MS,
        )  # fmt: skip
        try:
            with Session(self._engine) as session, session.begin():
                session.add(row)
                session.flush()
                return row.api_key(), secret
        except IntegrityError as error:
            raise NotFound(f"There is no site {site}.") from error

    def list(self, site: str) -> list[ApiKey]:
        """The keys of a site, newest first, ended ones too."""
        query = select(ApiKeyRow).where(ApiKeyRow.site == site)
        with Session(self._engine) as session:
            found = session.scalars(query.order_by(ApiKeyRow.created.desc(), ApiKeyRow.id))
            return [row.api_key() for row in found]

    def revoke(self, site: str, key: str) -> ApiKey:
        """End a key of the site, by its id, at once. Raises NotFound for one that is none or has been revoked."""
        ended = (
            update(ApiKeyRow)
            .where(ApiKeyRow.site == site, ApiKeyRow.id == key, ApiKeyRow.revoked.is_(None))
            .values(revoked=self._clock())
        )
        with Session(self._engine) as session, session.begin():
            session.execute(ended)
            row = session.get(ApiKeyRow, key)
            if row is None or row.site != site:
                raise NotFound("This site has no such API key.")
            return row.api_key()

    def viewer(self, secret: str) -> Viewer:
        """Who asks with this key, with what it may do of what its maker may do now. Notes, once a minute, its use.

        Raises Unauthorized for a key that is unknown, has expired or was revoked.
        """
        now = self._clock()
        with Session(self._engine) as session:
            row = session.scalar(select(ApiKeyRow).where(ApiKeyRow.digest == digest(secret)))
            if row is None or not row.api_key().is_valid(now):
                raise Unauthorized(
                    "This API key is unknown, has expired or was revoked; make one under Settings."
                )
            key, may = row.api_key(), makers.capabilities(session, row.member, row.site)
            everywhere = makers.capabilities(session, row.member, EVERY_SITE) & _OF_THE_INSTALLATION
        if key.used is None or now - key.used > USED_EVERY_MS:
            with Session(self._engine) as session, session.begin():
                session.execute(update(ApiKeyRow).where(ApiKeyRow.id == key.id).values(used=now))
        return Viewer(
            "api key",
            key.id,
            f"{key.name} of {key.maker}"[:256],
            {key.site: key.capabilities & may},
            key.capabilities & everywhere,
        )
