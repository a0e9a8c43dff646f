"""Which countries there are: the codes of ISO 3166-1 alpha-2 that are in use.

Unicode's CLDR, as the package `babel` has it, lists them with codes that ISO 3166 only reserves, and with ones for
testing. XK, by which CLDR and files of addresses name Kosovo, is kept.
"""

from functools import lru_cache

from babel import Locale

_NO_COUNTRIES = frozenset(
    {"AC", "CP", "CQ", "DG", "EA", "EU", "EZ", "IC", "QO", "TA", "UN", "XA", "XB", "ZZ"}
)
_MEANT = {"UK": "GB", "EL": "GR"}
"""What the European Union writes for the United Kingdom and Greece."""
COUNTRIES = frozenset(code for code in map(str, Locale("en").territories) if len(code) == 2) - _NO_COUNTRIES
_REMEMBERED = 1024


@lru_cache(_REMEMBERED)
def country_of(told: str) -> str:
    """The code in use that is meant, in capitals; empty when none is.

    >>> [country_of(told) for told in ("cz", "UK", "EU", "../../etc")]
    ['CZ', 'GB', '', '']
    """
    code = told.strip().upper()
    code = _MEANT.get(code, code)
    return code if code in COUNTRIES else ""
