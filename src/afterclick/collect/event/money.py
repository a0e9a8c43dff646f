"""Sums of money as people, shops and spreadsheets write them.

`1,299.00`, `1.299,00`, `1 299,00`, `1'299.00`, `€ 49.90`, `49,90 EUR`, `-5`, `(5.00)`, `1,29,999.00`. Of two
different marks the first groups and the last divides; a mark that stands more than once groups. One comma before
exactly three digits groups (`1,299`), one point divides (`1.299`), as programs write numbers. In a currency of three
decimals such a comma may divide as well, so it tells no sum. A text without digits is none either.
"""

import re
import unicodedata

_MACHINE = re.compile(r"[+-]?\d+(?:\.\d+)?(?:[eE][+-]?\d{1,3})?")
_GROUPED = re.compile(r"(?<=\d)['\u2019\s_](?=\d)")
_MINUS = str.maketrans(
    {"\u2212": "-", "\u2012": "-", "\u2013": "-", "\ufe63": "-", "\u066b": ".", "\u066c": "'"}
)
_BEFORE_A_GROUP = re.compile(r"[1-9]\d{0,2}")
_SUM = re.compile(r"(\()?([+-])?(\d[\d.,]*|[.,]\d+)([+-])?(\))?")
_LONGEST = 64
THREE_DECIMALS = frozenset({"BHD", "JOD", "KWD", "LYD", "OMR", "TND"})
"""Currencies whose smallest coin is a thousandth: ISO 4217, without the Iraqi dinar, whose fils are out of use."""


def unclear(written: object, currency: str) -> bool:
    """Whether it writes a sum, but which one cannot be told in this currency: `1,234` in KWD."""
    return sum_of(written, currency) is None and sum_of(written) is not None


def sum_of(written: object, currency: str = "") -> float | None:
    """The number that a JSON value writes; None for what is none: blank, no digits, two numbers, true, a list.

    None as well for what is `unclear` in the currency.
    """
    if isinstance(written, bool) or not isinstance(written, int | float | str):
        return None
    if not isinstance(written, str):
        return float(written)
    if _MACHINE.fullmatch(plain := written.strip()):
        return float(plain)
    return _read(written, currency.strip().upper() in THREE_DECIMALS) if len(written) <= _LONGEST else None


def _read(written: str, thousandths: bool) -> float | None:
    text = unicodedata.normalize("NFKC", written).translate(_MINUS)
    text = "".join(str(unicodedata.digit(sign)) if sign.isdigit() else sign for sign in text)
    text = _GROUPED.sub("", text).replace(" ", "")
    found = _SUM.fullmatch(_without_names(text))
    if found is None or (found[1] is None) is not (found[5] is None) or (found[2] and found[4]):
        return None
    amount = _divided(found[3], thousandths)
    negative = found[1] or "-" in (found[2], found[4])
    return None if amount is None else -amount if negative else amount


def _without_names(text: str) -> str:
    """Without the currency's name or sign at either end, which may end in a point: `Kč`, `US$`, `Rs.`, `kr.`."""
    text = re.sub(r"^([+-]?)[^\d.,()+-]+\.?(?=[\d.,(+-])", r"\1", text)
    return re.sub(r"(?<=[\d)+-])[^\d,()+-]*$", "", text)


def _divided(digits: str, thousandths: bool) -> float | None:
    marks = [sign for sign in digits if sign in ".,"]
    if not marks:
        return float(digits)
    last, kinds = marks[-1], set(marks)
    whole, _, part = digits.rpartition(last)
    if len(kinds) == 2:
        if whole.count(last):
            return None
    elif len(marks) > 1:
        whole, part = digits, ""
    elif last == "," and len(part) == 3 and _BEFORE_A_GROUP.fullmatch(whole):
        if thousandths:
            return None
        whole, part = digits, ""
    bare = re.sub(r"[.,]", "", whole)
    return float(f"{bare or 0}.{part or 0}")
