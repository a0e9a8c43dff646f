"""Sums as people write them are the sums that they mean, and what is no sum is none."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from afterclick.collect.event.money import doubt, sum_of
from afterclick.currencies import CODES, decimals

THREE_DECIMALS = {code for code in CODES if decimals(code) == 3}

WRITTEN = {
    "49.90": 49.9, "49,90": 49.9, "1,299.00": 1299, "1.299,00": 1299, "€ 49.90": 49.9, "€49,90": 49.9,
    "49.90 €": 49.9, "49,90\u00a0€": 49.9, "1\u00a0299,00 Kč": 1299, "1\u202f299,00": 1299, "1'299.00": 1299,
    "1’299.00": 1299, "EUR 1.299,50": 1299.5, "1,299.50USD": 1299.5, "US$1,299": 1299, "1,299": 1299,
    "1.299": 1.299, "1.299.000": 1299000, "1,299,000": 1299000, "1,29,999.00": 129999, "-5": -5, "\u22125,00": -5,
    "5.00-": -5, "(5.00)": -5, "-€5.00": -5, "+7": 7, "0,500": 0.5, "0": 0, ".5": 0.5, ",50": 0.5, "12.": 12,
    "Rs. 1,500": 1500, "1500 kr.": 1500, "R$ 10,00": 10, "¥12,000": 12000, "1e3": 1000, " 7 ": 7,
    "\u0664\u0669\u066b\u0669": 49.9, "１２": 12, "1.234.567,89": 1234567.89, "1 000": 1000,
    "1234,500": 1234.5, "12345,678": 12345.678, "1,29,900.00": 129900, "12,34,567": 1234567, "49,-": 49, "49.-": 49,
    "49,–": 49, "49,— €": 49, "CHF 49.-": 49, "1'299.–": 1299, "1.299,- Kč": 1299, "49,--": 49, "-49,-": -49,
    "49,=": 49, "\u0661\u066c\u0662\u0663\u0664": 1234,
}  # fmt: skip
NONE: list[object] = [
    "", " ", "free", "€", "-", "1.2.3,4,5", "12 and 13", "5-5", "12.34.56", "1 299 00", "12 5", "1,23,45", "1,299,00",
    "1'29", "1 29.00", "0,123,456", "1.29,00,000.5", "12,345,67", "49 90", "1  299  0",
    "(5", "5)", "--5", "NaN", "inf", "1/2", "x" * 99, None,
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
@pytest.mark.parametrize("written", ["1,234", "-12,345", "(1,234)", "1,000"])
def test_one_comma_before_three_digits_tells_no_sum_where_it_may_divide(written: str, currency: str) -> None:
    assert sum_of(written, currency) is None
    assert doubt(written, currency.lower()) == "unclear"
    assert doubt(written, "EUR") is None


@pytest.mark.parametrize(("written", "meant"), CLEAR.items())
def test_what_can_be_told_in_a_currency_of_three_decimals_is_read(written: str, meant: float) -> None:
    assert sum_of(written, "KWD") == meant
    assert doubt(written, "KWD") is None


FITS = [
    ("$49.90", "USD CAD AUD NZD MXN"), ("C$49.90", "CAD"), ("CAD $49.90", "CAD"), ("49,90 kr", "SEK NOK DKK ISK"),
    ("49,90 kr.", "DKK"), ("¥4990", "JPY CNY"), ("￥4990", "JPY CNY"), ("£49.90", "GBP EGP"), ("R$ 49,90", "BRL"),
    ("49,90 €", "EUR"), ("eur 49,90", "EUR"), ("49.90 د.ك", "KWD"), ("₹49.90", "INR"), ("Rs. 49.90", "INR PKR"),
    ("49,90 je Stück", "EUR CHF"), ("ca. 49.90", "EUR"), ("-$5", "USD"), ("($5)", "USD"), ("49,- Kč", "CZK"),
]  # fmt: skip


@pytest.mark.parametrize(("written", "codes"), FITS)
def test_a_sign_fits_every_currency_that_it_may_stand_for(written: str, codes: str) -> None:
    for code in codes.split():
        assert sum_of(written, code) is not None, code


@pytest.mark.parametrize(
    ("written", "code"),
    [
        ("$49.90", "EUR"), ("-$5", "EUR"), ("49,90 €", "USD"), ("USD 49.90", "EUR"), ("49.90usd", "EUR"),
        ("US$5", "CAD"),
        ("¥4990", "EUR"), ("49,90 kr", "EUR"), ("£49.90", "USD"), ("R$ 49,90", "USD"), ("€49.90 EUR", "USD"),
    ],
)  # fmt: skip
def test_a_sign_that_contradicts_the_stated_currency_tells_no_sum(written: str, code: str) -> None:
    assert sum_of(written, code.lower()) is None
    assert doubt(written, code) == "contradicting"


@pytest.mark.parametrize(("written", "decimal", "meant"), [
    ("1.234,50", ",", 1234.5), ("1,234", ",", 1.234), ("1,234", ".", 1234), ("1.234", ",", 1234), ("1.234", ".", 1.234),
    ("49,- Kč", ",", 49), ("12.34.56", ",", None), ("1.23", ",", None), ("1,23", ".", None), ("1,234.50", ",", None),
])  # fmt: skip
def test_where_the_decimal_is_known_the_other_mark_only_groups(
    written: str, decimal: str, meant: float | None
) -> None:
    assert sum_of(written, decimal=decimal) == meant


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


@pytest.mark.parametrize(
    ("written", "currency", "amount"),
    [
        ("Rp 150.000", "IDR", 150_000), ("150.000 ₫", "VND", 150_000), ("₩12.000", "KRW", 12_000),
        ("1.980", "JPY", 1980), ("¥1.980", "JPY", 1980), ("-1.980", "JPY", -1980), ("1980.0", "JPY", 1980),
        ("1e3", "JPY", 1000), ("12.50", "JPY", 12.5), ("$ 15.990", "CLP", 15_990), ("12.990 kr.", "ISK", 12_990),
        ("12.990 kr", "SEK", 12_990), ("1.299 €", "EUR", 1299), ("0.500 €", "EUR", 0.5), ("1.299", "EUR", 1.299),
        ("KWD 5.250", "KWD", 5.25), ("€ 1.299,00", "EUR", 1299),
    ],
)  # fmt: skip
def test_a_point_before_three_digits_groups_where_the_currency_has_no_such_decimals_and_a_person_wrote_it(
    written: str, currency: str, amount: float
) -> None:
    assert sum_of(written, currency) == amount


ARABIC = [
    ("د.ك 5.250", "KWD", 5.25), ("د.إ 100", "AED", 100), ("د.إ.\u200f 1,299.50", "AED", 1299.5),
    ("\u200fد.ك\u200e\u00a05.250", "KWD", 5.25), ("\u200f٥٫٢٥٠\u200f د.ك", "KWD", 5.25), ("د.إ ١٠٠", "AED", 100),
    ("\u061c-١٬٢٩٩٫٥٠ د.إ.", "AED", -1299.5), ("-د.إ 100", "AED", -100), ("ر.س100", "SAR", 100),
    ("U.S.$ 5", "USD", 5), ("\u200e1\u200f00", "EUR", 100),
]  # fmt: skip


@pytest.mark.parametrize(("written", "currency", "amount"), ARABIC)
def test_a_sign_with_points_in_it_and_marks_of_direction_stand_beside_a_sum_on_either_side(
    written: str, currency: str, amount: float
) -> None:
    assert sum_of(written, currency) == amount
    assert doubt(written, currency) is None


@pytest.mark.parametrize("written", ["د.ك 5.250", "\u200f100 د.ك", "د.ع 100"])
def test_an_arabic_sign_contradicts_another_currency(written: str) -> None:
    assert sum_of(written, "AED") is None
    assert doubt(written, "AED") == "contradicting"
