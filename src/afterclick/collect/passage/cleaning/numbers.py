"""Numbers that tell on people: of payment cards (ISO/IEC 7812), of accounts (IBAN, ISO 13616), telephones (E.164)."""

import re
import string
from collections.abc import Iterator
from functools import lru_cache

from stdnum import iban, luhn, numdb

from afterclick.collect.passage.cleaning.view import Mask, View

_BETWEEN = r"[\s.,+_/\\|*-]{0,3}"
"""What stands between the groups of a card's number or an IBAN; most of it comes of how a text was encoded."""
_LETTERS, _SEPARATORS = string.ascii_letters.encode(), b" \t\r\n.,+_/\\|*-"
_KINDS = {**dict.fromkeys(range(256), "!"), **dict.fromkeys(_LETTERS, "a"), **dict.fromkeys(_SEPARATORS, " ")}
_TABLE = "".join((_KINDS | dict.fromkeys(string.digits.encode(), "0")).values()).encode()
_LIKE_IBAN, _LIKE_CARD = (b" aa00", b"!aa00"), b"0" * 14
"""How an IBAN begins, letters and digits as a and 0, and what a card's digits are without what stands between them."""
_DIGITS = re.compile(r"[0-9]+")
_RUN = re.compile(rf"[0-9](?:{_BETWEEN}[0-9]){{12,}}")
"""Digits with little between them: in these, groups as cards are printed are looked for, wherever they begin."""
_GROUPS = frozenset({(4, 4, 4, 4), (4, 4, 4, 4, 1), (4, 4, 4, 4, 2), (4, 4, 4, 4, 3), (4, 6, 5), (4, 6, 4)})
_SOLID = frozenset({(length,) for length in range(14, 20)})
_ISSUED = re.compile(
    r"4[0-9]{15}(?:[0-9]{3})?|5[1-5][0-9]{14}|2(?:22[1-9]|2[3-9][0-9]|[3-6][0-9]{2}|7[01][0-9]|720)[0-9]{12}"
    r"|3[47][0-9]{13}|3(?:0[0-5]|[689][0-9])[0-9]{11}|35[0-9]{14}|(?:5[0678]|6[0-9])[0-9]{14,17}"
)
"""Lengths and first digits that are issued: Visa, Mastercard, American Express, Diners, JCB, Maestro, UnionPay and
Discover. Article numbers have 13 digits, milliseconds since 1970 begin with 1, dates with 20: none of them is issued.
"""
_IBAN = re.compile(r"(?<![A-Za-z0-9])([A-Za-z]{2})[0-9]{2}")
_PHONE = re.compile(r"(?<![\w+.])\+[1-9]\d{0,2}[ .-]?\(?\d{1,4}\)?(?:[ .-]?\d{2,4}){2,4}(?![\w])")

_COUNTRY = re.compile(
    r"1(?=\d{10}$)|7(?=\d{10}$)|(?:2[07]|3[0-469]|4[013-9]|5[1-8]|6[0-6]|8[1246]|9[0-58])(?=\d{8})"
    r"|(?:21[1-368]|2[2-6]\d|29[0-9]|35\d|37\d|38[0-35-79]|42[013]|50\d|59\d|67\d|68\d|69[0-2]|80[08]|85[02356]|87\d"
    r"|88\d|96\d|97\d|99[2-68])(?=\d{6})"
)
"""Codes of countries, and how many digits follow at least: ten after 1 and 7, neither more nor less (ITU E.164)."""

_OF_A_SUM = re.compile(
    r"\b(?:price|total|sum|amount|balance|profit|revenue|delta|diff|difference|change|score|preis|summe|prix|cena)"
    r"[\s\"']{0,2}[:=]?\s{0,2}$",
    re.IGNORECASE,
)
_WORD = 16


def numbers(view: View) -> Iterator[Mask]:
    """Where cards and IBANs stand."""
    kinds = b" " + view.plain.encode("ascii", "replace").translate(_TABLE)
    if any(begun in kinds for begun in _LIKE_IBAN):
        yield from _ibans(view)
    if _LIKE_CARD in kinds.translate(None, b" "):
        for found in _RUN.finditer(view.plain):
            for start, end in _cards(found.group()):
                yield view.mask(found.start() + start, found.start() + end, "[card]")


def telephones(view: View) -> Iterator[Mask]:
    """Where telephone numbers stand, of 9 to 15 digits, E.164's longest, as many as their country's have; fewer are
    more often a difference, with one dot a decimal."""
    for found in _PHONE.finditer(view.plain):
        text = found.group()
        digits = "".join(filter(str.isdigit, text))
        is_told = 9 <= len(digits) <= 15 and text.count(".") != 1 and _COUNTRY.match(digits) is not None
        if is_told and not (text[1:] == digits and _is_sum(view.plain, found.start())):
            yield view.mask(*found.span(), "[phone]")


def _is_sum(text: str, at: int) -> bool:
    """Whether a word before a number in one piece says that it counts or costs something."""
    return _OF_A_SUM.search(text, max(0, at - _WORD), at) is not None


def _cards(run: str) -> Iterator[tuple[int, int]]:
    groups = [one.span() for one in _DIGITS.finditer(run)]
    at = 0
    while at < len(groups):
        many = _card_at(run, groups, at)
        if many:
            yield groups[at][0], groups[at + many - 1][1]
        at += many or 1


def _card_at(run: str, groups: list[tuple[int, int]], at: int) -> int:
    """How many groups from this one on are a card's number, 0 for none."""
    first, last = groups[at]
    if last - first != 4 and not 14 <= last - first <= 19:
        return 0
    for many in (1, 3, 4, 5):
        window = groups[at : at + many]
        lengths = tuple([end - begin for begin, end in window])
        if lengths in _SOLID and run[max(first - 1, 0)] == "." and first:
            continue  # digits behind a decimal point
        if lengths in _GROUPS or lengths in _SOLID:
            digits = "".join([run[begin:end] for begin, end in window])
            if _ISSUED.fullmatch(digits) and luhn.is_valid(digits):
                return many
    return 0


def _ibans(view: View) -> Iterator[Mask]:
    """Where country, length, form and check digits agree; text may follow behind."""
    end = 0
    for begun in _IBAN.finditer(view.plain):
        whole = _whole(begun[1].upper())
        if whole is None or begun.start() < end or not (found := whole.match(view.plain, begun.start())):
            continue
        compact = "".join(filter(str.isalnum, found.group())).upper()
        if iban.is_valid(compact, check_country=False):
            end = found.end()
            yield view.mask(*found.span(), "[iban]")


@lru_cache(1024)
def _whole(country: str) -> re.Pattern[str] | None:
    """As many letters and digits as the country's IBANs have, None where it has none; its register writes `8!n10!n` for
    what follows DE89."""
    told = [part.get("bban", "") for _, part in numdb.get("iban").info(country)]
    fields = re.findall(r"(\d+)!", "".join(told))
    more = 3 + sum(map(int, fields))
    return re.compile(rf"[A-Za-z](?:{_BETWEEN}[A-Za-z0-9]){{{more}}}") if fields else None
