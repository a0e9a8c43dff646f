"""Hosts that customers only come back from, and pages in several spellings."""

import pytest

from afterclick.collect.event.page_address import page_of
from afterclick.collect.event.returning import comes_back


@pytest.mark.parametrize(
    ("referrer", "host", "back"),
    [
        ("www.paypal.com", "shop.example", True),
        ("hooks.stripe.com", "shop.example", True),
        ("pay.google.com", "shop.example", True),
        ("shop.example", "www.shop.example", True),
        ("login.shop.co.uk", "checkout.shop.co.uk", True),
        ("other.co.uk", "shop.co.uk", False),
        ("one.github.io", "other.github.io", False),
        ("notpaypal.com", "shop.example", False),
        ("paypal.com.evil.example", "shop.example", False),
        ("www.google.com", "shop.example", False),
        ("10.0.0.1", "10.1.0.1", False),
        ("10.0.0.1", "10.0.0.1", True),
        ("localhost", "localhost", True),
        ("", "shop.example", False),
        ("shop.example", "", False),
    ],
)
def test_a_customer_comes_back_from_own_hosts_and_payment_providers_alone(
    referrer: str, host: str, back: bool
) -> None:
    assert comes_back(referrer, host) == back


@pytest.mark.parametrize(
    ("referrer", "back"),
    [
        ("pay.bank.example", True),
        ("3ds.pay.bank.example", True),
        ("bank.example", False),
        ("notpay.bank.example", False),
        ("www.paypal.com", True),
    ],
)
def test_a_site_names_hosts_of_its_own_that_customers_come_back_from(referrer: str, back: bool) -> None:
    assert comes_back(referrer, "shop.example", frozenset({"pay.bank.example"})) is back


@pytest.mark.parametrize(
    "url",
    [
        "https://пример.рф/товар",
        "https://ПРИМЕР.рф/товар",
        "https://xn--e1afmkfd.xn--p1ai/%D1%82%D0%BE%D0%B2%D0%B0%D1%80",
        "https://XN--E1AFMKFD.xn--p1ai/%d1%82%d0%be%d0%b2%d0%b0%d1%80",
    ],
)
def test_one_page_in_several_spellings_is_one_host_and_path(url: str) -> None:
    assert page_of(url)[:2] == ("xn--e1afmkfd.xn--p1ai", "/товар")


@pytest.mark.parametrize(
    ("path", "kept"),
    [
        ("/a%2fb", "/a%2Fb"),
        ("/%ff%fe", "/%FF%FE"),
        ("/e\u0301", "/é"),
        ("/100%", "/100%"),
        ("/a%20b", "/a%20b"),
    ],
)
def test_what_is_no_letter_stays_encoded(path: str, kept: str) -> None:
    assert page_of(f"https://shop.example{path}")[1] == kept
