"""Amounts and figures as they are written."""

from afterclick.words import figures


def test_an_amount_in_a_file_has_the_digits_of_its_currency() -> None:
    told = [figures.money_in_a_file(*one) for one in ((1.234, "KWD"), (300000, "JPY"), (5, "EUR"))]
    assert told == ["1.234 KWD", "300000 JPY", "5.00 EUR"]
