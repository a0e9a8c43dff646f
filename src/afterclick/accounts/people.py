"""People: who may sign in, and which role each has on which site."""

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field

from sqlalchemy import BigInteger, Engine, ForeignKey, Select, String, delete, func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Mapped, Session, mapped_column, relationship, selectinload

from afterclick.accounts import passwords
from afterclick.accounts.policy import Role
from afterclick.accounts.tokens import new_id
from afterclick.accounts.viewer import EVERY_SITE, Viewer, with_roles
from afterclick.clock import Clock, now_ms
from afterclick.errors import InvalidInput, NotFound
from afterclick.store.control.database import Base

_EMAIL = re.compile(r"[^@\s\x00-\x1f\x7f]{1,64}@[^@\s\x00-\x1f\x7f]{1,189}")
_NAME = 200
_ROLES = {role.value: role for role in Role}


@dataclass(frozen=True)
class Person:
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
        """Who asks, when this person does."""
        return with_roles("person", self.id, self.email, self.roles)


class PersonRow(Base):
    """A person as stored."""

    __tablename__ = "people"
    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    email: Mapped[str] = mapped_column(String(254), unique=True)
    name: Mapped[str] = mapped_column(String(200))
    password: Mapped[str | None] = mapped_column(String(200))
    created: Mapped[int] = mapped_column(BigInteger)
    roles: Mapped[list["RoleRow"]] = relationship(passive_deletes=True)

    def person(self) -> Person:
        """The row as what other rooms see; a role that this version does not know gives nothing."""
        known = {row.site: _ROLES[row.role] for row in self.roles if row.role in _ROLES}
        return Person(self.id, self.email, self.name, self.created, self.password is not None, known)


class RoleRow(Base):
    """A person's role on a site."""

    __tablename__ = "roles"
    person: Mapped[str] = mapped_column(
        String(32), ForeignKey("people.id", ondelete="CASCADE"), primary_key=True
    )
    site: Mapped[str] = mapped_column(String(64), primary_key=True)
    role: Mapped[str] = mapped_column(String(20))


class People:
    """The people of this installation. Safe to use from any thread; blocks."""

    def __init__(self, engine: Engine, clock: Clock = now_ms) -> None:
        self._engine = engine
        self._clock = clock

    def create(self, email: str, name: str, password: str | None, roles: Mapping[str, Role]) -> Person:
        """Keep a new person.

        Raises InvalidInput for an e-mail that is none or is taken, or a password that is not good enough.
        """
        address = normal_email(email)
        if password is not None:
            passwords.check(password, (address, name))
        row = PersonRow(
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
                return row.person()
        except IntegrityError as error:
            raise InvalidInput(f"{address} has an account already.") from error

    def list(self) -> list[Person]:
        """Everyone, by e-mail."""
        with Session(self._engine) as session:
            found = session.scalars(_whole().order_by(PersonRow.email))
            return [row.person() for row in found]

    def get(self, person: str) -> Person:
        """One person by id; raises NotFound."""
        with Session(self._engine) as session:
            return self._row(session, person).person()

    def by_email(self, email: str) -> Person | None:
        """The person with this address, None when there is none."""
        with Session(self._engine) as session:
            row = session.scalar(_whole().where(PersonRow.email == folded_email(email)))
            return row.person() if row else None

    def any_administrator(self) -> bool:
        """Whether somebody administers the whole installation: before that, it is not set up."""
        with Session(self._engine) as session:
            return _administrators(session) > 0

    def give(self, person: str, site: str, role: Role) -> None:
        """Let a person have this role on a site or on EVERY_SITE, instead of another that they had there.

        Raises NotFound for a person that is none, InvalidInput when the last administrator would lose their role.
        """
        with Session(self._engine) as session, session.begin():
            self._row(session, person)
            session.merge(RoleRow(person=person, site=site, role=role.value))
            _still_administered(session)

    def take(self, person: str, site: str) -> None:
        """Take the role on a site (or the one on EVERY_SITE) away; raises what `give` raises."""
        with Session(self._engine) as session, session.begin():
            self._row(session, person)
            session.execute(delete(RoleRow).where(RoleRow.person == person, RoleRow.site == site))
            _still_administered(session)

    def remove(self, person: str) -> None:
        """Remove a person, their sessions too; raises what `give` raises."""
        with Session(self._engine) as session, session.begin():
            self._row(session, person)
            session.execute(delete(PersonRow).where(PersonRow.id == person))
            _still_administered(session)

    def rename(self, person: str, name: str) -> None:
        """Change how a person is called; raises NotFound."""
        with Session(self._engine) as session, session.begin():
            self._row(session, person).name = _name(name)

    def set_password(self, person: str, password: str) -> None:
        """Keep a new password; raises InvalidInput for one that is not good enough, NotFound."""
        known = self.get(person)
        passwords.check(password, (known.email, known.name))
        kept = passwords.hashed(password)
        with Session(self._engine) as session, session.begin():
            self._row(session, person).password = kept

    def with_password(self, email: str, password: str) -> Person | None:
        """The person whom e-mail and password name, None for a wrong one of either: the same work for each.

        Raises TooMany when too many are at it.
        """
        with Session(self._engine) as session:
            row = session.scalar(_whole().where(PersonRow.email == folded_email(email)))
            kept, person = (row.password, row.person()) if row else (None, None)
        if not passwords.fits(password, kept):
            return None
        if person and kept and passwords.is_outdated(kept):
            fresh = passwords.hashed(password)
            with Session(self._engine) as session, session.begin():
                self._row(session, person.id).password = fresh
        return person

    def _row(self, session: Session, person: str) -> PersonRow:
        row = session.scalar(_whole().where(PersonRow.id == person))
        if row is None:
            raise NotFound("There is no such person here.")
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


def _whole() -> Select[PersonRow]:
    return select(PersonRow).options(selectinload(PersonRow.roles))


def _administrators(session: Session) -> int:
    everywhere = (RoleRow.site == EVERY_SITE) & (RoleRow.role == Role.ADMINISTRATOR.value)
    return session.scalar(select(func.count()).select_from(RoleRow).where(everywhere)) or 0


def _still_administered(session: Session) -> None:
    session.flush()
    if not _administrators(session):
        raise InvalidInput("This is the last administrator of every site; make somebody else one first.")
