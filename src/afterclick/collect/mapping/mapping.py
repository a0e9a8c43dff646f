"""A mapping file: which column of a table, or which place in a JSON document, is which of our fields.

Its form is described in docs/collect.md. It serves `afterclick import` and the webhooks alike.
"""

import tomllib
from collections.abc import Mapping as Table
from dataclasses import dataclass
from typing import cast
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import msgspec

from afterclick.collect.event.flat import flat
from afterclick.collect.event.money import doubt
from afterclick.collect.event.wire import WireEvent
from afterclick.collect.mapping.value import Unmapped, number, place, text, time
from afterclick.errors import InvalidInput

NUMBERS = frozenset({"value", "duration_ms", "status", "revenue"})
GROUPS = ("tags", "props", "consent")
_FIELDS = frozenset(WireEvent.__struct_fields__) - frozenset(GROUPS)


class Origin(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    """Where the value of a field comes from.

    `column` names a column, or a place in a document with dots between; `value` is the same for every row. `values`
    translates what stands in the column, `default` is taken when nothing does. Times: `format` is "seconds",
    "milliseconds" or a pattern of strptime, `timezone` that of times without one. Numbers: `scale` multiplies,
    `decimal` "," reads 1.234,50 and "." 1,234.50.
    """

    column: str | None = None
    value: str | float | bool | None = None
    values: dict[str, str] | None = None
    default: str | float | bool | None = None
    format: str | None = None
    timezone: str | None = None
    scale: float | None = None
    decimal: str | None = None


class Written(msgspec.Struct, forbid_unknown_fields=True):
    """The file: `fields` by our names; with `rest`, every other column goes into `props`."""

    fields: dict[str, str | Origin]
    rest: bool = False


@dataclass(frozen=True)
class Mapping:
    """A mapping that was read and found good."""

    origins: dict[str, Origin]
    rest: bool = False

    @staticmethod
    def read(written: str, name: str) -> "Mapping":
        """The mapping of a file's text; `name` is for the message.

        Raises InvalidInput with what to change.
        """
        try:
            return Mapping.of(tomllib.loads(written), name)
        except tomllib.TOMLDecodeError as error:
            raise InvalidInput(f"{name} is no mapping: {error}.") from error

    @staticmethod
    def of(table: Table[str, object], name: str) -> "Mapping":
        """The mapping of a file that is parsed already; raises InvalidInput."""
        try:
            found = msgspec.convert(table, Written)
        except msgspec.ValidationError as error:
            raise InvalidInput(f"{name} is no mapping: {error}.") from error
        origins = {
            field: Origin(column=one) if isinstance(one, str) else one for field, one in found.fields.items()
        }
        for field, origin in origins.items():
            _check(name, field, origin)
        return Mapping(origins, found.rest)

    def event(self, row: Table[str, object]) -> dict[str, object]:
        """A row as an event in our wire form; raises Unmapped when the mapping does not know a value in it."""
        event: dict[str, object] = {}
        for field, origin in self.origins.items():
            value = _value(field, origin, row)
            if value is None:
                continue
            group, dot, inner = field.partition(".")
            if dot:
                cast("dict[str, object]", event.setdefault(group, {}))[inner] = value
            else:
                event[field] = value
        self._check_sum(event, row)
        if self.rest:
            used = {origin.column for origin in self.origins.values()}
            others = flat({name: value for name, value in row.items() if name not in used})
            event["props"] = others | cast("dict[str, object]", event.get("props", {}))
        return event

    def _check_sum(self, event: dict[str, object], row: Table[str, object]) -> None:
        """Leave a sum as it is written when it names another currency, for the collector to refuse and count."""
        origin = self.origins.get("revenue")
        written = place(row, origin.column) if origin and origin.column else None
        if isinstance(written, str) and doubt(written, text(event.get("currency"))) == "contradicting":
            event["revenue"] = written


def _check(name: str, field: str, origin: Origin) -> None:
    group, dot, inner = field.partition(".")
    if field not in _FIELDS and not (dot and inner and group in GROUPS):
        raise InvalidInput(
            f"{name}: there is no field {field!r}; the fields are in docs/collect.md, beside tags.NAME and props.NAME."
        )
    if (origin.column is None) == (origin.value is None):
        raise InvalidInput(f"{name}: {field} needs either a `column` or a `value`.")
    if origin.decimal not in (None, ".", ","):
        raise InvalidInput(f'{name}: the `decimal` of {field} is "." or ",".')
    try:
        ZoneInfo(origin.timezone or "UTC")
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise InvalidInput(
            f"{name}: the `timezone` of {field} is none; write for example Europe/Prague."
        ) from error


def _value(field: str, origin: Origin, row: Table[str, object]) -> object:
    found = origin.value if origin.column is None else place(row, origin.column)
    if origin.values is not None and found not in (None, ""):
        translated = origin.values.get(text(found))
        if translated is None and origin.default is None:
            raise Unmapped(f"{origin.column} is {text(found)[:40]!r}, which the mapping does not name.")
        found = translated
    if found is None or found == "":
        found = origin.default
    if found is None:
        return None
    if field == "time":
        return time(found, origin.format, origin.timezone)
    if field in NUMBERS or origin.scale is not None:
        return number(found, origin.decimal, origin.scale)
    if "." in field and isinstance(found, bool | int | float):
        return found
    return text(found)
