"""Share links: one page of one site over one stretch of time, shown to whoever has it, until it expires.

The link is the signed number of a row (HMAC by itsdangerous, with a key derived from the installation's secret), so
neither guessing nor reading the database makes one. It shows no more than its maker may see now, and nothing personal.
"""

import re
from dataclasses import dataclass

from itsdangerous import BadData, URLSafeSerializer
from sqlalchemy import BigInteger, Boolean, Engine, ForeignKey, String, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Mapped, Session, mapped_column

from afterclick.accounts import makers
from afterclick.accounts.holding import GOES_WITH_THE_MEMBER
from afterclick.accounts.policy import Capability
from afterclick.accounts.secrets import Secrets
from afterclick.accounts.tokens import new_id
from afterclick.accounts.viewer import Viewer
from afterclick.clock import Clock, now_ms
from afterclick.errors import Forbidden, InvalidInput, NotFound
from afterclick.store.control.database import Base
from afterclick.store.holding import Held

DAY_MS = 86_400_000
LONGEST_DAYS = 90
USED_EVERY_MS = 60_000
_PAGE = re.compile(r"/|(?:/[A-Za-z0-9_-]{1,64}){1,4}")  # which of them are shared, the pages say
_LONGEST_TOKEN = 200
_SEEN = frozenset({Capability.VIEW, Capability.MONEY})


@dataclass(frozen=True)
class Shared:
    """What is shown: the page at `page` of `site` from `since` up to `until`, with its `money` or without."""

    page: str
    title: str
    site: str
    since: int
    until: int
    money: bool


@dataclass(frozen=True)
class ShareLink:
    """A link as listed; times are UTC ms, `used` is when it was last opened; `maker` is the name of who made it,
    `member` their id, None for this machine. `token` is what its address ends with.
    """

    id: str
    token: str
    shared: Shared
    member: str | None
    maker: str
    created: int
    expires: int
    revoked: int | None
    used: int | None

    def is_valid(self, now: int) -> bool:
        """Whether it shows anything at `now` (UTC ms)."""
        return self.revoked is None and now < self.expires


class ShareLinkRow(Base):
    """A link as stored."""

    __tablename__ = "share_links"
    held = Held(
        why="shows a page to others",
        holds="who made a link",
        kept="for good",
        erased=GOES_WITH_THE_MEMBER,
    )

    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    page: Mapped[str] = mapped_column(String(400))
    title: Mapped[str] = mapped_column(String(200))
    site: Mapped[str] = mapped_column(String(64), ForeignKey("sites.id", ondelete="CASCADE"))
    since: Mapped[int] = mapped_column(BigInteger)
    until: Mapped[int] = mapped_column(BigInteger)
    money: Mapped[bool] = mapped_column(Boolean)
    member: Mapped[str | None] = mapped_column(String(32), ForeignKey("members.id", ondelete="CASCADE"))
    maker: Mapped[str] = mapped_column(String(256))
    created: Mapped[int] = mapped_column(BigInteger)
    expires: Mapped[int] = mapped_column(BigInteger)
    revoked: Mapped[int | None] = mapped_column(BigInteger)
    used: Mapped[int | None] = mapped_column(BigInteger)

    def share_link(self, token: str) -> ShareLink:
        """The row as what other rooms see."""
        shared = Shared(self.page, self.title, self.site, self.since, self.until, self.money)
        return ShareLink(
            self.id,
            token,
            shared,
            self.member,
            self.maker,
            self.created,
            self.expires,
            self.revoked,
            self.used,
        )


class ShareLinks:
    """The share links of this installation. Safe to use from any thread and process; blocks."""

    def __init__(self, engine: Engine, secrets: Secrets, clock: Clock = now_ms) -> None:
        self._engine = engine
        newest_last = list(reversed(secrets.derived("share links")))
        self._signer = URLSafeSerializer(newest_last, salt="share link")
        self._clock = clock

    def create(self, viewer: Viewer, shared: Shared, days: int) -> ShareLink:
        """A link that `viewer` makes, good for so many days.

        Raises Forbidden for who may not see the page (or its money), or is no member; InvalidInput for what is
        no address of a page or days that are not 1 to 90; NotFound for no site.
        """
        if not _PAGE.fullmatch(shared.page):
            raise InvalidInput("What is shared is a page of ours, by its plain address.")
        if not 1 <= days <= LONGEST_DAYS:
            raise InvalidInput(f"A share link is good for 1 to {LONGEST_DAYS} days.")
        if not _needed(shared) <= viewer.capabilities(shared.site):
            raise Forbidden("A link shows no more than you may see.")
        now = self._clock()
        row = ShareLinkRow(
            id=new_id(), page=shared.page, title=shared.title.replace("\0", "")[:200], site=shared.site,
            since=shared.since, until=shared.until, money=shared.money, member=makers.id_of(viewer),
            maker=viewer.name[:256], created=now, expires=now + days * DAY_MS,
        )  # fmt: skip
        try:
            with Session(self._engine) as session, session.begin():
                session.add(row)
                session.flush()
                return row.share_link(self._token(row.id))
        except IntegrityError as error:
            raise NotFound(f"There is no site {shared.site}.") from error

    def list(self, site: str) -> list[ShareLink]:
        """The links of a site, newest first, ended ones too."""
        query = select(ShareLinkRow).where(ShareLinkRow.site == site)
        with Session(self._engine) as session:
            found = session.scalars(query.order_by(ShareLinkRow.created.desc(), ShareLinkRow.id))
            return [row.share_link(self._token(row.id)) for row in found]

    def revoke(self, site: str, link: str) -> ShareLink:
        """End a link of the site, by its id, at once. Raises NotFound for one that is none."""
        ended = (
            update(ShareLinkRow)
            .where(ShareLinkRow.site == site, ShareLinkRow.id == link, ShareLinkRow.revoked.is_(None))
            .values(revoked=self._clock())
        )
        with Session(self._engine) as session, session.begin():
            session.execute(ended)
            row = session.get(ShareLinkRow, link)
            if row is None or row.site != site:
                raise NotFound("This site has no such share link.")
            return row.share_link(self._token(row.id))

    def open(self, token: str) -> tuple[ShareLink, Viewer]:
        """What a link shows and who looks: with no more than its maker may see now. Notes its use once a minute.

        Raises NotFound for a link that is none, has expired, was revoked, or whose maker may no longer see the page.
        """
        now = self._clock()
        with Session(self._engine) as session:
            row = session.get(ShareLinkRow, self._id(token))
            if row is None or not row.share_link(token).is_valid(now):
                raise _gone()
            link, may = row.share_link(token), makers.capabilities(session, row.member, row.site)
        seen = _needed(link.shared) & may
        if Capability.VIEW not in seen:
            raise _gone()
        if link.used is None or now - link.used > USED_EVERY_MS:
            with Session(self._engine) as session, session.begin():
                session.execute(update(ShareLinkRow).where(ShareLinkRow.id == link.id).values(used=now))
        return link, Viewer("share link", link.id, f"link of {link.maker}"[:256], {link.shared.site: seen})

    def _token(self, link: str) -> str:
        return str(self._signer.dumps(link))

    def _id(self, token: str) -> str:
        try:
            return str(self._signer.loads(token[:_LONGEST_TOKEN]))
        except (BadData, UnicodeError) as error:
            raise _gone() from error


def _needed(shared: Shared) -> frozenset[Capability]:
    return _SEEN if shared.money else _SEEN - {Capability.MONEY}


def _gone() -> NotFound:
    return NotFound("This link shows nothing any more; ask who sent it for a new one.")
