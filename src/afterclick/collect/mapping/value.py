"""Values of tables and documents as our fields want them: places in a document, times, numbers, texts."""

from collections.abc import Mapping
from datetime import UTC, date, datetime
from decimal import Decimal
from math import isfinite
from typing import cast
from zoneinfo import ZoneInfo

from afterclick.collect.event.flat import text as json_text
from afterclick.collect.event.money import sum_of

_UNITS = {"seconds": 1000.0, "milliseconds": 1.0}


class Unmapped(ValueError):
    """A row that the mapping does not fit; the sentence says why."""


def place(row: Mapping[str, object], path: str) -> object:
    """What stands at a name, or at a path of names and list positions with dots between; None when nothing does."""
    if path in row:
        return row[path]
    found = cast("object", row)
    for part in path.split("."):
        if isinstance(found, dict):
            found = cast("dict[str, object]", found).get(part)
        elif isinstance(found, list) and part.isascii() and part.isdigit() and len(part) < 10:
            items = cast("list[object]", found)
            found = items[int(part)] if int(part) < len(items) else None
        else:
            return None
    return found


def text(value: object) -> str:
    """Anything as text."""
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, bytes):
        return value.decode("utf-8", "replace")
    return str(value) if isinstance(value, Decimal) else json_text(value)


def number(value: object, decimal: str | None, scale: float | None) -> object:
    """A number, whole where it is; what is none stays as it is, for the collector to refuse and count.

    Of the point and the comma, the one that is not the `decimal` groups; without a `decimal` no number has a comma.
    Raises Unmapped for what the collector would read as a sum, but cannot be scaled here.
    """
    told = text(value).strip()
    found = _plain(told) if decimal is None else sum_of(told, decimal=decimal)
    if found is None and scale is not None and sum_of(told) is not None:
        raise Unmapped(
            f"{told[:40]!r} is a number in another form than the mapping tells; say its `decimal`."
        )
    found = None if found is None else found * (1.0 if scale is None else scale)
    if found is None or not isfinite(found):
        return told
    # 19.99 * 100 is 1998.9999999999998: twelve digits are more than money has.
    found = float(f"{found:.12g}") if scale is not None else found
    return int(found) if found.is_integer() and abs(found) < 2**53 else found


def _plain(told: str) -> float | None:
    try:
        return float(told)
    except ValueError:
        return None


def time(value: object, form: str | None, zone: str | None) -> object:
    """A time as ms since 1970; what is none stays as it is, for the collector to refuse and count.

    Without `form`, a number is ms since 1970 and a text ISO 8601.
    """
    if isinstance(value, datetime):
        return _milliseconds(value, zone)
    if isinstance(value, date):
        return _milliseconds(datetime(value.year, value.month, value.day), zone)  # noqa: DTZ001 - zone follows
    told = text(value).strip()
    try:
        if form in _UNITS or (form is None and _is_number(told)):
            return round(float(told) * _UNITS[form or "milliseconds"])
        moment = datetime.fromisoformat(told) if form is None else datetime.strptime(told, form)  # noqa: DTZ007
        return _milliseconds(moment, zone)
    except (ValueError, OverflowError):
        return told


def _is_number(told: str) -> bool:
    return told.replace(".", "", 1).lstrip("-").isdigit()


def _milliseconds(moment: datetime, zone: str | None) -> int:
    aware = moment if moment.tzinfo else moment.replace(tzinfo=ZoneInfo(zone) if zone else UTC)
    return int(aware.timestamp() * 1000)
