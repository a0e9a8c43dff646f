"""Where an internet address is: looked up in a MaxMind-format file that the installation brings along."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol, cast

import maxminddb

from afterclick.collect.event.countries import country_of
from afterclick.errors import Misconfigured


class _Reader(Protocol):
    def get(self, ip_address: str) -> object: ...


@dataclass(frozen=True, slots=True)
class Place:
    """Country (ISO 3166-1 alpha-2) and region (ISO 3166-2, such as CZ-20); each empty when not known."""

    country: str = ""
    region: str = ""


NOWHERE = Place()


class Places:
    """An opened file, memory-mapped; without a file every place is unknown."""

    def __init__(self, file: str = "") -> None:
        """Raises Misconfigured when the file is missing or not of MaxMind's format (MMDB 2.0)."""
        self._reader: _Reader | None = None
        if file:
            try:
                opened: object = maxminddb.open_database(Path(file))  # pyright: ignore[reportUnknownMemberType]
                self._reader = cast("_Reader", opened)
            except (OSError, ValueError, maxminddb.InvalidDatabaseError) as error:
                raise Misconfigured(
                    f"AFTERCLICK_GEO_FILE cannot be read as a MaxMind database (.mmdb): {error}."
                ) from error

    def find(self, address: str) -> Place:
        """The place of an IPv4 or IPv6 address; NOWHERE when the file does not know it, or it is no address."""
        if self._reader is None or not address:
            return NOWHERE
        try:
            found = self._reader.get(address.partition("%")[0])
        except (ValueError, maxminddb.InvalidDatabaseError):
            return NOWHERE
        return _place(cast("dict[str, Any]", found)) if isinstance(found, dict) else NOWHERE


def _place(record: dict[str, Any]) -> Place:
    """Of a record as GeoLite2, GeoIP2 and DB-IP write it, or as IPinfo does: `country` is a code, no object."""
    country = record.get("country_code") or record.get("country")
    code = _text(cast("dict[str, Any]", country).get("iso_code") if isinstance(country, dict) else country)
    found = country_of(code)
    if not found:
        return NOWHERE
    divisions = record.get("subdivisions")
    first = cast("list[Any]", divisions)[0] if isinstance(divisions, list) and divisions else None
    part = _text(cast("dict[str, Any]", first).get("iso_code")) if isinstance(first, dict) else ""
    return Place(found, f"{code}-{part}".upper() if 0 < len(part) <= 3 else "")


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""
