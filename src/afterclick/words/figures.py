"""Numbers in words, one way everywhere: units always, thousands separated, three significant digits in prose."""

import math
import re
from collections.abc import Iterable
from copy import copy
from datetime import datetime
from functools import lru_cache
from zoneinfo import ZoneInfo

from babel.core import Locale
from babel.numbers import NumberPattern, format_decimal, get_currency_symbol

from afterclick.currencies import decimals
from afterclick.stats import Interval

ENGLISH = "en"
"""The language of every page, until a reader can choose their own."""
_DAY = 86_400_000
NOT_FOR_YOU = "not for your role"
"""What stands where a figure would that the reader may not see."""


def rounded(value: float, digits: int = 3) -> float:
    """`value` to `digits` significant digits; 0 stays 0."""
    if value == 0 or not math.isfinite(value):
        return 0.0
    return round(value, digits - 1 - math.floor(math.log10(abs(value))))


def count(value: float, locale: str = ENGLISH) -> str:
    """A whole number with thousands separated: 12,345; "unknown" for what is no number."""
    return format_decimal(round(value), locale=locale) if math.isfinite(value) else "unknown"


def short(value: float) -> str:
    """A number to three significant digits: 12,345 is 12.3 k, 840 is 840."""
    for limit, letter in ((1e9, "bn"), (1e6, "M"), (1e4, "k")):
        if abs(value) >= limit * 0.9995:
            return f"{rounded(value / (1e3 if letter == 'k' else limit)):,g}\u00a0{letter}"
    return f"{rounded(value):,g}" if abs(value) < 1000 else f"{value:,.0f}"


def money(value: float, currency: str, *, exact: bool = False, locale: str = ENGLISH) -> str:
    """An amount with its currency as CLDR writes it: €4,210, ¥1,234, CZK 4,210. `exact` keeps the minor unit, of which
    each currency has its own digits; else it is three significant digits. NaN is an amount that was withheld.
    """
    if math.isnan(value):
        return NOT_FOR_YOU
    small = 0 < abs(value) < 10
    shown = value if exact or small else rounded(value)
    places = decimals(currency) if exact or small else 0
    amount = _pattern(locale, places).apply(shown, locale, currency=currency, currency_digits=False)
    symbol = get_currency_symbol(currency, locale)
    if symbol[-1:].isalpha():
        amount = re.sub(rf"(?<={re.escape(symbol)})(?=\d)", "\u00a0", amount)
    return amount.replace("-", "−")


def money_in_a_file(value: float, currency: str) -> str:
    """An amount for programs, with the digits that its currency has.

    >>> money_in_a_file(1.234, "KWD"), money_in_a_file(300000, "JPY"), money_in_a_file(5, "EUR")
    ('1.234 KWD', '300000 JPY', '5.00 EUR')
    """
    return f"{value:.{decimals(currency)}f} {currency}"


def moneys(sums: Iterable[tuple[float, str]], *, exact: bool = False, locale: str = ENGLISH) -> str:
    """Amounts of several currencies, which are never added: €10.00 and ¥12,000."""
    return join([money(value, currency, exact=exact, locale=locale) for value, currency in sums])


@lru_cache
def _pattern(locale: str, places: int) -> NumberPattern:
    """How the locale writes money, with so many digits behind the point."""
    pattern = copy(Locale.parse(locale).currency_formats["standard"])
    pattern.frac_prec = (places, places)
    return pattern


def money_range(interval: Interval, currency: str, locale: str = ENGLISH) -> str:
    """An interval of money in words: €2,900 to €5,600."""
    return (
        f"{money(interval.low, currency, locale=locale)} to {money(interval.high, currency, locale=locale)}"
    )


def percent(share: float, locale: str = ENGLISH) -> str:
    """A share of one as per cent, as the locale writes it: 3.42%, 99.95%, 87.1%, 1,250.0%."""
    size = abs(share * 100)
    if size < 0.005:
        return "0%"
    places = 0 if share == 1 else 2 if size < 10 or 99 < size < 100 else 1
    return _percentage(locale, places).apply(share, locale).replace("-", "−")


def points(size: float) -> str:
    """A difference of shares, in percentage points: 1 point, 0.42 points."""
    shown = rounded(size, 2)
    return f"{shown:,g} {'point' if shown == 1 else 'points'}"


@lru_cache
def _percentage(locale: str, places: int) -> NumberPattern:
    """How the locale writes per cent, with so many digits behind the point."""
    pattern = copy(Locale.parse(locale).percent_formats[None])
    pattern.frac_prec = (places, places)
    return pattern


def milliseconds(value: float) -> str:
    """A duration: 180 ms, 2.41 s, 4 min 5 s, 1 h 2 min."""
    if value < 999.5:
        return f"{value:.0f}\u00a0ms"
    seconds = value / 1000
    if rounded(seconds) < 60:
        return f"{rounded(seconds):g}\u00a0s"
    minutes, rest = divmod(round(seconds), 60)
    if minutes < 60:
        return f"{minutes}\u00a0min {rest}\u00a0s" if rest else f"{minutes}\u00a0min"
    hours, minutes = divmod(minutes, 60)
    return f"{hours}\u00a0h {minutes}\u00a0min" if minutes else f"{hours}\u00a0h"


def size(value: float) -> str:
    """A size in bytes: 4.2 MB."""
    for limit, unit in ((1e9, "GB"), (1e6, "MB"), (1e3, "kB")):
        if value >= limit * 0.9995:
            return f"{rounded(value / limit):g}\u00a0{unit}"
    return f"{value:.0f}\u00a0bytes"


def figure(value: float | None, unit: str, currency: str) -> str:
    """A value in a chart's unit: count, money, share, ms or score; "unknown" for None."""
    if value is None:
        return "unknown"
    if unit == "money":
        return money(value, currency, exact=True)
    if unit == "share":
        return percent(value)
    if unit == "ms":
        return milliseconds(value)
    return count(value) if unit == "count" else f"{value:.3f}"


def clock(time: int, zone: str) -> str:
    """The time of day in `zone`: 14:20."""
    return _local(time, zone).strftime("%H:%M")


def moment(time: int, now: int, zone: str) -> str:
    """When, as people say it: today 14:20, yesterday 09:05, Tuesday 14:20, 3 Nov 14:20, 3 Nov 2024."""
    local, today = _local(time, zone), _local(now, zone)
    days = (today.date() - local.date()).days
    at = local.strftime("%H:%M")
    if days == 0:
        return f"today {at}"
    if days == 1:
        return f"yesterday {at}"
    if 1 < days < 7:
        return f"{local:%A} {at}"
    if 0 <= now - time < 300 * _DAY:
        return f"{local.day} {local:%b} {at}"
    return f"{local.day} {local:%b} {local.year}"


def stamp(time: int, zone: str) -> str:
    """The full local time for tables and titles: 2026-11-03 14:20:05."""
    return _local(time, zone).strftime("%Y-%m-%d %H:%M:%S")


def ago(time: int, now: int) -> str:
    """How long since: 5 s ago, 3 min ago, 2 h ago, 4 days ago."""
    seconds = max(0, now - time) // 1000
    if seconds < 60:
        return f"{seconds}\u00a0s ago"
    if seconds < 3600:
        return f"{seconds // 60}\u00a0min ago"
    if seconds < 2 * 86_400:
        return f"{seconds // 3600}\u00a0h ago"
    return f"{seconds // 86_400}\u00a0days ago"


def plural(value: float, one: str, many: str = "") -> str:
    """A count with its noun: 1 visit, 2,300 visits."""
    return f"{count(value)} {one if round(value) == 1 else many or one + 's'}"


def join(words: list[str]) -> str:
    """a, b and c."""
    return " and ".join([", ".join(words[:-1]), words[-1]] if len(words) > 1 else words)


def _local(time: int, zone: str) -> datetime:
    return datetime.fromtimestamp(time / 1000, ZoneInfo(zone))
