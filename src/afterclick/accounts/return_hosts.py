"""The hosts from which each site's customers only come back, as the drain asks: read again every few seconds."""

import time
from collections.abc import Callable, Iterable, Mapping

from sqlalchemy.exc import SQLAlchemyError

from afterclick.accounts.sites import Site

MEMORY_SECONDS = 5.0


class ReturnHosts:
    """Remembers them for MEMORY_SECONDS; while the control database is away, for as long as that lasts."""

    def __init__(
        self, read: Callable[[], Iterable[Site]], clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._read = read
        self._clock = clock
        self._until = float("-inf")
        self._hosts: Mapping[str, frozenset[str]] = {}

    def of(self, site: str) -> frozenset[str]:
        """Those of a site; none for one that names none."""
        if self._clock() >= self._until:
            self._hosts = self._again()
            self._until = self._clock() + MEMORY_SECONDS
        return self._hosts.get(site, frozenset())

    def _again(self) -> Mapping[str, frozenset[str]]:
        try:
            return {site.id: frozenset(site.return_hosts) for site in self._read() if site.return_hosts}
        except SQLAlchemyError:
            return self._hosts
