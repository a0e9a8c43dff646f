"""All that opens something besides signing in. Each change is made in somebody's name and stands in the audit log."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Self

from sqlalchemy import Engine

from afterclick.accounts.api_keys import ApiKey, ApiKeys
from afterclick.accounts.audit import Audit
from afterclick.accounts.keys import Key, Keys, NewKey
from afterclick.accounts.policy import Capability
from afterclick.accounts.secrets import Secrets
from afterclick.accounts.share_links import Shared, ShareLink, ShareLinks
from afterclick.accounts.viewer import Viewer
from afterclick.clock import Clock, now_ms
from afterclick.settings import Settings


@dataclass(frozen=True)
class Keyring:
    """Write keys, API keys and share links; open with `Keyring.over`. Safe to use from any thread; blocks.

    Its methods raise what those of the parts raise. What a viewer may do is held by who calls.
    """

    keys: Keys
    api_keys: ApiKeys
    share_links: ShareLinks
    audit: Audit

    @classmethod
    def over(cls, engine: Engine, settings: Settings, clock: Clock = now_ms) -> Self:
        """The parts over a control database.

        Raises Misconfigured when the installation's secret key cannot be had.
        """
        links = ShareLinks(engine, Secrets.open(settings), clock)
        return cls(Keys(engine, clock), ApiKeys(engine, clock), links, Audit(engine, clock))

    def create_key(
        self,
        viewer: Viewer,
        site: str,
        name: str = "",
        capabilities: Iterable[str] = (),
        origins: Iterable[str] = (),
        browsers_only: bool = False,
    ) -> NewKey:
        """Make a write key."""
        made = self.keys.create(site, name, capabilities, origins, browsers_only)
        self.audit.record(viewer, "key.create", made.prefix, site, _described(made))
        return made

    def rotate_key(self, viewer: Viewer, site: str, prefix: str, overlap_hours: float = 24) -> NewKey:
        """Put a new write key in the place of one, which goes on for the overlap."""
        made = self.keys.rotate(site, prefix, overlap_hours)
        detail = f"by {made.prefix}; the old one goes on for {overlap_hours:g} h"
        self.audit.record(viewer, "key.rotate", prefix[: len(made.prefix)], site, detail)
        return made

    def restrict_key(
        self, viewer: Viewer, site: str, prefix: str, origins: Iterable[str], browsers_only: bool
    ) -> Key:
        """Set what a write key is for."""
        changed = self.keys.restrict(site, prefix, origins, browsers_only)
        self.audit.record(viewer, "key.restrict", changed.prefix, site, _described(changed))
        return changed

    def revoke_key(self, viewer: Viewer, site: str, prefix: str) -> None:
        """End a write key."""
        ended = self.keys.revoke(site, prefix)
        self.audit.record(viewer, "key.revoke", ended.prefix, site, _described(ended))

    def create_api_key(
        self, viewer: Viewer, site: str, name: str, capabilities: Iterable[Capability], days: int
    ) -> tuple[ApiKey, str]:
        """Make an API key; and its secret."""
        made, secret = self.api_keys.create(viewer, site, name, capabilities, days)
        may = ", ".join(sorted(made.capabilities))
        self.audit.record(viewer, "api_key.create", made.prefix, site, f"{made.name}: {may}; {days} days")
        return made, secret

    def revoke_api_key(self, viewer: Viewer, site: str, key: str) -> None:
        """End an API key."""
        ended = self.api_keys.revoke(site, key)
        self.audit.record(viewer, "api_key.revoke", ended.prefix, site, ended.name)

    def share(self, viewer: Viewer, shared: Shared, days: int) -> ShareLink:
        """Make a share link."""
        made = self.share_links.create(viewer, shared, days)
        money = "with money" if shared.money else "without money"
        self.audit.record(viewer, "share.create", shared.page, shared.site, f"{money}; {days} days")
        return made

    def unshare(self, viewer: Viewer, site: str, link: str) -> None:
        """End a share link."""
        ended = self.share_links.revoke(site, link)
        self.audit.record(viewer, "share.revoke", ended.shared.page, site)


def _described(key: Key) -> str:
    origins = ", ".join(sorted(key.origins)) or "any origin"
    parts = (key.name, *sorted(key.capabilities), origins, "browsers only" if key.browsers_only else "")
    return "; ".join(part for part in parts if part)
