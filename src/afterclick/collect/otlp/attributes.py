"""Attributes as columns: standard ones taken out, the rest as flat JSON without personal data."""

from collections.abc import Iterable
from functools import lru_cache
from math import isfinite

import msgspec

from afterclick.collect.event.wire import Scalar
from afterclick.collect.otlp.values import Attributes, Plain, text
from afterclick.collect.passage.cleaning import (
    FORBIDDEN_ATTRIBUTES,
    scrubbed,
    scrubbed_prop,
    without_queries,
)

_CANONICAL = msgspec.json.Encoder(order="deterministic")
_BYTES = 8192
_LONGEST_KEY = 128
_LONGEST = 2048
_WHOLE = 2**63
_REMEMBERED = 2048
_SHORT = 256  # characters; longer values repeat less and would hold more memory
_FORBIDDEN = frozenset(FORBIDDEN_ATTRIBUTES)


def take(attributes: Attributes, names: Iterable[str]) -> Plain:
    """The first of the attributes that is there; all of them leave the rest."""
    found: Plain = None
    for name in names:
        if name in attributes:
            value = attributes.pop(name)
            found = value if found is None else found
    return found


def exception(attributes: Attributes) -> str:
    """An exception as "type: message", from its standard attributes."""
    parts = (text(attributes.get(name), 1024) for name in ("exception.type", "exception.message"))
    return scrubbed(": ".join(part for part in parts if part))


def flat_json(attributes: Attributes) -> str:
    """Attributes as flat JSON, keys in order, as many as fit in 8 KiB; empty for none.

    Personal data is masked, URLs lose their query, texts are cut to 2048 characters and keys to 128.
    """
    return as_json(kept(name, value) for name, value in attributes.items())


def as_json(pairs: Iterable[tuple[str, Scalar] | None]) -> str:
    """The same of attributes as `kept` has them."""
    flat = dict(filter(None, pairs))
    if not flat:
        return ""
    whole = _CANONICAL.encode(flat)
    return (whole if len(whole) <= _BYTES else _fitting(flat)).decode()


def kept(name: str, value: Plain) -> tuple[str, Scalar] | None:
    """What `masked` says, remembered where it is short."""
    if (type(value) is str and len(value) <= _SHORT) or type(value) is int:
        return _remembered(name, value)
    return masked(name, value)


@lru_cache(_REMEMBERED)
def _remembered(name: str, value: str | int) -> tuple[str, Scalar] | None:
    # The same values come with span after span; masking one costs fifty times as much as remembering it.
    return masked(name, value)


def masked(name: str, value: Plain) -> tuple[str, Scalar] | None:
    """Name and value of an attribute as they are kept; None when it is not."""
    if value is None or name in _FORBIDDEN:
        return None
    flat = value if type(value) is str else _flat(value)
    found = scrubbed_prop(name, text(flat, _LONGEST) if type(flat) is str else flat)
    return (text(found[0], _LONGEST_KEY), found[1]) if found else None


def _fitting(flat: dict[str, Scalar]) -> bytes:
    fitting: dict[str, Scalar] = {}
    size = 2
    for name in sorted(flat):
        more = len(_CANONICAL.encode(name)) + len(_CANONICAL.encode(flat[name])) + 2
        if size + more <= _BYTES:
            size += more
            fitting[name] = flat[name]
    return _CANONICAL.encode(fitting)


def structured_text(value: Plain, most: int) -> str:
    """A value as text, a structured one as flat JSON; personal data is masked."""
    if value is None:
        return ""
    flat = _flat(value)
    return scrubbed(text(flat, most))


def _flat(value: Plain) -> str | int | float | bool:
    if isinstance(value, bool | str):
        return value
    if isinstance(value, int | float):
        return value if isfinite(value) and abs(value) < _WHOLE else str(value)
    return _CANONICAL.encode(without_queries(value)).decode()
