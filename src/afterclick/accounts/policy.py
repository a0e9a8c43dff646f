"""Who may do what: the roles, and the capabilities that each brings. The one place where this is said.

A capability is held for a site; `docs/accounts.md` draws the same table, and a test holds the two together. What a
route needs stands in `web/access.py`.
"""

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType


class Capability(StrEnum):
    """One thing that a viewer may do on a site."""

    VIEW = "view"
    """See the site's pages: counts, rates, times, problems and their causes."""
    MONEY = "money"
    """See orders' worth and revenue; without it money is left out of every page and answer."""
    VISITS = "visits"
    """Open the visits of single customers."""
    PERSONAL = "personal"
    """See who a customer is: user ids, people, places finer than a country."""
    MARK = "mark"
    """Record releases and other deploy marks."""
    QUERY = "query"
    """Ask the site's tables in SQL."""
    CONNECT = "connect"
    """See the site's write keys and how to send to it."""
    SITE = "site"
    """Change the site: its keys, retention, consent and other settings."""
    PRIVACY = "privacy"
    """Export or erase a customer's records."""
    MEMBERS = "members"
    """Invite members and give them roles."""
    AUDIT = "audit"
    """Read who did what."""
    OPERATE = "operate"
    """See how the installation itself is doing; back it up."""


class Role(StrEnum):
    """What a member is on a site."""

    EXECUTIVE = "executive"
    MARKETING = "marketing"
    PRODUCT = "product"
    ENGINEERING = "engineering"
    SUPPORT = "support"
    ADMINISTRATOR = "administrator"


ROLES: Mapping[Role, frozenset[Capability]] = MappingProxyType(
    {
        Role.EXECUTIVE: frozenset({Capability.VIEW, Capability.MONEY}),
        Role.MARKETING: frozenset({Capability.VIEW, Capability.MONEY, Capability.QUERY}),
        Role.PRODUCT: frozenset(
            {Capability.VIEW, Capability.MONEY, Capability.VISITS, Capability.MARK, Capability.QUERY}
        ),
        Role.ENGINEERING: frozenset(
            {
                Capability.VIEW,
                Capability.VISITS,
                Capability.MARK,
                Capability.QUERY,
                Capability.CONNECT,
                Capability.OPERATE,
            }
        ),
        Role.SUPPORT: frozenset(
            {Capability.VIEW, Capability.VISITS, Capability.PERSONAL, Capability.PRIVACY}
        ),
        Role.ADMINISTRATOR: frozenset(Capability),
    }
)
