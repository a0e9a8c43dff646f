"""What a route may need of who asks."""

from dataclasses import dataclass
from enum import StrEnum

from afterclick.accounts.policy import Capability
from afterclick.accounts.viewer import Viewer


class Open(StrEnum):
    """A route that asks for no capability."""

    ANYONE = "anyone"
    """Also who has not signed in."""
    HERE = "this machine"
    """Whoever can open the socket in the data folder; nobody over TCP."""
    SIGNED_IN = "signed in"
    """Whoever is known, with whatever role."""


@dataclass(frozen=True)
class Everywhere:
    """A route about the installation itself: asks for a capability that is held on every site, also on later ones."""

    capability: Capability

    def __str__(self) -> str:
        return f"{self.capability} on every site"


Need = Capability | Open | Everywhere


def is_met(need: Need, viewer: Viewer, site: str) -> bool:
    """Whether the viewer has what is needed, looking at `site`."""
    if isinstance(need, Everywhere):
        return viewer.may_everywhere(need.capability)
    if isinstance(need, Capability):
        return viewer.may(need, site)
    return need is Open.ANYONE or bool(viewer.grants)
