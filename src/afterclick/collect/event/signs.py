"""Which currencies a sign or an abbreviation beside a sum may stand for, to see one that contradicts the stated.

A list of our own, after Unicode's CLDR (narrow symbols) and what shops write. What is not in it contradicts nothing.
"""

import re
import unicodedata
from functools import lru_cache

from afterclick.currencies import CODES

_DOLLARS = """
    USD CAD AUD NZD SGD HKD TWD MXN ARS CLP COP UYU CUP DOP BBD BMD BND BSD BZD FJD GYD JMD KYD LRD NAD SBD SRD TTD TOP
    WST XCD NIO CVE ZWL ZWG MOP
"""
_SIGNS = {
    "$": _DOLLARS,
    "US$ $US U$S U$": "USD",
    "CA$ $CA": "CAD",
    "C$": "CAD NIO",
    "A$ AU$": "AUD",
    "NZ$": "NZD",
    "HK$": "HKD",
    "S$": "SGD",
    "NT$ NTD": "TWD",
    "MX$": "MXN",
    "R$": "BRL",
    "€ Euro Euros": "EUR",
    "£": "GBP EGP GIP FKP SHP SSP SDG LBP SYP IEP",
    "E£": "EGP",
    "¥": "JPY CNY CNH",
    "円": "JPY",
    "元": "CNY CNH TWD HKD MOP",
    "RMB": "CNY CNH",
    "₹": "INR",
    "Rs Re": "INR PKR LKR NPR MUR SCR",
    "kr": "SEK NOK DKK ISK",
    "Kč Kčs": "CZK CSK",
    "zł": "PLN",
    "Ft": "HUF",
    "lei": "RON MDL ROL",
    "лв": "BGN",
    "₽ руб р": "RUB BYN RUR",
    "₴ грн": "UAH",
    "₺ TL": "TRY TRL",
    "₩": "KRW KPW",
    "원": "KRW",
    "₪": "ILS",
    "₫ đ": "VND",
    "฿": "THB",
    "₱": "PHP CUP",
    "₦": "NGN",
    "R": "ZAR",
    "Fr SFr": "CHF XAF XOF XPF",
    "CFA FCFA": "XAF XOF",
    "₡": "CRC SVC",
    "₲": "PYG",
    "₵": "GHS",
    "₸": "KZT",
    "₮": "MNT",
    "₾": "GEL",
    "֏": "AMD",
    "₼": "AZN",
    "៛": "KHR",
    "₭": "LAK",
    "৳": "BDT",
    "S/": "PEN",
    "RM": "MYR",
    "Rp": "IDR",
    "Dhs": "AED MAD",
    "KD د.ك": "KWD",
    "BD د.ب": "BHD",
    "JD د.أ": "JOD",
    "د.إ": "AED",
    "د.ج": "DZD",
    "د.ع": "IQD",
    "د.ل": "LYD",
    "د.م": "MAD",
    "د.ت": "TND",
    "ر.س": "SAR",
    "ر.ع": "OMR",
    "ر.ق": "QAR",
    "ر.ي": "YER",
    "ج.م": "EGP",
    "ل.ل": "LBP",
    "ل.س": "SYP",
    "﷼": "IRR SAR QAR YER OMR",
    "DM": "DEM",
    "kn": "HRK",
}
_WORD = re.compile(r"[^\W\d_]+|[^\w\s]")


def _bare(sign: str) -> str:
    return unicodedata.normalize("NFKC", sign).replace(".", "").casefold()


_BY_SIGN = {_bare(sign): frozenset(told.split()) for signs, told in _SIGNS.items() for sign in signs.split()}


@lru_cache(1024)
def contradicts(name: str, currency: str) -> bool:
    """Whether what stands beside a sum, a sign or a code, can't be the currency; nothing contradicts one that is no
    code of ISO 4217 in capitals.
    """
    if currency not in CODES:
        return False
    bare = _bare(name)
    words = [bare] if bare in _BY_SIGN else _WORD.findall(bare)
    return any(currency not in meant for word in words if (meant := _meant(word)))


def _meant(word: str) -> frozenset[str]:
    code = word.upper()
    return frozenset({code}) if code in CODES else _BY_SIGN.get(word, frozenset())
