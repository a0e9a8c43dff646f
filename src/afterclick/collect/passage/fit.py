"""Fits JSON of wrong types into a struct, so that one wrong field loses neither its row nor a neighbour.

What is harmless is taken for what it means: numbers and truth for text, digits in a text for a number, an empty list
for an empty map (PHP), null for what is not told. What can't be fitted is left out.
"""

import re
from collections.abc import Callable
from typing import Any, Generic, TypeVar, cast

import msgspec
from msgspec import inspect

from afterclick.collect.passage.salvage import whole_characters

Built = TypeVar("Built")


class _Unfit:
    """Stands for a value that cannot be what is asked for."""


_UNFIT = _Unfit()


class Lenient(Generic[Built]):
    """A decoder of JSON for a struct. Well-typed JSON is decoded as fast as by msgspec; only other is fitted."""

    def __init__(self, kind: type[Built]) -> None:
        self._decoder = msgspec.json.Decoder(kind)
        self._kind, self._info = kind, inspect.type_info(kind)

    def decode(self, raw: bytes | msgspec.Raw, odd: list[str]) -> Built:
        """The struct; the names of fields that were left out go into `odd`.

        Raises msgspec.DecodeError when it is no JSON, ValidationError when it is no object.
        """
        try:
            return self._decoder.decode(raw)
        except msgspec.ValidationError as error:
            return self._fit(raw, odd, error)
        except msgspec.DecodeError as error:
            return self._fit(whole_characters(bytes(raw)), odd, error)

    def _fit(self, raw: bytes | msgspec.Raw, odd: list[str], error: msgspec.DecodeError) -> Built:
        told = cast("object", msgspec.json.decode(raw))
        fitted = _UNFIT if not isinstance(told, dict) else _fitted(cast("object", told), self._info, "", odd)
        if isinstance(fitted, _Unfit):
            raise error
        return msgspec.convert(fitted, self._kind)


def as_text(value: object) -> str | None:
    """A scalar as text; None for what is none."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value) if isinstance(value, str | int | float) else None


def as_number(value: object) -> float | None:
    """A number, digits in a text too; None for what is none, or is not finite."""
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return None
    try:
        found = float(value)
    except (ValueError, OverflowError):
        return None
    return found if abs(found) < float("inf") else None


def as_whole(value: object) -> int | None:
    """A whole number, digits in a text too; None for what is none."""
    if isinstance(value, int) and not isinstance(value, bool):
        return value
    found = as_number(value)
    return int(found) if found is not None and found.is_integer() else None


def _fitted(value: object, kind: inspect.Type, name: str, odd: list[str]) -> object:
    fit = _FITS.get(type(kind))
    return value if fit is None else fit(value, kind, name, odd)


def _union(value: object, kind: inspect.UnionType, name: str, odd: list[str]) -> object:
    if value is None:
        return None if kind.includes_none else _UNFIT
    for strictly in (True, False):
        for one in kind.types:
            if strictly and not isinstance(value, _SHAPES.get(type(one), ())):
                continue
            tried: list[str] = []
            fitted = _fitted(value, one, name, tried)
            if not isinstance(fitted, _Unfit):
                odd += tried
                return fitted
    return _UNFIT


def _struct(value: object, kind: inspect.StructType, _: str, odd: list[str]) -> object:
    if not isinstance(value, dict):
        return {} if value == [] else _UNFIT
    told = cast("dict[str, object]", value)
    kept: dict[str, object] = {}
    for field in kind.fields:
        given = told.get(field.encode_name)
        if given is None:
            continue
        fitted = _fitted(given, field.type, field.name, odd)
        if not isinstance(fitted, _Unfit):
            kept[field.encode_name] = fitted
        elif field.required:
            return _UNFIT
        else:
            odd.append(field.name)
    return kept


def _list(value: object, kind: inspect.ListType, name: str, odd: list[str]) -> object:
    if not isinstance(value, list):
        return [] if value == {} else _UNFIT
    fitted = [_fitted(one, kind.item_type, name, odd) for one in cast("list[object]", value)]
    kept = [one for one in fitted if not isinstance(one, _Unfit)]
    odd += [name] * (len(kept) < len(fitted))
    return kept


def _dict(value: object, kind: inspect.DictType, name: str, odd: list[str]) -> object:
    if not isinstance(value, dict):
        return {} if value == [] else _UNFIT
    told = cast("dict[str, object]", value)
    fitted = {key: _fitted(one, kind.value_type, name, odd) for key, one in told.items()}
    kept = {key: one for key, one in fitted.items() if not isinstance(one, _Unfit)}
    odd += [name] * (len(kept) < len(fitted))
    return kept


def _scalar(read: Callable[[object], object]) -> Callable[[object, inspect.Type, str, list[str]], object]:
    def fit(value: object, kind: inspect.Type, _: str, __: list[str]) -> object:
        found = read(value)
        pattern = kind.pattern if isinstance(kind, inspect.StrType) else None
        wrong = found is None or (pattern is not None and re.search(pattern, str(found)) is None)
        return _UNFIT if wrong else found

    return fit


def _truth(value: object) -> bool | None:
    return {"true": True, "1": True, "false": False, "0": False}.get((as_text(value) or "").lower())


def _nothing(value: object, _: inspect.Type, __: str, ___: list[str]) -> object:
    return None if value is None else _UNFIT


def _raw(value: object, _: inspect.Type, __: str, ___: list[str]) -> object:
    return msgspec.Raw(msgspec.json.encode(value))


_FITS: dict[type, Callable[[object, Any, str, list[str]], object]] = {
    inspect.NoneType: _nothing,
    inspect.UnionType: _union,
    inspect.StructType: _struct,
    inspect.ListType: _list,
    inspect.DictType: _dict,
    inspect.StrType: _scalar(as_text),
    inspect.IntType: _scalar(as_whole),
    inspect.FloatType: _scalar(as_number),
    inspect.BoolType: _scalar(_truth),
    inspect.RawType: _raw,
}
_SHAPES: dict[type, type | tuple[type, ...]] = {
    inspect.StructType: dict,
    inspect.ListType: list,
    inspect.DictType: dict,
    inspect.StrType: str,
    inspect.IntType: int,
    inspect.FloatType: (int, float),
    inspect.BoolType: bool,
}
