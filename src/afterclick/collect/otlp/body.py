"""Reads the body of an OTLP request in both encodings, protobuf and JSON; what cannot be read is refused row by row."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

import msgspec
from google.protobuf.message import DecodeError
from opentelemetry.proto.common.v1.common_pb2 import InstrumentationScope
from opentelemetry.proto.resource.v1.resource_pb2 import Resource as ProtoResource

from afterclick.collect.otlp.envelope import MOST_ROWS, JsonEnvelope, Part, Raw, from_protobuf
from afterclick.collect.otlp.messages import JsonResource, JsonScope
from afterclick.collect.otlp.resource import Origin, Resource
from afterclick.collect.otlp.values import from_json, from_proto, text
from afterclick.collect.passage.cleaning import label
from afterclick.collect.passage.fit import Lenient
from afterclick.collect.passage.passage import Passage
from afterclick.collect.passage.refusal import Unsupported
from afterclick.drops import DropReason
from afterclick.errors import InvalidInput, TooLarge

PROTOBUF = "application/x-protobuf"
JSON = "application/json"

Wire = TypeVar("Wire")
Shared = TypeVar("Shared", JsonResource, JsonScope)

_LONGEST_ROW = 1 << 20  # bytes of one span, metric or log record
_UNREADABLE = (DecodeError, msgspec.DecodeError, UnicodeDecodeError, RecursionError)


@dataclass(frozen=True)
class Telemetry(Generic[Wire]):
    """How one of the three signals is read: `name` that of its requests, and both ways from a raw row to its wire
    forms, which raise a decode error of their library when the row cannot be read; from JSON with a list for the names
    of fields that it is kept without.
    """

    name: str
    envelope: JsonEnvelope
    from_proto: Callable[[Origin, bytes], Sequence[Wire]]
    from_json: Callable[[Origin, msgspec.Raw, list[str]], Sequence[Wire]]

    def read(self, passage: Passage) -> list[tuple[int, Wire]]:
        """The rows of the body with their places; those that cannot be read are dropped one by one.

        Raises Unsupported for another media type, InvalidInput when nothing can be read, TooLarge when there is too
        much.
        """
        if passage.media_type == JSON:
            return self.read_json(passage, passage.body)
        if passage.media_type != PROTOBUF:
            raise Unsupported(f"Send OTLP as {PROTOBUF} or {JSON}.")
        try:
            parts = from_protobuf(passage.body)
        except DecodeError as error:
            raise InvalidInput(f"The body is not a protobuf {self.name}.") from error
        return _taken(passage, parts, _proto_origin, lambda origin, raw, _: self.from_proto(origin, raw), 0)

    def read_json(
        self, passage: Passage, body: bytes | msgspec.Raw, first: int = 0
    ) -> list[tuple[int, Wire]]:
        """The rows of a JSON request, alone or as a part of another protocol's body; `first` is its first row's place.

        Raises InvalidInput when nothing can be read, TooLarge when there is too much.
        """
        try:
            parts = self.envelope.parts(body)
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
            raise InvalidInput(f"The body is not a JSON {self.name}: {error}.") from error
        return _taken(passage, parts, _json_origin, self.from_json, first)


def _taken(
    passage: Passage,
    parts: Sequence[Part[Raw]],
    origin_of: Callable[[Part[Raw], list[str]], Origin],
    read: Callable[[Origin, Raw, list[str]], Sequence[Wire]],
    first: int,
) -> list[tuple[int, Wire]]:
    kept: list[tuple[int, Wire]] = []
    index = first
    for part in parts:
        shared: list[str] = []
        try:
            origin = origin_of(part, shared)
        except _UNREADABLE as error:
            for place in range(index, index + len(part.rows)):
                passage.drop(place, *_fault(error))
            index += len(part.rows)
            continue
        for raw in part.rows:
            wires: Sequence[Wire] = ()
            odd = [*shared]
            if len(raw) > _LONGEST_ROW:
                passage.drop(index, "too_long", f"It takes {len(raw)} bytes; {_LONGEST_ROW} are allowed.")
            else:
                try:
                    wires = read(origin, raw, odd)
                except _UNREADABLE as error:
                    passage.drop(index, *_fault(error))
            if odd and wires:
                passage.leave_out(index, odd)
            kept += enumerate(wires, index)
            index += len(wires) or 1
            if len(kept) > MOST_ROWS:
                raise TooLarge(f"A request may hold {MOST_ROWS} records; send smaller batches.")
    return kept


def _fault(error: Exception) -> tuple[DropReason, str]:
    """The reason to drop a row, and a sentence."""
    if isinstance(error, msgspec.ValidationError):
        return "wrong_type", f"{error}."
    return "malformed", f"Not readable as OTLP: {error}."


def _proto_origin(part: Part[bytes], _: list[str]) -> Origin:
    resource = ProtoResource.FromString(part.resource)
    scope = InstrumentationScope.FromString(part.scope)
    return Origin(Resource.of(from_proto(resource.attributes)), label(text(scope.name, 128)))


def _json_origin(part: Part[msgspec.Raw], odd: list[str]) -> Origin:
    """Of what all rows of a part share; a resource or scope that is no object is left out like a field of one."""
    resource = _told(_RESOURCE, part.resource, "resource", odd)
    scope = _told(_SCOPE, part.scope, "scope", odd)
    attributes = from_json(resource.attributes) if resource else {}
    return Origin(Resource.of(attributes), label(text(scope.name, 128)) if scope else "")


def _told(kind: Lenient[Shared], raw: msgspec.Raw, name: str, odd: list[str]) -> Shared | None:
    if bytes(raw) in (b"", b"null"):
        return None
    try:
        return kind.decode(raw, odd)
    except msgspec.ValidationError:
        odd.append(name)
        return None


_RESOURCE = Lenient(JsonResource)
_SCOPE = Lenient(JsonScope)
