"""A protobuf span of which attributes, events, links and status are left undecoded.

To decode an attribute costs more than all else of a span, and the same ones come with span after span: left as bytes,
they can be looked up. Source: opentelemetry-proto `trace/v1/trace.proto`, message `Span`.
"""

from collections.abc import Sequence
from typing import Protocol, cast

from google.protobuf import descriptor_pb2, descriptor_pool, message_factory


class ProtoSpan(Protocol):
    """The fields of a span that are kept, by their names in the specification; ids and what is undecoded as bytes."""

    trace_id: bytes
    span_id: bytes
    parent_span_id: bytes
    name: str
    kind: int
    start_time_unix_nano: int
    end_time_unix_nano: int
    attributes: Sequence[bytes]
    events: Sequence[bytes]
    links: Sequence[bytes]
    status: bytes


class _Message(Protocol):
    def FromString(self, raw: bytes) -> ProtoSpan: ...  # noqa: N802 - protobuf's name


_FIELD = descriptor_pb2.FieldDescriptorProto
_FIELDS = (
    ("trace_id", 1, _FIELD.TYPE_BYTES),
    ("span_id", 2, _FIELD.TYPE_BYTES),
    ("parent_span_id", 4, _FIELD.TYPE_BYTES),
    ("name", 5, _FIELD.TYPE_STRING),
    ("kind", 6, _FIELD.TYPE_INT32),
    ("start_time_unix_nano", 7, _FIELD.TYPE_FIXED64),
    ("end_time_unix_nano", 8, _FIELD.TYPE_FIXED64),
    ("attributes", 9, _FIELD.TYPE_BYTES),
    ("events", 11, _FIELD.TYPE_BYTES),
    ("links", 13, _FIELD.TYPE_BYTES),
    ("status", 15, _FIELD.TYPE_BYTES),
)
_REPEATED = frozenset({"attributes", "events", "links"})


def _message() -> _Message:
    file = descriptor_pb2.FileDescriptorProto(
        name="afterclick/span.proto", package="afterclick", syntax="proto3"
    )
    message = file.message_type.add(name="Span")
    for name, number, type in _FIELDS:
        label = _FIELD.LABEL_REPEATED if name in _REPEATED else _FIELD.LABEL_OPTIONAL
        message.field.add(name=name, number=number, type=type, label=label)
    pool = descriptor_pool.DescriptorPool()
    pool.AddSerializedFile(file.SerializeToString())
    found = message_factory.GetMessageClass(pool.FindMessageTypeByName("afterclick.Span"))
    return cast("_Message", found)


span_of = _message().FromString
"""The span of an encoded one; raises google.protobuf.message.DecodeError when it is none."""
