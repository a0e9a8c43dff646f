"""Protobuf spans whose attributes are looked up by their bytes: the same as protobuf's own reading of them."""

from hypothesis import given
from hypothesis import strategies as st
from opentelemetry.proto.common.v1.common_pb2 import AnyValue, ArrayValue, KeyValue, KeyValueList
from opentelemetry.proto.trace.v1.trace_pb2 import Span

from afterclick.collect.otlp.spans.attributes import of_plain, of_protobuf
from afterclick.collect.otlp.spans.protobuf import span_of
from afterclick.collect.otlp.values import from_proto

TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=300)
PLAIN = (
    st.just(AnyValue())
    | TEXTS.map(lambda text: AnyValue(string_value=text))
    | st.booleans().map(lambda truth: AnyValue(bool_value=truth))
    | st.integers(-(2**63), 2**63 - 1).map(lambda number: AnyValue(int_value=number))
    | st.floats(allow_nan=False).map(lambda number: AnyValue(double_value=number))
    | st.binary(max_size=8).map(lambda raw: AnyValue(bytes_value=raw))
)
VALUES = st.recursive(
    PLAIN,
    lambda inner: (
        st.lists(inner, max_size=3).map(lambda values: AnyValue(array_value=ArrayValue(values=values)))
        | st.dictionaries(TEXTS, inner, max_size=3).map(
            lambda values: AnyValue(
                kvlist_value=KeyValueList(
                    values=[KeyValue(key=key, value=value) for key, value in values.items()]
                )
            )
        )
    ),
    max_leaves=6,
)
PAIRS = st.lists(st.builds(KeyValue, key=TEXTS, value=VALUES), max_size=6)


@given(PAIRS)
def test_attributes_looked_up_by_their_bytes_are_those_that_protobuf_reads(pairs: list[KeyValue]) -> None:
    raw = [pair.SerializeToString() for pair in pairs]
    assert of_protobuf(raw) == of_protobuf(raw) == of_plain(from_proto(pairs))


@given(
    st.builds(
        Span,
        trace_id=st.binary(max_size=20),
        span_id=st.binary(max_size=10),
        parent_span_id=st.binary(max_size=10),
        trace_state=TEXTS,
        name=TEXTS,
        kind=st.integers(0, 9),
        start_time_unix_nano=st.integers(0, 2**64 - 1),
        end_time_unix_nano=st.integers(0, 2**64 - 1),
        attributes=PAIRS,
        flags=st.integers(0, 2**32 - 1),
    )
)
def test_a_span_is_read_as_protobuf_reads_it(span: Span) -> None:
    found = span_of(span.SerializeToString())
    for name in ("trace_id", "span_id", "parent_span_id", "name", "kind"):
        assert getattr(found, name) == getattr(span, name)
    assert found.start_time_unix_nano == span.start_time_unix_nano
    assert found.end_time_unix_nano == span.end_time_unix_nano
    assert list(found.attributes) == [pair.SerializeToString() for pair in span.attributes]
