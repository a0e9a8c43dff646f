"""The attributes of spans: plain for what has a column, masked for what is kept.

The same ones come with span after span, and to decode and mask one costs fifty times as much as to remember it: what
becomes of an attribute is found out once, by its bytes in protobuf, else by its name and value.
"""

from collections.abc import Iterable
from functools import lru_cache

import msgspec
from opentelemetry.proto.common.v1.common_pb2 import KeyValue as ProtoKeyValue

from afterclick.collect.event.wire import Scalar
from afterclick.collect.otlp.attributes import kept, masked
from afterclick.collect.otlp.values import Attributes, Plain, proto_value

_REMEMBERED = 2048
_SHORT = 256  # bytes of an attribute; longer ones repeat less and would hold more memory


class Attribute(msgspec.Struct, frozen=True, gc=False):
    """One attribute; `kept` is its name and value without personal data, None when it is not to be kept."""

    value: Plain
    kept: tuple[str, Scalar] | None


SpanAttributes = dict[str, Attribute]


def of_protobuf(pairs: Iterable[bytes]) -> SpanAttributes:
    """Attributes that are encoded as protobuf still; of a repeated key the last counts.

    Lists and objects in them are not to be changed. Raises google.protobuf.message.DecodeError when one is none.
    """
    return dict([_remembered(raw) if len(raw) <= _SHORT else _pair(raw) for raw in pairs])


def of_plain(attributes: Attributes) -> SpanAttributes:
    """Attributes that are decoded."""
    return {name: Attribute(value, kept(name, value)) for name, value in attributes.items()}


def take(attributes: SpanAttributes, names: Iterable[str]) -> Plain:
    """The value of the first of the attributes that has one; all of them leave the rest."""
    found: Plain = None
    for name in names:
        if (attribute := attributes.pop(name, None)) is not None and found is None:
            found = attribute.value
    return found


def _pair(raw: bytes) -> tuple[str, Attribute]:
    pair = ProtoKeyValue.FromString(raw)
    key, value = pair.key, proto_value(pair.value)
    return key, Attribute(value, masked(key, value))


_remembered = lru_cache(_REMEMBERED)(_pair)
