"""Makers: in whose name an API key or a share link opens something."""

from sqlalchemy.orm import Session

from afterclick.accounts.members import MemberRow
from afterclick.accounts.policy import Capability
from afterclick.accounts.viewer import THIS_MACHINE, Viewer
from afterclick.errors import Forbidden


def id_of(viewer: Viewer) -> str | None:
    """The member who makes something, None for this machine. Raises Forbidden for anything else that asks."""
    if viewer.kind == "member":
        return viewer.id
    if viewer.kind == "this machine":
        return None
    raise Forbidden("Sign in yourself for this: a key or a link makes no other.")


def capabilities(session: Session, member: str | None, site: str) -> frozenset[Capability]:
    """What the maker may do on the site now, nothing once they are gone."""
    if member is None:
        return THIS_MACHINE.capabilities(site)
    row = session.get(MemberRow, member)
    return row.member().viewer.capabilities(site) if row else frozenset()
