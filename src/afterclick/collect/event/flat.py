"""What a client sends beside our fields, as flat `props`: dotted keys for nested objects, JSON text for lists."""

from collections.abc import Iterator, Mapping
from typing import cast

import msgspec

from afterclick.collect.event.wire import Scalar
from afterclick.collect.passage.cleaning import cut, is_secret, without_queries

_ROOM = 7000  # bytes of JSON: `props` may take 8192, and masking personal data may lengthen them a little
_LONGEST_KEY = 128
_LONGEST = 2048
_DEEPEST = 6
_WHOLE = 2**63
_ENCODER = msgspec.json.Encoder()


def flat(values: Mapping[str, object]) -> dict[str, Scalar]:
    """As many of the values as fit, in their order; nulls and empty texts are left out."""
    kept: dict[str, Scalar] = {}
    size = 2
    for key, value in _leaves("", values, 1):
        if value is None or value == "":
            continue
        size += len(_ENCODER.encode(key)) + len(_ENCODER.encode(value)) + 2
        if size > _ROOM:
            break
        kept[key] = value
    return kept


def _leaves(prefix: str, values: Mapping[str, object], depth: int) -> Iterator[tuple[str, Scalar]]:
    for key, value in values.items():
        name = f"{prefix}{key}"
        if len(name) > _LONGEST_KEY:
            told, name = is_secret(name), cut(name, _LONGEST_KEY)
            if told:
                yield name, "[secret]"
                continue
        inner = cast("dict[str, object]", value) if isinstance(value, dict) else None
        if inner is not None and depth < _DEEPEST:
            yield from _leaves(f"{name}.", inner, depth + 1)
        else:
            yield name, scalar(cast("object", value))


def scalar(value: object) -> Scalar:
    """A JSON value as one that `props` may hold."""
    if value is None or isinstance(value, bool | float):
        return value
    if isinstance(value, int):
        return value if -_WHOLE <= value < _WHOLE else cut(str(value), _LONGEST)
    return cut(
        value if isinstance(value, str) else _ENCODER.encode(without_queries(value)).decode(), _LONGEST
    )


def text(value: object) -> str:
    """A JSON value as text; empty for null."""
    if isinstance(value, str):
        return cut(value, _LONGEST)
    return "" if value is None else str(scalar(value))
