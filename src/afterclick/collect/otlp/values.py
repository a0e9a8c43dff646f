"""Attribute values as OTLP sends them, in protobuf and in JSON, made plain.

Source: opentelemetry-proto `common/v1/common.proto`.
"""

import re
from base64 import b64decode
from collections.abc import Iterable

from opentelemetry.proto.common.v1.common_pb2 import AnyValue as ProtoValue
from opentelemetry.proto.common.v1.common_pb2 import KeyValue as ProtoKeyValue

from afterclick.collect.otlp.messages import JsonKeyValue, JsonValue
from afterclick.collect.passage.cleaning import cut

Plain = str | int | float | bool | list["Plain"] | dict[str, "Plain"] | None
Attributes = dict[str, Plain]

TRACE_ID = re.compile(r"(?!0{32})[0-9a-f]{32}")
SPAN_ID = re.compile(r"(?!0{16})[0-9a-f]{16}")
_UNREADABLE = re.compile(r"[\x00-\x08\x0e-\x1f\x7f-\x9f]")


def from_json(pairs: Iterable[JsonKeyValue]) -> Attributes:
    """Attributes as plain values; of a repeated key the last counts."""
    return {pair.key: json_value(pair.value) for pair in pairs}


def from_proto(pairs: Iterable[ProtoKeyValue]) -> Attributes:
    """Attributes as plain values; of a repeated key the last counts."""
    # Most values are texts: asking for one costs half of asking what it is.
    return {pair.key: (value := pair.value).string_value or proto_value(value) for pair in pairs}


def json_value(value: JsonValue | None) -> Plain:
    """One value, plain."""
    if value is None:
        return None
    if value.int_value is not None:
        return int(value.int_value)
    if value.double_value is not None:
        return float(value.double_value)
    if value.array_value is not None:
        return [json_value(inner) for inner in value.array_value.values]
    if value.kvlist_value is not None:
        return dict(from_json(value.kvlist_value.values))
    if value.bytes_value is not None:
        return _of_base64(value.bytes_value)
    return value.bool_value if value.string_value is None else value.string_value


def proto_value(value: ProtoValue) -> Plain:
    """One value, plain."""
    match value.WhichOneof("value"):
        case "string_value":
            return value.string_value
        case "int_value":
            return value.int_value
        case "bool_value":
            return value.bool_value
        case "double_value":
            return value.double_value
        case "array_value":
            return [proto_value(inner) for inner in value.array_value.values]
        case "kvlist_value":
            return dict(from_proto(value.kvlist_value.values))
        case "bytes_value":
            return _readable(value.bytes_value)
        case _:
            return None


def _of_base64(written: str) -> str:
    try:
        return _readable(b64decode(written, validate=True))
    except ValueError:
        return written


def _readable(raw: bytes) -> str:
    """Bytes as the text that they write, so that it is cleaned as one; as hexadecimal digits when they write none."""
    try:
        told = raw.decode()
    except UnicodeDecodeError:
        return raw.hex()
    return told if _UNREADABLE.search(told) is None else raw.hex()


def text(value: Plain, most: int) -> str:
    """A value as text of at most `most` characters, without null characters; what is longer is cleaned, then cut."""
    if value is None or value == "":
        return ""
    found = value if type(value) is str else str(value)
    return cut(found.replace("\x00", "") if "\x00" in found else found, most)
