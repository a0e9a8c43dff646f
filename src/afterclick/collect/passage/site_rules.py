"""What the sites decided about personal data, as the collector sees it: read again every few seconds."""

import time
from collections.abc import Callable, Mapping

from sqlalchemy.exc import SQLAlchemyError

from afterclick.accounts.site_privacy import UNDECIDED, SiteRules
from afterclick.errors import Unavailable

MEMORY_SECONDS = 5.0

Read = Callable[[], Mapping[str, SiteRules]]


def _nothing() -> Mapping[str, SiteRules]:
    return {}


class RulesOfSites:
    """Remembers them for MEMORY_SECONDS; while the control database is away, for as long as that lasts."""

    def __init__(self, read: Read = _nothing, clock: Callable[[], float] = time.monotonic) -> None:
        self._read = read
        self._clock = clock
        self._rules: Mapping[str, SiteRules] | None = None
        self._until = 0.0

    def of(self, site: str) -> SiteRules:
        """The rules of a site.

        Raises Unavailable when they cannot be read and never were: then nobody knows what may be kept.
        """
        if self._clock() >= self._until:
            self._rules = self._read_again()
            self._until = self._clock() + MEMORY_SECONDS
        return (self._rules or {}).get(site, UNDECIDED)

    def _read_again(self) -> Mapping[str, SiteRules]:
        try:
            return self._read()
        except SQLAlchemyError as error:
            if self._rules is None:
                raise Unavailable(
                    "Rules of sites cannot be read just now; send again in a moment."
                ) from error
            return self._rules
