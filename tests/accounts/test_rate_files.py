"""Rates of exchange from a file: what is right is kept, what is wrong is named by its line."""

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from afterclick.accounts.rate_files import MOST_LINES, Rate, a_rate, read_rates
from afterclick.errors import InvalidInput

TODAY = date(2026, 11, 30)
BANK = """Date,USD,JPY,CZK,TRL,
2026-11-27,1.0876,162.77,24.31,N/A,
2026-11-26,1.0851,N/A,24.30,N/A,
"""


def kept(text: str, into: str = "EUR") -> dict[tuple[str, str], str]:
    found = read_rates(text, into, TODAY)
    return {(str(one.day), one.currency): f"{one.rate:.8f}" for one in found.rates}


def test_the_banks_rates_are_units_per_euro_and_absent_ones_are_none() -> None:
    assert kept(BANK) == {
        ("2026-11-27", "USD"): "0.91945568",
        ("2026-11-27", "JPY"): "0.00614364",
        ("2026-11-27", "CZK"): "0.04113534",
        ("2026-11-26", "USD"): "0.92157405",
        ("2026-11-26", "CZK"): "0.04115226",
    }
    assert read_rates(BANK, "EUR", TODAY).refused == ()


def test_for_a_site_in_another_currency_the_banks_rates_cross_through_the_euro() -> None:
    assert kept(BANK, "CZK") == {
        ("2026-11-27", "EUR"): "24.31000000",
        ("2026-11-27", "USD"): "22.35196764",
        ("2026-11-27", "JPY"): "0.14935185",
        ("2026-11-26", "EUR"): "24.30000000",
        ("2026-11-26", "USD"): "22.39424938",
    }


def test_the_banks_file_of_a_day_is_read_too() -> None:
    assert kept("Date, USD, JPY, \n27 November 2026, 1.0876, 162.77, \n") == {
        ("2026-11-27", "USD"): "0.91945568",
        ("2026-11-27", "JPY"): "0.00614364",
    }


@pytest.mark.parametrize("head", ["date,currency,rate\n", "\ufeffDate,Currency,Rate\r\n", ""])
def test_plain_lines_are_read_with_or_without_their_head_and_the_last_of_a_day_counts(head: str) -> None:
    text = head + '2026-11-27,USD,0.91\n\n2026-11-27,"usd",0.92\n2026-11-26,JPY,0.00614\n'
    assert kept(text) == {("2026-11-27", "USD"): "0.92000000", ("2026-11-26", "JPY"): "0.00614000"}


@pytest.mark.parametrize("separator", [";", "\t", "|"])
def test_what_separates_the_values_of_the_first_line_separates_all_and_a_comma_is_then_a_decimal_point(
    separator: str,
) -> None:
    text = "Date;USD;JPY\n2026-11-27;1,0876;162.77\n".replace(";", separator)
    assert kept(text) == {("2026-11-27", "USD"): "0.91945568", ("2026-11-27", "JPY"): "0.00614364"}


def test_lines_of_a_piece_are_told_by_their_numbers_in_the_file() -> None:
    found = read_rates("Date,USD,XQQ\nsoon,1,1\n", "EUR", TODAY, after=400)
    assert found.refused == ("Line 402 is left out: 'soon' is no day such as 2026-11-30.",)


@pytest.mark.parametrize(
    ("line", "why"),
    [
        ("2026-02-30,USD,0.9", "'2026-02-30' is no day such as 2026-11-30"),
        ("27/11/2026,USD,0.9", "'27/11/2026' is no day such as 2026-11-30"),
        ("2026-12-02,USD,0.9", "2026-12-02 lies in the future"),
        ("2026-11-27,USX,0.9", "'USX' is no ISO 4217 currency such as USD"),
        ("2026-11-27,EUR,1", "EUR is the site's own currency, which needs no rate"),
        ("2026-11-27,USD,", "'' is no rate of USD; write a number above 0 such as 0.9234"),
        ("2026-11-27,USD,nan", "'nan' is no rate of USD; write a number above 0 such as 0.9234"),
        ("2026-11-27,USD,-1", "'-1' is no rate of USD; write a number above 0 such as 0.9234"),
        ("2026-11-27,USD,1e5", "'1e5' is no rate of USD; write a number above 0 such as 0.9234"),
        ("2026-11-27,USD,\u0661", "'\u0661' is no rate of USD; write a number above 0 such as 0.9234"),
        ("2026-11-27,USD,0", "a rate of USD lies between a billionth and a billion"),
        ("2026-11-27,USD,999999999999", "a rate of USD lies between a billionth and a billion"),
        ("2026-11-27,USD,0,91", "it has 4 values, not the three date,currency,rate"),
        ("\0", "it has 1 values, not the three date,currency,rate"),
    ],
)
def test_a_wrong_line_is_named_and_loses_no_neighbour(line: str, why: str) -> None:
    found = read_rates(
        f"date,currency,rate\n2026-11-26,USD,0.92\n{line}\n2026-11-25,USD,0.93\n", "EUR", TODAY
    )
    assert found.refused == (f"Line 3 is left out: {why}.",)
    assert [one.rate for one in found.rates] == [Decimal("0.92"), Decimal("0.93")]


def test_a_wrong_value_of_the_banks_file_loses_neither_its_line_nor_its_column() -> None:
    found = read_rates(
        "Date,USD,JPY,XQQ\n2026-11-27,1.08,x,3\n2026-11-26,1.07,160,3\nsoon,1,2,3\n", "EUR", TODAY
    )
    assert found.refused == (
        "Line 1 names XQQ, no ISO 4217 currency: left out.",
        "Line 2 is kept but for JPY: 'x' is no rate of JPY; write a number above 0 such as 0.9234.",
        "Line 4 is left out: 'soon' is no day such as 2026-11-30.",
    )
    assert [(one.day.day, one.currency) for one in found.rates] == [(27, "USD"), (26, "USD"), (26, "JPY")]


def test_a_day_on_which_the_bank_quotes_no_currency_of_the_site_is_left_out() -> None:
    found = read_rates("Date,USD,CZK\n2026-11-27,1.08,N/A\n2026-11-26,1.07,24.3\n", "CZK", TODAY)
    assert found.refused == ("Line 2 is left out: it quotes no CZK, the site's own currency.",)
    assert len(found.rates) == 2


@pytest.mark.parametrize(
    ("text", "into", "why"),
    [
        ("", "EUR", "This file is empty"),
        ("\n \n", "EUR", "This file is empty"),
        ("hello\n", "EUR", "This file is neither layout"),
        ("a,b,c\n1,2,3", "EUR", "This file is neither layout"),
        ("Date,USD\n2026-11-27,1.08", "CZK", "This file quotes no CZK"),
        ("Date,USD,JPY,usd\n2026-11-27,1.08,162,1.09", "EUR", "Line 1 names USD twice; leave one"),
        ("\n" * (MOST_LINES + 1), "EUR", "This file is too long"),
    ],
)
def test_a_file_that_is_none_is_refused_in_one_sentence(text: str, into: str, why: str) -> None:
    with pytest.raises(InvalidInput, match=why):
        read_rates(text, into, TODAY)


@given(
    st.text(),
    st.sampled_from(["EUR", "CZK"]),
    st.sampled_from(["", "date,currency,rate\n", "Date,USD,CZK\n"]),
)
def test_whatever_is_in_a_file_is_read_or_refused(text: str, into: str, head: str) -> None:
    try:
        found = read_rates(head + text, into, TODAY)
    except InvalidInput:
        return
    assert all(isinstance(one, Rate) and one.rate > 0 for one in found.rates)


def test_a_typed_rate_says_what_is_wrong_with_it() -> None:
    assert a_rate("2026-11-27", "usd", "0.91", "EUR", TODAY) == Rate(
        date(2026, 11, 27), "USD", Decimal("0.91")
    )
    with pytest.raises(InvalidInput, match="This is no rate: 'x' is no rate of USD"):
        a_rate("2026-11-27", "USD", "x", "EUR", TODAY)
