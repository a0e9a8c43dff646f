"""Which visits are asked for, as the address says it."""

from collections.abc import Mapping

from afterclick.errors import InvalidInput
from afterclick.journeys import CHOICES, ORDERS, Filter, Order

_LONGEST = 200


def asked(address: Mapping[str, str]) -> Filter:
    """The filter that an address names.

    Raises InvalidInput for a `person`, or a value of CHOICES, that is none.
    """
    query = {name: value.strip()[:_LONGEST] for name, value in address.items()}
    wanted = Filter(
        query.get("step", ""), query.get("device", ""), query.get("country", ""),
        query.get("felt", ""), query.get("paid", ""), query.get("find", ""), _person(query.get("person", "")),
    )  # fmt: skip
    for name, choices in CHOICES.items():
        if getattr(wanted, name) not in ("", *choices):
            raise InvalidInput(f"Visits can be filtered by {name} = {', '.join(choices)}.")
    return wanted


def order(address: Mapping[str, str], currency: str) -> Order:
    """The order that an address names, of a site with the currency; raises InvalidInput for one that is none."""
    by = address.get("sort", "").strip()
    if by not in ("", *ORDERS):
        raise InvalidInput(
            f"Visits can be sorted by sort = {', '.join(ORDERS)}; without it the newest come first."
        )
    return Order(by, currency)


def _person(raw: str) -> int:
    if not raw:
        return 0
    if not raw.isdecimal() or not raw.isascii() or int(raw) >= 2**32:
        raise InvalidInput("`person` is the number that a visit's page links to.")
    return int(raw)


def before(address: Mapping[str, str], until: int) -> int:
    """Where an older page of visits ends (UTC ms).

    Raises InvalidInput when `before` is not a number.
    """
    raw = address.get("before", "")
    if not raw:
        return until
    if not raw.isdecimal() or len(raw) > 15:
        raise InvalidInput("`before` is a time in ms since 1970.")
    return min(int(raw), until)
