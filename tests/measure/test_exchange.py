"""Rates that are stated reach what reads money, each for its days."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Engine

from afterclick.accounts import Site, Sites
from afterclick.accounts.exchange_rates import ExchangeRates, SiteRates
from afterclick.accounts.rate_files import Rate
from afterclick.accounts.viewer import NOBODY, THIS_MACHINE
from afterclick.errors import Forbidden, InvalidInput, NotFound
from afterclick.measure.exchange import publish, valid
from afterclick.store.engine.query import Statement
from afterclick.store.scope import Scope
from afterclick.store.store import Store

on_sqlite = pytest.mark.parametrize("control_settings", ["sqlite"], indirect=True)

NOW = 1_796_040_000_000
"""2026-11-30 12:00 UTC."""
FIRST = date(2026, 3, 20)
ZONES = ("UTC", "Europe/Prague", "Asia/Kathmandu", "America/New_York", "Pacific/Kiritimati")
_LOOKED_UP = Statement(
    "rates", "SELECT currency, toString(rate) AS rate FROM exchange_rates WHERE site = {site:String}"
)


@pytest.fixture
def rates(control: Engine) -> ExchangeRates:
    return ExchangeRates(control, 395, lambda: NOW)


@pytest.fixture
def home(control: Engine, site: str) -> Site:
    return Sites(control).create(Site(site, "Shop", "EUR", "Europe/Prague"))


def looked_up(store: Store, site: str) -> Mapping[str, str]:
    return {row["currency"]: row["rate"] for row in store.arrow(Scope(site), _LOOKED_UP).to_pylist()}


@given(
    days=st.sets(st.integers(0, 40), max_size=12),
    asked=st.integers(0, 50),
    minute=st.integers(0, 1439),
    zone=st.sampled_from(ZONES),
)
def test_at_most_one_rate_holds_the_newest_of_the_day_or_of_the_seven_before(
    days: set[int], asked: int, minute: int, zone: str
) -> None:
    stated = tuple(Rate(FIRST + timedelta(days=n), "USD", Decimal(n + 1)) for n in sorted(days))
    found = list(valid(SiteRates(Site("s", "S", "EUR", zone), stated)))
    began = datetime.combine(FIRST + timedelta(days=asked), datetime.min.time(), ZoneInfo(zone)) + timedelta(
        minutes=minute
    )
    at = int(began.timestamp() * 1000)
    day = datetime.fromtimestamp(at / 1000, UTC).astimezone(ZoneInfo(zone)).date()
    hold = [one.rate for one in found if one.since <= at <= one.until]
    newest = [one.rate for one in stated if timedelta() <= day - one.day <= timedelta(days=7)][-1:]
    assert hold == newest


@on_sqlite
def test_what_is_stated_is_published_once_and_what_is_forgotten_is_gone(
    store: Store, rates: ExchangeRates, home: Site
) -> None:
    publish(rates, store)
    rates.state(THIS_MACHINE, home, "usd", "0.92", "2026-11-27")
    assert publish(rates, store)
    assert looked_up(store, home.id) == {"USD": "0.92"}
    assert not publish(rates, store)
    rates.take(THIS_MACHINE, home, "2026-11-27,USD,0.93\n2026-11-27,JPY,0.006\n2025-01-01,USD,1")
    assert publish(rates, store)
    assert looked_up(store, home.id) == {"USD": "0.93", "JPY": "0.006"}
    rates.forget(THIS_MACHINE, home, "usd")
    assert publish(rates, store)
    assert looked_up(store, home.id) == {"JPY": "0.006"}
    rates.forget(THIS_MACHINE, home, "JPY")
    publish(rates, store)
    assert looked_up(store, home.id) == {}


@on_sqlite
def test_rates_lie_still_while_the_site_counts_in_another_currency_and_follow_its_zone(
    store: Store, control: Engine, rates: ExchangeRates, home: Site
) -> None:
    rates.state(THIS_MACHINE, home, "USD", "0.92", "2026-11-27")
    publish(rates, store)
    Sites(control).change(replace(home, timezone="UTC"))
    assert publish(rates, store)
    Sites(control).change(replace(home, currency="USD"))
    publish(rates, store)
    assert looked_up(store, home.id) == {}
    Sites(control).change(home)
    publish(rates, store)
    assert looked_up(store, home.id) == {"USD": "0.92"}


@on_sqlite
def test_a_file_tells_what_was_kept_what_is_too_old_and_what_is_wrong(
    rates: ExchangeRates, home: Site
) -> None:
    taken = rates.take(THIS_MACHINE, home, "2026-11-27,USD,0.93\n2024-01-01,USD,1\n" + "x,y,z\n" * 30)
    assert (taken.kept, taken.older, taken.wrong, len(taken.refused)) == (1, 1, 30, 20)
    assert taken.refused[0].startswith("Line 3 is left out")
    [one] = rates.summed(home)
    assert (one.currency, one.into, one.rates, str(one.until), one.newest) == (
        "USD",
        "EUR",
        1,
        "2026-11-27",
        "0.93",
    )
    assert rates.any_of(home)


@on_sqlite
def test_only_who_may_change_the_site_states_rates_and_wrong_ones_are_refused(
    rates: ExchangeRates, home: Site
) -> None:
    with pytest.raises(Forbidden):
        rates.state(NOBODY, home, "USD", "0.92")
    with pytest.raises(Forbidden):
        rates.forget(NOBODY, home, "USD")
    with pytest.raises(NotFound, match="states no rate of 'USD'"):
        rates.forget(THIS_MACHINE, home, "USD")
    with pytest.raises(InvalidInput, match="lies before all that is kept"):
        rates.state(THIS_MACHINE, home, "USD", "0.92", "2024-01-01")
    assert rates.summed(home) == []
