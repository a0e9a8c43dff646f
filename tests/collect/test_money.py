"""Sums as people write them are the sums that they mean, and what is no sum is none."""

import pytest
from babel.numbers import get_currency_precision, list_currencies
from hypothesis import given
from hypothesis import strategies as st

from afterclick.collect.event.money import THREE_DECIMALS, sum_of, unclear

WRITTEN = {
    "49.90": 49.9, "49,90": 49.9, "1,299.00": 1299, "1.299,00": 1299, "€ 49.90": 49.9, "€49,90": 49.9,
    "49.90 €": 49.9, "49,90\u00a0€": 49.9, "1\u00a0299,00 Kč": 1299, "1\u202f299,00": 1299, "1'299.00": 1299,
    "1’299.00": 1299, "EUR 1.299,50": 1299.5, "1,299.50USD": 1299.5, "US$1,299": 1299, "1,299": 1299,
    "1.299": 1.299, "1.299.000": 1299000, "1,299,000": 1299000, "1,29,999.00": 129999, "-5": -5, "\u22125,00": -5,
    "5.00-": -5, "(5.00)": -5, "-€5.00": -5, "+7": 7, "0,500": 0.5, "0": 0, ".5": 0.5, ",50": 0.5, "12.": 12,
    "Rs. 1,500": 1500, "1500 kr.": 1500, "R$ 10,00": 10, "¥12,000": 12000, "1e3": 1000, " 7 ": 7,
    "\u0664\u0669\u066b\u0669": 49.9, "１２": 12, "1.234.567,89": 1234567.89, "1 000": 1000,
    "1234,500": 1234.5, "12345,678": 12345.678, "\u0661\u066c\u0662\u0663\u0664": 1234,
}  # fmt: skip
NONE: list[object] = [
    "", " ", "free", "€", "-", "1.2.3,4,5", "12 and 13", "5-5", "(5", "5)", "--5", "NaN", "inf", "1/2", "x" * 99, None,
    True, [], {},
]  # fmt: skip


@pytest.mark.parametrize(("written", "meant"), WRITTEN.items())
def test_a_sum_is_read_as_it_is_meant(written: str, meant: float) -> None:
    assert sum_of(written) == meant


CLEAR = {
    "1.234": 1.234, "1,234.500": 1234.5, "1.234,500": 1234.5, "1,234,567": 1234567, "0,500": 0.5, "1234,500": 1234.5,
    "12,5": 12.5, "12,50": 12.5, "1'234": 1234, "1 234": 1234, "\u0661\u066c\u0662\u0663\u0664": 1234,
    "\u0661\u066b\u0662\u0663\u0664": 1.234, "1234 KWD": 1234, "-5": -5,
}  # fmt: skip


@pytest.mark.parametrize("currency", sorted(THREE_DECIMALS))
@pytest.mark.parametrize("written", ["1,234", "KWD 12,345", "-123,456", "(1,234)", "1,000 د.ك"])
def test_one_comma_before_three_digits_tells_no_sum_where_it_may_divide(written: str, currency: str) -> None:
    assert sum_of(written, currency) is None
    assert unclear(written, currency.lower())
    assert not unclear(written, "EUR")


@pytest.mark.parametrize(("written", "meant"), CLEAR.items())
def test_what_can_be_told_in_a_currency_of_three_decimals_is_read(written: str, meant: float) -> None:
    assert sum_of(written, "KWD") == meant
    assert not unclear(written, "KWD")


def test_currencies_of_three_decimals_are_those_that_are_shown_with_three() -> None:
    assert {code for code in list_currencies() if get_currency_precision(code) == 3} == THREE_DECIMALS


@pytest.mark.parametrize("written", NONE)
def test_what_is_no_sum_is_not_a_sum_of_nothing(written: object) -> None:
    assert sum_of(written) is None


@given(
    st.decimals(0, 10**9, places=2),
    st.sampled_from([",.", ".,", " ,", "\u00a0,", "'."]),
    st.booleans(),
    st.sampled_from(["", "€", "$ ", "CHF "]),
)
def test_whatever_the_marks_a_sum_of_two_decimals_is_itself(
    cents: object, marks: str, negative: bool, sign: str
) -> None:
    group, divide = marks
    written = f"{cents:,.2f}".translate({44: group, 46: divide})
    assert sum_of(f"{'-' * negative}{sign}{written}") == (
        -float(str(cents)) if negative else float(str(cents))
    )


@given(st.text(max_size=80))
def test_no_text_breaks_it(written: str) -> None:
    found = sum_of(written)
    assert found is None or found == found
