"""Invitations: links by which somebody chooses a password, once. The same link serves who has forgotten theirs."""

from collections.abc import Mapping
from dataclasses import dataclass

import msgspec
from sqlalchemy import BigInteger, Engine, String, Text, delete, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from afterclick.accounts.holding import SIGN_IN
from afterclick.accounts.members import Member, Members, normal_email
from afterclick.accounts.policy import Role
from afterclick.accounts.tokens import digest, new_id, new_token
from afterclick.accounts.viewer import Viewer
from afterclick.clock import Clock, now_ms
from afterclick.errors import InvalidInput, NotFound
from afterclick.store.control.database import Base
from afterclick.store.holding import Held

GOOD_MS = 7 * 24 * 3_600_000
RESET_MS = 24 * 3_600_000
MOST = 500
"""Open invitations kept at most."""


@dataclass(frozen=True)
class Invitation:
    """An open invitation. `roles` by site id or EVERY_SITE, none in a link for a new password; times are UTC ms."""

    id: str
    email: str
    roles: Mapping[str, Role]
    invited_by: str
    created: int
    expires: int


class InvitationRow(Base):
    """An invitation as stored: by the digest of its token."""

    __tablename__ = "invitations"
    held = Held(
        why=SIGN_IN,
        holds="e-mail addresses of the invited",
        kept="until used or expired",
        erased="revoked",
    )

    digest: Mapped[str] = mapped_column(String(64), primary_key=True)
    id: Mapped[str] = mapped_column(String(32), unique=True)
    email: Mapped[str] = mapped_column(String(254))
    roles: Mapped[str] = mapped_column(Text)
    invited_by: Mapped[str] = mapped_column(String(256))
    created: Mapped[int] = mapped_column(BigInteger)
    expires: Mapped[int] = mapped_column(BigInteger)

    def invitation(self) -> Invitation:
        """The row as what other rooms see."""
        roles = msgspec.json.decode(self.roles, type=dict[str, Role])
        return Invitation(self.id, self.email, roles, self.invited_by, self.created, self.expires)


class Invitations:
    """The open invitations of this installation. Safe to use from any thread and process; blocks."""

    def __init__(self, engine: Engine, members: Members, clock: Clock = now_ms) -> None:
        self._engine = engine
        self._members = members
        self._clock = clock

    def invite(self, viewer: Viewer, email: str, roles: Mapping[str, Role]) -> str:
        """Invite somebody new; the token of their link, told this once, good for a week. An older one ends.

        Raises InvalidInput for an e-mail that is none or has an account.
        """
        address = normal_email(email)
        if self._members.by_email(address):
            raise InvalidInput(f"{address} has an account already; change its role instead.")
        return self._keep(address, roles, viewer.name, GOOD_MS)

    def reset(self, viewer: Viewer, email: str) -> str:
        """The token of a link by which a member chooses a new password, good for a day; raises NotFound."""
        member = self._members.by_email(email)
        if member is None:
            raise NotFound("Nobody here has this e-mail address.")
        return self._keep(member.email, {}, viewer.name, RESET_MS)

    def find(self, token: str) -> Invitation:
        """The open invitation of a token; raises NotFound when it has expired, was used or never was."""
        query = select(InvitationRow).where(
            InvitationRow.digest == digest(token), InvitationRow.expires > self._clock()
        )
        with Session(self._engine) as session:
            if (row := session.scalar(query)) is None:
                raise NotFound("This link has expired or was used already; ask for a new one.")
            return row.invitation()

    def accept(self, token: str, name: str, password: str) -> Member:
        """Make the account, or give it the new password, and end the link.

        Raises NotFound as `find` does, InvalidInput for a password that is not good enough: the link stays then.
        """
        found = self.find(token)
        member = self._members.by_email(found.email)
        if (member is None) != bool(found.roles):
            raise NotFound("This link no longer fits the account; ask an administrator for a new one.")
        if member is None:
            member = self._members.create(found.email, name, password, found.roles)
        else:
            self._members.set_password(member.id, password)
        self.withdraw(found.id)
        return self._members.get(member.id)

    def list(self) -> list[Invitation]:
        """Invitations of new members that are open, newest first."""
        query = select(InvitationRow).where(InvitationRow.expires > self._clock())
        with Session(self._engine) as session:
            found = [
                row.invitation() for row in session.scalars(query.order_by(InvitationRow.created.desc()))
            ]
        return [one for one in found if one.roles]

    def withdraw(self, invitation: str) -> None:
        """End an invitation; nothing happens when it has ended already."""
        with Session(self._engine) as session, session.begin():
            session.execute(delete(InvitationRow).where(InvitationRow.id == invitation))

    def _keep(self, email: str, roles: Mapping[str, Role], by: str, good_ms: int) -> str:
        token, now = new_token(), self._clock()
        row = InvitationRow(
            digest=digest(token), id=new_id(), email=email, roles=msgspec.json.encode(roles).decode(),
            invited_by=by[:256], created=now, expires=now + good_ms,
        )  # fmt: skip
        ended = (InvitationRow.email == email) | (InvitationRow.expires <= now)
        with Session(self._engine) as session, session.begin():
            session.execute(delete(InvitationRow).where(ended))
            oldest = select(InvitationRow.digest).order_by(InvitationRow.created.desc()).offset(MOST)
            session.execute(
                delete(InvitationRow).where(InvitationRow.digest.in_(list(session.scalars(oldest))))
            )
            session.add(row)
        return token
