"""Which currencies there are, and how many decimals each has.

The codes are those of ISO 4217, of today and of before, as Unicode's CLDR lists them in the package `babel`. The
decimals are those of ISO 4217, "List one": CLDR tells how many are shown, which is another question.
"""

from typing import Any, cast

from babel.core import get_global

_NOT_MONEY = frozenset({"XTS", "XXX"})
"""What ISO 4217 has for tests, and for no currency."""
CODES = frozenset(cast("Any", get_global("all_currencies"))) - _NOT_MONEY
"""Every code, in capitals."""

_NONE = "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF"
_THREE = "BHD IQD JOD KWD LYD OMR TND"
_FOUR = "CLF UYW"
_DECIMALS = {
    code: digits for codes, digits in ((_NONE, 0), (_THREE, 3), (_FOUR, 4)) for code in codes.split()
}


def decimals(currency: str) -> int:
    """Digits behind the point of a sum in its smallest unit; two for a code that is none.

    >>> decimals("EUR"), decimals("JPY"), decimals("KWD")
    (2, 0, 3)
    """
    return _DECIMALS.get(currency, 2)


def in_coins(value: float, currency: str) -> float:
    """A sum in whole smallest units, without what adding numbers of a binary computer leaves behind them.

    >>> in_coins(2516.6800000000003, "EUR"), in_coins(12000.4, "JPY"), in_coins(1.2345, "KWD")
    (2516.68, 12000.0, 1.234)
    """
    return round(value, decimals(currency))
