"""Publishes to the store the rates of exchange that sites state, so that whatever reads money converts it.

By days of the site's zone, in UTC: a rate holds from the beginning of its day until the next one's, at most
`VALID_DAYS` days after its own.
"""

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from itertools import groupby, pairwise
from typing import Protocol
from zoneinfo import ZoneInfo

from afterclick.accounts.exchange_rates import VALID_DAYS, ExchangeRates, SiteRates
from afterclick.currencies import decimals
from afterclick.jobs import Job, Stop
from afterclick.store.rollups.exchange import ValidRate
from afterclick.store.store import Store


def publish(rates: ExchangeRates, store: Store) -> bool:
    """Bring the store's rates up to date; whether they were not. Idempotent, and safe to be killed at any point."""
    stamp = rates.stamp()  # first: what is stated meanwhile makes the next run publish again
    if stamp == store.exchange.stated():
        return False
    store.exchange.publish((rate for site in rates.every() for rate in valid(site)), stamp)
    return True


def valid(stated: SiteRates) -> Iterator[ValidRate]:
    """The rates of a site, each with the time for which it holds."""
    site, zone = stated.site, ZoneInfo(stated.site.timezone)
    places = decimals(site.currency)
    for code, several in groupby(stated.rates, key=lambda one: one.currency):
        for one, after in pairwise([*several, None]):
            if one is None:
                continue
            last = one.day + timedelta(days=VALID_DAYS + 1)
            until = min(last, after.day) if after else last
            yield ValidRate(
                site.id,
                code,
                _began(one.day, zone),
                _began(until, zone) - 1,
                one.day,
                one.rate,
                site.currency,
                places,
            )


def _began(day: date, zone: ZoneInfo) -> int:
    return int(datetime.combine(day, time(), zone).timestamp() * 1000)


class _Parts(Protocol):
    @property
    def exchange_rates(self) -> ExchangeRates: ...
    @property
    def store(self) -> Store: ...


def _run(parts: _Parts, stop: Stop) -> None:
    publish(parts.exchange_rates, parts.store)


EXCHANGE = Job(
    "exchange rates",
    5,
    _run,
    "brings rates of exchange that a site states to what reads money, see [definitions.md](definitions.md#exchange)",
    rest=20,
)
