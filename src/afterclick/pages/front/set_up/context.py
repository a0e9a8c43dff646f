"""The set-up page: shown once, to who holds the link that the terminal printed."""

from dataclasses import dataclass

CURRENCIES = (
    "EUR", "USD", "GBP", "CHF", "CZK", "DKK", "HUF", "NOK", "PLN", "RON", "SEK", "AED", "AUD", "BRL", "CAD", "CNY",
    "HKD", "IDR", "ILS", "INR", "JPY", "KRW", "MXN", "NZD", "SGD", "THB", "TRY", "UAH", "ZAR",
)  # fmt: skip


@dataclass(frozen=True)
class SetUpPage:
    """The set-up page: its token, what was given so far, what was wrong with it, and what may be chosen."""

    token: str
    email: str
    name: str
    site: str
    currency: str
    timezone: str
    wrong: str = ""
    currencies: tuple[str, ...] = CURRENCIES
    timezones: tuple[str, ...] = ()
