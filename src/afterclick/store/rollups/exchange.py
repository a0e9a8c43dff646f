"""Rates of exchange, as the engine looks them up: a small table that is replaced whole, and a dictionary over it.

No row of a visit or an order is touched when rates change: what reads money looks the rate up.
"""

from collections.abc import Iterable
from dataclasses import astuple, dataclass, fields
from datetime import date
from decimal import Decimal

import pyarrow as pa

from afterclick.store.engine.connection import Engine
from afterclick.store.engine.query import named


@dataclass(frozen=True)
class ValidRate:
    """1 `currency` was `rate` `into`, the site's own currency of so many `decimals`, from `since` to `until` (UTC ms,
    both within), by what was stated of `day`. Those of one currency of a site do not overlap.
    """

    site: str
    currency: str
    since: int
    until: int
    day: date
    rate: Decimal
    into: str
    decimals: int


class ExchangeTables:
    """The rates of all sites. Safe to use from any thread, but only one may publish at a time; blocks."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def stated(self) -> str:
        """What the rates were published as; empty where there are none."""
        found = self._engine.rows(_SQL["stated"], tag="exchange")
        return str(found[0]["stated"]) if found else ""

    def publish(self, rates: Iterable[ValidRate], stated: str) -> None:
        """Replace all rates, at once for all reads; safe to be killed at any point."""
        rows = [(*astuple(rate), stated) for rate in rates]
        self._engine.command("TRUNCATE TABLE exchange_rates_next")
        if rows:
            columns = zip(*rows, strict=True)
            made = [pa.array(column, type) for column, type in zip(columns, _TYPES, strict=True)]
            self._engine.insert("exchange_rates_next", pa.Table.from_arrays(made, names=_NAMES))
            self._engine.command(
                "ALTER TABLE exchange_rates REPLACE PARTITION tuple() FROM exchange_rates_next"
            )
            self._engine.command("TRUNCATE TABLE exchange_rates_next")
        else:
            self._engine.command("TRUNCATE TABLE exchange_rates")
        self._engine.command("SYSTEM RELOAD DICTIONARY exchange")


_SQL = named("afterclick.store.rollups", "exchange.sql")
_NAMES = [*(field.name for field in fields(ValidRate)), "stated"]
_TYPES = (
    *(pa.string(), pa.string(), pa.int64(), pa.int64(), pa.date32(), pa.decimal128(38, 18)),
    *(pa.string(), pa.uint8(), pa.string()),
)
