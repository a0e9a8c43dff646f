"""One spool on its way into the store: what the app and each collector with a drain of its own set up alike."""

from dataclasses import dataclass
from functools import partial
from typing import Self

from afterclick.accounts.return_hosts import ReturnHosts
from afterclick.app.installation import Installation
from afterclick.store.drain.drain import Drain
from afterclick.store.spool.outlet import Outlet
from afterclick.visits import enrich
from afterclick.visits.misdated import begun
from afterclick.visits.sessionize import Sessionizer


@dataclass(frozen=True)
class Draining:
    """The spool's reading end, and the drain over it with every step; `close` when the drain has stopped."""

    outlet: Outlet
    drain: Drain
    sessionizer: Sessionizer

    @classmethod
    def over(cls, installation: Installation) -> Self:
        """The spool of the installation's data folder into its store."""
        settings = installation.settings
        outlet = Outlet(settings.spool)
        sessionizer = Sessionizer(settings.data, begun=partial(begun, installation.store))
        returns = ReturnHosts(installation.sites.list).of
        steps = (*installation.late.steps(), *enrich.steps(installation.routes, returns), sessionizer.step)
        return cls(outlet, Drain(outlet, installation.store, steps, installation.quality), sessionizer)

    def close(self) -> None:
        """Let go of the spool."""
        self.outlet.close()
        self.sessionizer.close()
