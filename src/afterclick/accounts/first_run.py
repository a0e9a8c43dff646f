"""What every installation begins with: one site and a key for it."""

from sqlalchemy import Engine

from afterclick.accounts.keys import Keys
from afterclick.accounts.sites import DEFAULT_SITE, Site, Sites
from afterclick.settings import Settings
from afterclick.store.control.locks import alone


def first_run(engine: Engine, settings: Settings) -> None:
    """See to it that the site `default` and a key for it exist; changes nothing when they do.

    Any number of processes may do so at once.
    """
    with alone(engine, "migrate"):
        sites = Sites(engine)
        if not any(site.id == DEFAULT_SITE for site in sites.list()):
            sites.create(Site(DEFAULT_SITE, "Default", settings.currency, settings.timezone))
        keys = Keys(engine)
        if not any(key.revoked is None for key in keys.list(DEFAULT_SITE)):
            keys.create(DEFAULT_SITE, "first key")
