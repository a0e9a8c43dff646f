"""Retention of sites that keep records for less time than the installation does."""

from typing import Protocol

from afterclick.accounts.site_privacy import SitePrivacy
from afterclick.clock import now_ms
from afterclick.jobs import Job, Stop
from afterclick.settings import Settings
from afterclick.store.store import Store

_DAY_MS = 86_400_000


class _Parts(Protocol):
    @property
    def settings(self) -> Settings: ...
    @property
    def store(self) -> Store: ...
    @property
    def site_privacy(self) -> SitePrivacy: ...


def age(parts: _Parts, stop: Stop) -> None:
    """Delete rows that are older than their site keeps them."""
    most = parts.settings.retention_days
    for site, rules in parts.site_privacy.all().items():
        stop.check()
        if (days := rules.days(most)) < most:
            parts.store.persons.drop_older(site, now_ms() - days * _DAY_MS)


RETENTION = Job(
    "retention of sites",
    3600,
    age,
    "deletes rows of sites that keep them for less time than the installation, see [privacy.md](privacy.md)",
)
