"""Changing who may do what: each change by somebody who may, and written into the audit log.

On a site it takes MEMBERS there. What reaches further, a role on every site, an account itself or how somebody signs
in, takes MEMBERS on every site, so that nobody gains more than they have.
"""

from dataclasses import dataclass

from afterclick.accounts.audit import Audit
from afterclick.accounts.invitations import Invitation, Invitations
from afterclick.accounts.keys import Keys
from afterclick.accounts.members import Member, Members
from afterclick.accounts.policy import Capability, Role
from afterclick.accounts.signins import SignIns
from afterclick.accounts.sites import Site, Sites
from afterclick.accounts.totp import SecondFactors
from afterclick.accounts.viewer import EVERY_SITE, Viewer
from afterclick.errors import Forbidden


@dataclass(frozen=True)
class Administration:
    """The changes; each raises Forbidden for a viewer who may not make it. Safe to use from any thread; blocks."""

    members: Members
    sites: Sites
    keys: Keys
    invitations: Invitations
    sign_ins: SignIns
    second_factors: SecondFactors
    audit: Audit

    def invite(self, viewer: Viewer, email: str, site: str, role: Role) -> str:
        """Give somebody a role by their e-mail: the token of their invitation, or "" when they have an account and the
        role now. Raises InvalidInput for what is no e-mail.
        """
        _see(viewer, site)
        if known := self.members.by_email(email):
            self.change(viewer, known.id, site, role)
            return ""
        token = self.invitations.invite(viewer, email, {site: role})
        self._record(viewer, "member.invite", self.invitations.find(token).email, site, role.value)
        return token

    def add(self, viewer: Viewer, email: str, name: str, password: str) -> Member:
        """Make an administrator of every site, who signs in with the password; raises InvalidInput."""
        _see(viewer, EVERY_SITE)
        member = self.members.create(email, name, password, {EVERY_SITE: Role.ADMINISTRATOR})
        self._record(viewer, "member.add", member.email, detail=Role.ADMINISTRATOR.value)
        return member

    def withdraw(self, viewer: Viewer, invitation: str) -> None:
        """End an open invitation; nothing happens when it has ended already."""
        for found in self.invitations.list():
            if found.id == invitation:
                for site in found.roles:
                    _see(viewer, site)
                self.invitations.withdraw(invitation)
                self._record(viewer, "member.withdraw", found.email, *found.roles)

    def change(self, viewer: Viewer, member: str, site: str, role: Role | None) -> None:
        """Let a member have this role on the site (or EVERY_SITE), or none there.

        Raises NotFound for a member that is none, InvalidInput when nobody would administer every site.
        """
        _see(viewer, site)
        known = self.members.get(member)
        if role is None:
            self.members.take(member, site)
        else:
            self.members.give(member, site, role)
        self._record(viewer, "member.role", known.email, site, role.value if role else "none")

    def remove(self, viewer: Viewer, member: str) -> None:
        """Remove an account; raises what `change` raises."""
        _see(viewer, EVERY_SITE)
        known = self.members.get(member)
        self.members.remove(member)
        self._record(viewer, "member.remove", known.email)

    def reset(self, viewer: Viewer, member: str) -> str:
        """The token of a link by which a member chooses a new password; raises NotFound."""
        _see(viewer, EVERY_SITE)
        known = self.members.get(member)
        token = self.invitations.reset(viewer, known.email)
        self._record(viewer, "member.reset", known.email)
        return token

    def forget_factor(self, viewer: Viewer, member: str) -> None:
        """Turn off the second factor of somebody who has lost it, and end their sessions; raises NotFound."""
        _see(viewer, EVERY_SITE)
        known = self.members.get(member)
        self.second_factors.forget(member)
        self.sign_ins.end_all(member)
        self._record(viewer, "member.factor", known.email, detail="off")

    def add_site(self, viewer: Viewer, site: Site) -> None:
        """Begin a site, with its first write key; raises InvalidInput for what is none, or an id that is taken."""
        _see(viewer, EVERY_SITE)
        self.sites.create(site)
        self.keys.create(site.id, "first key")
        self._record(viewer, "site.add", site.name, site.id)

    def change_site(self, viewer: Viewer, site: Site) -> None:
        """Give a site another name, currency or zone; raises InvalidInput, NotFound."""
        if not viewer.may(Capability.SITE, site.id):
            raise Forbidden("Only an administrator of the site may do this.")
        self.sites.change(site)
        self._record(viewer, "site.change", site.name, site.id, f"{site.currency}, {site.timezone}")

    def of(self, site: str) -> tuple[list[Member], list[Invitation]]:
        """Who has a role on the site, directly or on every one, and who is invited to it."""
        members = [one for one in self.members.list() if {site, EVERY_SITE} & one.roles.keys()]
        return members, [one for one in self.invitations.list() if {site, EVERY_SITE} & one.roles.keys()]

    def _record(self, viewer: Viewer, action: str, target: str, site: str = "", detail: str = "") -> None:
        self.audit.record(viewer, action, target, "" if site == EVERY_SITE else site, detail)


def _see(viewer: Viewer, site: str) -> None:
    if not viewer.may(Capability.MEMBERS, site):
        raise Forbidden("Only an administrator of every site may do this.")
