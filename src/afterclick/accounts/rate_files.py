"""Rates of exchange, read from a file: the European Central Bank's layout, and `date,currency,rate`.

The bank's files (https://www.ecb.europa.eu/stats/eurofxref/) have a column `Date` and one a currency, quoted per euro,
with `N/A` where there was none. For a site that counts in something else its own column is the other leg: a rate
crosses through the euro. What stands most often in the first line separates values; where that is no comma, a comma
is a decimal point, as spreadsheets of half the world write both. A line that is wrong is left out and named; what
stands beside it is kept.
"""

import csv
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import ROUND_HALF_EVEN, Context, Decimal

from afterclick.currencies import CODES
from afterclick.errors import InvalidInput

MOST_LINES = 300_000
PLACES = 18
"""Decimals that a rate is kept to."""

_MOST_LETTERS = 5_000_000
_EURO = "EUR"
_SEPARATORS = (",", ";", "\t", "|")
_PLAIN = ["date", "currency", "rate"]
_ABSENT = {"", "N/A", "NA", "-"}
_NUMBER = re.compile(r"[0-9]{1,12}(?:\.[0-9]{1,18})?")
_LEAST, _MOST = Decimal("1e-9"), Decimal("1e9")
_STEP = Decimal(1).scaleb(-PLACES)
_EXACT = Context(prec=60, rounding=ROUND_HALF_EVEN)


@dataclass(frozen=True)
class Rate:
    """On that day 1 `currency` (ISO 4217) was worth `rate` in the site's own."""

    day: date
    currency: str
    rate: Decimal


@dataclass(frozen=True)
class RatesRead:
    """The rates of a file, and a sentence for each thing in it that is none."""

    rates: tuple[Rate, ...]
    refused: tuple[str, ...]


class _Wrong(Exception):
    """What a line lacks, as the end of a sentence."""


Found = Iterator[Rate | str]
_Line = Callable[[int, Sequence[str]], Found]
_Rows = list[tuple[int, list[str]]]


def read_rates(text: str, into: str, today: date, after: int = 0) -> RatesRead:
    """The rates of a file for a site that counts `into`, on `today` by its own clocks. A piece of a file comes `after`
    so many lines of it, the head aside, which each piece begins with.

    Raises InvalidInput for a file that is neither layout, has more than MOST_LINES lines, or cannot be crossed into the
    site's currency.
    """
    if len(text) > _MOST_LETTERS or len(lines := text.lstrip("\ufeff").splitlines()) > MOST_LINES:
        raise InvalidInput(
            f"This file is too long: send at most {MOST_LINES:,} lines and {_MOST_LETTERS:,} letters at a time."
        )
    separator = _separator(next((line for line in lines if line.strip()), ""))
    rows = [(number, _cells(line, separator)) for number, line in enumerate(lines, 1 + after) if line.strip()]
    if not rows:
        raise InvalidInput(
            "This file is empty; send lines of date,currency,rate, or a file of the European Central Bank."
        )
    read, rows, odd = _layout(rows, into, today)
    odd = () if after else odd
    found = [one for number, cells in rows for one in read(number, cells)]
    rates = {(one.day, one.currency): one for one in found if isinstance(one, Rate)}  # the last one counts
    return RatesRead(tuple(rates.values()), (*odd, *(one for one in found if isinstance(one, str))))


def a_rate(day: str, currency: str, rate: str, into: str, today: date) -> Rate:
    """The rate that somebody typed; raises InvalidInput with what is wrong."""
    try:
        return Rate(_day(day, today), _currency(currency, into), _number(rate, currency))
    except _Wrong as wrong:
        raise InvalidInput(f"This is no rate: {wrong}.") from wrong


def _layout(rows: _Rows, into: str, today: date) -> tuple[_Line, _Rows, tuple[str, ...]]:
    """How each line is read, those that are to be, and what is wrong with the first."""
    head = [cell.lower() for cell in rows[0][1]]
    if head == _PLAIN:
        return _plain(into, today), rows[1:], ()
    if head[0] == "date" and len(head) > 1:
        codes = [cell.upper() for cell in rows[0][1]]
        if twice := next((code for code in codes if code and codes.count(code) > 1), ""):
            raise InvalidInput(f"Line 1 names {twice[:8]} twice; leave one of the two columns out.")
        odd = ", ".join(code[:8] for code in codes[1:] if code and code not in CODES)
        wrong = (f"Line 1 names {odd}, no ISO 4217 currency: left out.",) if odd else ()
        return _by_columns(codes, into, today), rows[1:], wrong
    if len(head) == len(_PLAIN) and re.match(r"\d{4}-\d\d-\d\d", head[0]):
        return _plain(into, today), rows, ()
    raise InvalidInput(
        "This file is neither layout: begin it with the line date,currency,rate, or with Date and a column for each "
        "currency, as the European Central Bank does."
    )


def _plain(into: str, today: date) -> _Line:
    def read(number: int, cells: Sequence[str]) -> Found:
        try:
            if len(cells) != len(_PLAIN):
                raise _Wrong(f"it has {len(cells)} values, not the three date,currency,rate")
            code = _currency(cells[1], into)
            yield Rate(_day(cells[0], today), code, _number(cells[2], code))
        except _Wrong as wrong:
            yield f"Line {number} is left out: {wrong}."

    return read


def _by_columns(head: list[str], into: str, today: date) -> _Line:
    if into != _EURO and into not in head:
        raise InvalidInput(
            f"This file quotes no {into}, the site's own currency, so nothing in it can be crossed into it."
        )
    wanted = {place: code for place, code in enumerate(head) if place and code in CODES and code != into}

    def read(number: int, cells: Sequence[str]) -> Found:
        try:
            day = _day(cells[0], today)
            per_euro = _cell(cells, head.index(into), into) if into != _EURO else Decimal(1)
            if per_euro is None:
                raise _Wrong(f"it quotes no {into}, the site's own currency")
        except _Wrong as wrong:
            yield f"Line {number} is left out: {wrong}."
            return
        if into != _EURO:
            yield Rate(day, _EURO, per_euro)
        for place, code in wanted.items():
            try:
                if (quoted := _cell(cells, place, code)) is not None:
                    yield Rate(day, code, _bounded(_EXACT.divide(per_euro, quoted), code))
            except _Wrong as wrong:
                yield f"Line {number} is kept but for {code}: {wrong}."

    return read


def _cell(cells: Sequence[str], place: int, code: str) -> Decimal | None:
    """What a line quotes of a currency; None for nothing."""
    text = cells[place] if place < len(cells) else ""
    return None if text.upper() in _ABSENT else _number(text, code)


def _separator(line: str) -> str:
    return max(_SEPARATORS, key=line.count)


def _cells(line: str, separator: str) -> list[str]:
    try:
        found = next(csv.reader([line], delimiter=separator, skipinitialspace=True))
    except csv.Error:
        return [line]
    return [cell.strip() if separator == "," else cell.strip().replace(",", ".") for cell in found]


def _day(text: str, today: date) -> date:
    found = next((day for way in ("%Y-%m-%d", "%d %B %Y") if (day := _parsed(text, way))), None)
    if found is None:
        raise _Wrong(f"{text[:24]!r} is no day such as 2026-11-30")
    if found > today + timedelta(days=1):
        raise _Wrong(f"{found} lies in the future")
    return found


def _parsed(text: str, way: str) -> date | None:
    try:
        return datetime.strptime(text, way).date()  # noqa: DTZ007 - a day alone
    except ValueError:
        return None


def _currency(text: str, into: str) -> str:
    code = text.upper()
    if code not in CODES:
        raise _Wrong(f"{text[:8]!r} is no ISO 4217 currency such as USD")
    if code == into:
        raise _Wrong(f"{code} is the site's own currency, which needs no rate")
    return code


def _number(text: str, code: str) -> Decimal:
    if not _NUMBER.fullmatch(text):
        raise _Wrong(f"{text[:24]!r} is no rate of {code[:8]}; write a number above 0 such as 0.9234")
    return _bounded(Decimal(text), code)


def _bounded(rate: Decimal, code: str) -> Decimal:
    kept = _EXACT.quantize(rate, _STEP)
    if not _LEAST <= kept <= _MOST:
        raise _Wrong(f"a rate of {code[:8]} lies between a billionth and a billion")
    return kept
