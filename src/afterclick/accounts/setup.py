"""The first run: one token, shown in the terminal, lets its reader make the first administrator and name the site."""

import secrets
import threading
from dataclasses import dataclass

from afterclick.accounts.audit import Audit
from afterclick.accounts.members import Member, Members
from afterclick.accounts.policy import Role
from afterclick.accounts.sites import DEFAULT_SITE, Site, Sites
from afterclick.accounts.tokens import new_token
from afterclick.accounts.viewer import EVERY_SITE
from afterclick.errors import Forbidden


@dataclass(frozen=True)
class Wanted:
    """What the set-up page asks for: the administrator, and the site's name, currency (ISO 4217) and zone (IANA)."""

    email: str
    name: str
    password: str
    site: str
    currency: str
    timezone: str


class SetUp:
    """Open until there is an administrator. The token lives as long as the process."""

    def __init__(self, members: Members, sites: Sites, audit: Audit) -> None:
        self._members = members
        self._sites = sites
        self._audit = audit
        self._lock = threading.Lock()
        self.token = new_token()

    def is_open(self) -> bool:
        """Whether the installation still has no administrator."""
        return not self._members.any_administrator()

    def check(self, token: str) -> None:
        """Raises Forbidden unless set-up is open and this is its token."""
        if not self.is_open():
            raise Forbidden("Afterclick is set up already; sign in.")
        if not secrets.compare_digest(token.encode("utf-8", "replace"), self.token.encode()):
            raise Forbidden("Open the set-up link that `afterclick serve` printed in its terminal.")

    def finish(self, token: str, wanted: Wanted) -> Member:
        """Make the administrator and give the site its name.

        Raises Forbidden as `check` does, InvalidInput for what is not one (a currency, a zone, an e-mail, a password).
        """
        with self._lock:
            self.check(token)
            site = Site(DEFAULT_SITE, wanted.site.strip() or "Default", wanted.currency, wanted.timezone)
            self._sites.check(site)
            roles = {EVERY_SITE: Role.ADMINISTRATOR}
            member = self._members.create(wanted.email, wanted.name, wanted.password, roles)
            self._sites.change(site)
        self._audit.record(member.viewer, "setup.done", member.email, site=DEFAULT_SITE)
        return member
