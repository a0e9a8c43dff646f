"""Sums of money as people, shops and spreadsheets write them.

`1,299.00`, `1.299,00`, `1 299,00`, `1'299.00`, `€ 49.90`, `49,90 EUR`, `49,-`, `-5`, `(5.00)`, `1,29,999.00`. Of two
different marks the first groups and the last divides; a mark that stands more than once groups. Groups are of three
digits, or of two before the last three, as in India; else it is no sum. One comma before exactly three digits groups
(`1,299`), one point divides (`1.299`), as programs write numbers; who knows better says which is the `decimal`. But it
groups where the currency has no such decimals and a person wrote it: `1.299 €`, and in a currency without any
(`¥1.980`) always. In one of three decimals such a comma may divide as well, so it tells no sum. A text without digits
is none either.
"""

import re
import unicodedata
from decimal import ROUND_HALF_EVEN, Decimal
from typing import Literal

from afterclick.collect.event.signs import contradicts
from afterclick.currencies import CODES, decimals

_MACHINE = re.compile(r"[+-]?\d+(?:\.\d+)?(?:[eE][+-]?\d{1,3})?")
_BETWEEN = re.compile(r"(?<=\d)['\u2019\s_]+(?=\d)")
_MINUS = str.maketrans(
    {
        **dict.fromkeys("\u2212\u2012\u2013\u2014\u2015\ufe63", "-"),
        "\u066b": ".",
        "\u066c": "'",
    }
)
_NO_CENTS = re.compile(r"(?<=\d)([.,])[-=]{1,2}(?![\d-])")
_BEFORE = re.compile(r"^([+(-]*)([^\d.,()+'-]+(?:\.[^\d.,()+'-]+)*\.?)(?=[\d.,(+-])")
_AFTER = re.compile(r"(?<=[\d)+-])([^\d,()+'-]*)$")
"""The currency's name or sign at either end, which may hold points and end in one: `Kč`, `US$`, `Rs.`, `د.ك`."""
_SUM = re.compile(r"(\()?([+-])?(\d[\d.,']*|[.,]\d+)([+-])?(\))?")
_POINT = re.compile(r"(?<![\d.,'])([1-9]\d{0,2})\.(\d{3})(?![\d.,'])")
"""One point before exactly three digits, and no other mark."""
_GROUPED = re.compile(r"[1-9]\d{0,2}(?:G\d{3})+|[1-9]\d?(?:G\d{2})+G\d{3}")
_LONGEST = 64

Doubt = Literal["unclear", "contradicting"]


def doubt(written: object, currency: str) -> Doubt | None:
    """Why what writes a sum writes none in this currency: `1,234` in KWD may be two, `$5` is none in EUR."""
    if not isinstance(written, str) or sum_of(written, currency) is not None or sum_of(written) is None:
        return None
    return "contradicting" if _names_another(written, currency.strip().upper()) else "unclear"


def sum_of(written: object, currency: str = "", decimal: str | None = None) -> float | None:
    """The number that a JSON value writes; None for what is none: blank, no digits, two numbers, true, a list.

    None as well where there is a `doubt` in the currency. Where it is known which of the point and the comma is the
    `decimal`, the other only groups.
    """
    if isinstance(written, bool) or not isinstance(written, int | float | str):
        return None
    if not isinstance(written, str):
        return float(written)
    code = currency.strip().upper()
    plain = written.strip()
    groups = decimal is None and decimals(code) == 0 and _POINT.search(plain)
    if decimal != "," and not groups and _MACHINE.fullmatch(plain):
        return float(plain)
    if len(written) > _LONGEST:
        return None
    if code and _names_another(written, code):
        return None
    return _read(_spelled(written), decimals(code) if code in CODES else None, decimal)


def in_smallest_units(amount: float, currency: str) -> float:
    """A sum without what is finer than its currency's smallest unit; half of one goes to the even neighbour.

    >>> in_smallest_units(99.5, "JPY"), in_smallest_units(0.0005, "KWD"), in_smallest_units(59.900000000000006, "EUR")
    (100.0, 0.0, 59.9)
    """
    unit = Decimal(1).scaleb(-decimals(currency))
    return float(Decimal(repr(float(amount))).quantize(unit, ROUND_HALF_EVEN))


def _spelled(written: str) -> str:
    """With ASCII digits and minus, `'` for whatever else groups, and zeros for the dash that stands for no cents;
    without the marks that nobody sees, such as those of the direction of writing."""
    text = unicodedata.normalize("NFKC", written).translate(_MINUS)
    text = "".join(
        str(unicodedata.digit(sign)) if sign.isdigit() else sign
        for sign in text
        if sign.isascii() or unicodedata.category(sign) != "Cf"
    )
    return _NO_CENTS.sub(r"\g<1>00", _BETWEEN.sub("'", text).replace(" ", ""))


def _names_another(written: str, currency: str) -> bool:
    text = _spelled(written)
    names = [found[2] for found in _BEFORE.finditer(text)] + _AFTER.findall(_BEFORE.sub(r"\1", text))
    return any(contradicts(name, currency) for name in names)


def _read(text: str, places: int | None, decimal: str | None) -> float | None:
    bare = _AFTER.sub("", _BEFORE.sub(r"\1", text))
    if decimal is None and (places == 0 or (places == 2 and bare != text)):
        bare = _POINT.sub(r"\1\2", bare)
    found = _SUM.fullmatch(bare)
    if found is None or (found[1] is None) is not (found[5] is None) or (found[2] and found[4]):
        return None
    amount = _divided(found[3], places == 3, decimal)
    negative = found[1] or "-" in (found[2], found[4])
    return None if amount is None else -amount if negative else amount


def _divided(digits: str, thousandths: bool, decimal: str | None) -> float | None:
    marks = [sign for sign in digits if sign in ".,'"]
    if not marks:
        return float(digits)
    divides = marks[-1] in (decimal or ".,") and marks.count(marks[-1]) == 1
    if divides and decimal is None and len(marks) == 1 and _may_group(digits):
        if thousandths:
            return None
        divides = False
    whole, _, part = digits.rpartition(marks[-1]) if divides else (digits, "", "")
    bare = _ungrouped(whole)
    return None if bare is None else float(f"{bare or 0}.{part or 0}")


def _may_group(digits: str) -> bool:
    """Whether its one mark is a comma before three digits."""
    whole, _, part = digits.partition(",")
    return len(part) == 3 and re.fullmatch(r"[1-9]\d{0,2}", whole) is not None


def _ungrouped(whole: str) -> str | None:
    """The digits of groups of one mark; None when they are no groups."""
    marks = {sign for sign in whole if sign in ".,'"}
    if not marks:
        return whole
    if len(marks) > 1 or not _GROUPED.fullmatch(whole.replace(mark := marks.pop(), "G")):
        return None
    return whole.replace(mark, "")
