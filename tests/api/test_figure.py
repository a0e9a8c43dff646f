"""Money of an answer is told in whole smallest units of its currency."""

import pytest

from afterclick.api.figure import Figure, in_money
from afterclick.currencies import in_coins
from afterclick.stats import Interval


@pytest.mark.parametrize(
    ("currency", "told"), [("EUR", 2516.68), ("JPY", 2517.0), ("KWD", 2516.68), ("", 2516.68)]
)
def test_money_is_rounded_to_the_smallest_unit_of_its_currency(currency: str, told: float) -> None:
    summed = 2516.6800000000003
    figure = Figure(
        key="revenue",
        value=summed,
        unit="money",
        currency=currency,
        before=summed,
        interval=Interval(summed, summed, summed, 0.9),
    )
    assert (figure.value, figure.before) == (told, told)
    assert figure.interval == Interval(told, told, told, 0.9)


def test_what_is_no_money_or_not_known_stays_as_it_is() -> None:
    share = Figure(key="conversion", value=0.123456, unit="share", before=0.1234567)
    unknown = Figure(key="revenue", value=None, unit="money", currency="EUR")
    assert (share.value, share.before, unknown.value) == (0.123456, 0.1234567, None)


def test_an_interval_of_money_keeps_its_level() -> None:
    assert in_money(Interval(1.006, 0.5049, 2.0, 0.8), "EUR") == Interval(1.01, 0.5, 2.0, 0.8)


def test_a_sum_beyond_all_coins_is_told_as_it_is() -> None:
    assert in_coins(1.2e22, "EUR") == 1.2e22
