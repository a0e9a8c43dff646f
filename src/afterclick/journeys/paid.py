"""What was paid, by currency: sums of different currencies are never added, but for what a rate of its day converts."""

import msgspec

from afterclick.store.engine.query import Reader, statements
from afterclick.store.scope import Scope

_SQL = statements("afterclick.journeys", "paid.sql")


class Paid(msgspec.Struct, frozen=True):
    """A sum in one currency (ISO 4217)."""

    currency: str
    amount: float


class Exchanged(msgspec.Struct, frozen=True):
    """A sum `told` in `currency` (ISO 4217) that counts as `paid` in `into`, the site's own, by rates of the days from
    `since` to `until` (YYYY-MM-DD).
    """

    currency: str
    into: str
    told: float
    paid: float
    since: str
    until: str


def exchanged(reader: Reader, scope: Scope, since: int, until: int) -> list[Exchanged]:
    """What rates converted of the revenue of visits that started from `since` up to `until` (UTC ms), before refunds;
    once a currency.
    """
    return reader.rows(scope, _SQL["exchanged"], Exchanged, {"since": since, "until": until})
