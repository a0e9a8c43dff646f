"""What is around the rows of an OTLP request: resources, in them scopes, in them spans, metrics or log records.

The requests of all three signals have one shape, with the same field numbers, so one protobuf message reads them all.
It leaves the rows undecoded: their number is known before they cost memory, and a bad one loses no neighbour.
Source: opentelemetry-proto, `ExportTraceServiceRequest`, `ExportMetricsServiceRequest`, `ExportLogsServiceRequest`.
"""

import re
from collections.abc import Sequence
from types import GenericAlias
from typing import Generic, NamedTuple, Protocol, TypeVar, cast

import msgspec
from google.protobuf import descriptor_pb2, descriptor_pool, message_factory

from afterclick.collect.passage.salvage import whole_characters
from afterclick.errors import TooLarge

MOST_ROWS = 20_000
"""Rows that one request may hold: more would keep others waiting."""


Raw = TypeVar("Raw", bytes, msgspec.Raw)


class Part(NamedTuple, Generic[Raw]):
    """The rows of one scope of one resource, all still in the encoding of the request; empty means absent."""

    resource: Raw
    scope: Raw
    rows: Sequence[Raw]


class _Scope(Protocol[Raw]):
    scope: Raw
    rows: Sequence[Raw]


class _Group(Protocol[Raw]):
    resource: Raw
    scopes: Sequence[_Scope[Raw]]


class _Request(Protocol[Raw]):
    groups: Sequence[_Group[Raw]]


class _Message(Protocol):
    def FromString(self, body: bytes) -> _Request[bytes]: ...  # noqa: N802 - protobuf's name


def _message() -> _Message:
    field = descriptor_pb2.FieldDescriptorProto
    file = descriptor_pb2.FileDescriptorProto(name="afterclick/otlp_envelope.proto", package="afterclick")
    file.syntax = "proto3"
    for name, first, second in (("Scope", "scope", "rows"), ("Group", "resource", "scopes")):
        message = file.message_type.add(name=name)
        message.field.add(name=first, number=1, label=field.LABEL_OPTIONAL, type=field.TYPE_BYTES)
        message.field.add(name=second, number=2, label=field.LABEL_REPEATED, type=field.TYPE_BYTES)
    groups = file.message_type.add(name="Request").field.add(name="groups", number=1)
    groups.label = field.LABEL_REPEATED
    for inner, type_name in ((groups, "Group"), (file.message_type[1].field[1], "Scope")):
        inner.type, inner.type_name = field.TYPE_MESSAGE, f".afterclick.{type_name}"
    pool = descriptor_pool.DescriptorPool()
    pool.AddSerializedFile(file.SerializeToString())
    found = message_factory.GetMessageClass(pool.FindMessageTypeByName("afterclick.Request"))
    return cast("_Message", found)


_PROTOBUF = _message()


def from_protobuf(body: bytes) -> list[Part[bytes]]:
    """The parts of a protobuf request.

    Raises google.protobuf.message.DecodeError when it is none; TooLarge when it holds too many rows.
    """
    return _parts(_PROTOBUF.FromString(body))


class JsonEnvelope:
    """Reads the JSON requests of one signal, whose groups, scopes and rows go by these names."""

    def __init__(self, groups: str, scopes: str, rows: str) -> None:
        scope = msgspec.defstruct("Scope", [_many("rows", rows, msgspec.Raw), _one("scope")])
        group = msgspec.defstruct("Group", [_many("scopes", scopes, scope), _one("resource")])
        request = msgspec.defstruct("Request", [_many("groups", groups, group)])
        self._decoder = msgspec.json.Decoder(request)

    def parts(self, body: bytes | msgspec.Raw) -> list[Part[msgspec.Raw]]:
        """The parts of a JSON request.

        Raises msgspec.DecodeError when it is none; TooLarge when it holds too many rows.
        """
        try:
            request = self._read(body)
        except msgspec.ValidationError:
            request = None
        except msgspec.DecodeError:
            body = whole_characters(bytes(body))
            request = self._read(body)
        if request is None or (not request.groups and b'"resource_' in bytes(body)):
            request = self._read(_as_specified(body))
        return _parts(request)

    def _read(self, body: bytes | msgspec.Raw) -> "_Request[msgspec.Raw]":
        return cast("_Request[msgspec.Raw]", self._decoder.decode(body))


def _as_specified(body: bytes | msgspec.Raw) -> bytes:
    """The request without nulls, and with lowerCamelCase for the names of the protocol's own files."""
    return msgspec.json.encode(_named(msgspec.json.decode(body)))


def _named(value: object) -> object:
    if isinstance(value, list):
        return [_named(one) for one in cast("list[object]", value) if one is not None]
    if not isinstance(value, dict):
        return value
    told = cast("dict[str, object]", value)
    return {
        _CAMEL.sub(lambda found: found[1].upper(), name): _named(one)
        for name, one in told.items()
        if one is not None
    }


_CAMEL = re.compile(r"(?<=[a-z0-9])_([a-z0-9])")


def _many(name: str, named: str, kind: type) -> tuple[str, object, object]:
    return name, GenericAlias(list, (kind,)), msgspec.field(default_factory=list[object], name=named)


def _one(name: str) -> tuple[str, object, object]:
    return name, msgspec.Raw, msgspec.Raw()


def _parts(request: _Request[Raw]) -> list[Part[Raw]]:
    _check(len(request.groups))
    _check(sum(len(group.scopes) for group in request.groups))
    parts = [
        Part(group.resource, scope.scope, scope.rows) for group in request.groups for scope in group.scopes
    ]
    _check(sum(len(part.rows) for part in parts))
    return parts


def _check(number: int) -> None:
    if number > MOST_ROWS:
        raise TooLarge(f"A request may hold {MOST_ROWS} records; send smaller batches.")
