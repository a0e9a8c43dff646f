"""Who asks: a member, an API key, a share link or this machine itself, with what they may do on which site."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from afterclick.accounts.policy import ROLES, Capability, Role

EVERY_SITE = "*"
"""A grant for this "site" holds on each one, also on those that come later."""

Kind = Literal["member", "api key", "share link", "this machine", "nobody"]


@dataclass(frozen=True)
class Viewer:
    """One who asks. `grants` gives the capabilities by site id or EVERY_SITE; `id` and `name` go into the audit log."""

    kind: Kind
    id: str
    name: str
    grants: Mapping[str, frozenset[Capability]]
    installation: frozenset[Capability] = frozenset()
    """What an API key of one site may do that concerns the installation as a whole, as its maker may."""

    def capabilities(self, site: str) -> frozenset[Capability]:
        """What this viewer may do on the site."""
        nothing: frozenset[Capability] = frozenset()
        return self.grants.get(site, nothing) | self.grants.get(EVERY_SITE, nothing)

    def may(self, capability: Capability, site: str) -> bool:
        """Whether this viewer may do so on the site."""
        return capability in self.capabilities(site)

    def may_everywhere(self, capability: Capability) -> bool:
        """Whether this viewer may do so to the installation, which is every site's."""
        return capability in self.installation or self.may(capability, EVERY_SITE)


def with_roles(kind: Kind, id: str, name: str, roles: Mapping[str, Role]) -> Viewer:
    """A viewer with a role by site id or EVERY_SITE."""
    return Viewer(kind, id, name, {site: ROLES[role] for site, role in roles.items()})


THIS_MACHINE = with_roles("this machine", "local", "this machine", {EVERY_SITE: Role.ADMINISTRATOR})
"""Whoever can open the data folder, by the command line's socket; and the demo's reader, on loopback only."""

NOBODY = Viewer("nobody", "", "nobody", {})
"""Who has not signed in."""
