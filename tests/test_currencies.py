"""Currencies are those of ISO 4217, with its decimals, whatever is asked of them."""

import pytest
from babel.numbers import get_currency_precision

from afterclick.accounts.sites import currencies
from afterclick.currencies import CODES, decimals


@pytest.mark.parametrize("code", ["NaN", "abc", "eur", "ABC", "BTC", "XXX", "XTS", "", "EURO"])
def test_not_any_three_letters_are_a_currency(code: str) -> None:
    assert code not in CODES


def test_every_currency_that_a_site_may_have_is_one() -> None:
    assert currencies() <= CODES


def test_a_currency_has_at_least_the_decimals_that_are_shown_of_it() -> None:
    fewer = {code for code in CODES if decimals(code) < get_currency_precision(code)}
    assert not fewer


@pytest.mark.parametrize(("digits", "codes"), [
    (0, "JPY KRW CLP ISK VND PYG UGX XAF XOF XPF"), (2, "EUR USD HUF IDR COP CZK"),
    (3, "IQD BHD KWD JOD OMR TND LYD"), (4, "CLF"),
])  # fmt: skip
def test_the_smallest_unit_is_that_of_iso_4217(digits: int, codes: str) -> None:
    assert {decimals(code) for code in codes.split()} == {digits}
