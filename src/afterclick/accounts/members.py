"""Members: who may sign in, and which role each has on which site."""

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field

from sqlalchemy import BigInteger, Engine, ForeignKey, Select, String, delete, func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Mapped, Session, mapped_column, relationship, selectinload

from afterclick.accounts import passwords
from afterclick.accounts.holding import GOES_WITH_THE_MEMBER, SIGN_IN, WHILE_A_MEMBER
from afterclick.accounts.policy import Role
from afterclick.accounts.tokens import new_id
from afterclick.accounts.viewer import EVERY_SITE, Viewer, with_roles
from afterclick.clock import Clock, now_ms
from afterclick.errors import InvalidInput, NotFound
from afterclick.store.control.database import Base
from afterclick.store.control.upsert import put
from afterclick.store.holding import Held

_EMAIL = re.compile(r"[^@\s\x00-\x1f\x7f]{1,64}@[^@\s\x00-\x1f\x7f]{1,189}")
_NAME = 200
_ROLES = {role.value: role for role in Role}


@dataclass(frozen=True)
class Member:
    """Someone who may sign in. `roles` by site id or EVERY_SITE; `created` is UTC ms; without `has_password` they
    come by another way, or have not accepted their invitation.
    """

    id: str
    email: str
    name: str
    created: int
    has_password: bool = True
    roles: Mapping[str, Role] = field(default_factory=dict[str, Role])

    @property
    def viewer(self) -> Viewer:
        """Who asks, when this member does."""
        return with_roles("member", self.id, self.email, self.roles)


class MemberRow(Base):
    """A member as stored."""

    __tablename__ = "members"
    held = Held(
        why=SIGN_IN,
        holds="names, e-mail addresses and password hashes of those who sign in",
        kept=WHILE_A_MEMBER,
        erased=GOES_WITH_THE_MEMBER,
    )

    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    email: Mapped[str] = mapped_column(String(254), unique=True)
    name: Mapped[str] = mapped_column(String(200))
    password: Mapped[str | None] = mapped_column(String(200))
    created: Mapped[int] = mapped_column(BigInteger)
    roles: Mapped[list["RoleRow"]] = relationship(passive_deletes=True)

    def member(self) -> Member:
        """The row as what other rooms see; a role that this version does not know gives nothing."""
        known = {row.site: _ROLES[row.role] for row in self.roles if row.role in _ROLES}
        return Member(self.id, self.email, self.name, self.created, self.password is not None, known)


class RoleRow(Base):
    """A member's role on a site."""

    __tablename__ = "roles"
    held = Held(
        why=SIGN_IN,
        holds="who may do what on which site",
        kept=WHILE_A_MEMBER,
        erased=GOES_WITH_THE_MEMBER,
    )

    member: Mapped[str] = mapped_column(
        String(32), ForeignKey("members.id", ondelete="CASCADE"), primary_key=True
    )
    site: Mapped[str] = mapped_column(String(64), primary_key=True)
    role: Mapped[str] = mapped_column(String(20))


class Members:
    """The members of this installation. Safe to use from any thread; blocks."""

    def __init__(self, engine: Engine, clock: Clock = now_ms) -> None:
        self._engine = engine
        self._clock = clock

    def create(self, email: str, name: str, password: str | None, roles: Mapping[str, Role]) -> Member:
        """Keep a new member.

        Raises InvalidInput for an e-mail that is none or is taken, or a password that is not good enough.
        """
        address = normal_email(email)
        if password is not None:
            passwords.check(password, (address, name))
        row = MemberRow(
            id=new_id(),
            email=address,
            name=_name(name),
            password=None if password is None else passwords.hashed(password),
            created=self._clock(),
            roles=[RoleRow(site=site, role=role.value) for site, role in roles.items()],
        )
        try:
            with Session(self._engine) as session, session.begin():
                session.add(row)
                session.flush()
                return row.member()
        except IntegrityError as error:
            raise InvalidInput(f"{address} has an account already.") from error

    def list(self) -> list[Member]:
        """Everyone, by e-mail."""
        with Session(self._engine) as session:
            found = session.scalars(_whole().order_by(MemberRow.email))
            return [row.member() for row in found]

    def get(self, member: str) -> Member:
        """One member by id; raises NotFound."""
        with Session(self._engine) as session:
            return self._row(session, member).member()

    def by_email(self, email: str) -> Member | None:
        """The member with this address, None when there is none."""
        with Session(self._engine) as session:
            row = session.scalar(_whole().where(MemberRow.email == folded_email(email)))
            return row.member() if row else None

    def any_administrator(self) -> bool:
        """Whether somebody administers the whole installation: before that, it is not set up."""
        with Session(self._engine) as session:
            return _administrators(session) > 0

    def give(self, member: str, site: str, role: Role) -> None:
        """Let a member have this role on a site or on EVERY_SITE, instead of another that they had there.

        Raises NotFound for a member that is none, InvalidInput when the last administrator would lose their role.
        """
        with Session(self._engine) as session, session.begin():
            self._row(session, member)
            put(session, RoleRow(member=member, site=site, role=role.value))
            _still_administered(session)

    def take(self, member: str, site: str) -> None:
        """Take the role on a site (or the one on EVERY_SITE) away; raises what `give` raises."""
        with Session(self._engine) as session, session.begin():
            self._row(session, member)
            session.execute(delete(RoleRow).where(RoleRow.member == member, RoleRow.site == site))
            _still_administered(session)

    def remove(self, member: str) -> None:
        """Remove a member, their sessions too; raises what `give` raises."""
        with Session(self._engine) as session, session.begin():
            self._row(session, member)
            session.execute(delete(MemberRow).where(MemberRow.id == member))
            _still_administered(session)

    def rename(self, member: str, name: str) -> None:
        """Change how a member is called; raises NotFound."""
        with Session(self._engine) as session, session.begin():
            self._row(session, member).name = _name(name)

    def set_password(self, member: str, password: str) -> None:
        """Keep a new password; raises InvalidInput for one that is not good enough, NotFound."""
        known = self.get(member)
        passwords.check(password, (known.email, known.name))
        kept = passwords.hashed(password)
        with Session(self._engine) as session, session.begin():
            self._row(session, member).password = kept

    def with_password(self, email: str, password: str) -> Member | None:
        """The member whom e-mail and password name, None for a wrong one of either: the same work for each.

        Raises TooMany when too many are at it.
        """
        with Session(self._engine) as session:
            row = session.scalar(_whole().where(MemberRow.email == folded_email(email)))
            kept, member = (row.password, row.member()) if row else (None, None)
        if not passwords.fits(password, kept):
            return None
        if member and kept and passwords.is_outdated(kept):
            fresh = passwords.hashed(password)
            with Session(self._engine) as session, session.begin():
                self._row(session, member.id).password = fresh
        return member

    def _row(self, session: Session, member: str) -> MemberRow:
        row = session.scalar(_whole().where(MemberRow.id == member))
        if row is None:
            raise NotFound("There is no such member here.")
        return row


def normal_email(raw: str) -> str:
    """The address as it is kept; raises InvalidInput for one that is none."""
    email = folded_email(raw)
    if not _EMAIL.fullmatch(email):
        raise InvalidInput("Give an e-mail address such as jana@example.com.")
    return email


def folded_email(email: str) -> str:
    """What is typed for an address, as it would be kept: one for all ways of writing the same."""
    text = email[:500].encode("utf-8", "replace").decode()
    return unicodedata.normalize("NFKC", text).strip().casefold()


def _name(raw: str) -> str:
    return " ".join(raw.encode("utf-8", "replace").decode().replace("\0", "").split())[:_NAME]


def _whole() -> Select[MemberRow]:
    return select(MemberRow).options(selectinload(MemberRow.roles))


def _administrators(session: Session) -> int:
    everywhere = (RoleRow.site == EVERY_SITE) & (RoleRow.role == Role.ADMINISTRATOR.value)
    return session.scalar(select(func.count()).select_from(RoleRow).where(everywhere)) or 0


def _still_administered(session: Session) -> None:
    session.flush()
    if not _administrators(session):
        raise InvalidInput("This is the last administrator of every site; make somebody else one first.")
