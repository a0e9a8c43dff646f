"""Who may send, who may look: sites and their write keys, members and their roles.

Enters: a site's name, a write key as sent, an e-mail and a password. Leaves: `Site`, `Key`, `Grant` (what a key opens),
`Viewer` (who asks, and what they may do).
"""

from afterclick.accounts.first_run import first_run
from afterclick.accounts.keys import CAPABILITIES, Grant, Key, Keys, NewKey, dsn
from afterclick.accounts.origins import allows
from afterclick.accounts.sites import DEFAULT_SITE, Site, Sites

__all__ = [
    "CAPABILITIES",
    "DEFAULT_SITE",
    "Grant",
    "Key",
    "Keys",
    "NewKey",
    "Site",
    "Sites",
    "allows",
    "dsn",
    "first_run",
]
