"""Every door by bodies that began as right ones: values replaced by hostile ones, bytes changed, cut or doubled. None
is an error of ours, none costs memory beyond its size, and the collector takes the next right one.
"""

import copy
import gc
import gzip
import json
import random
import time
import tracemalloc
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import cast

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.collect import test_logs, test_samples_door, test_traces
from tests.collect.conftest import NOW, House
from tests.collect.segment_calls import call
from tests.collect.test_hooks import ORDER, SECRET, signature, write
from tests.collect.test_sentry import envelope, error, span, transaction

from afterclick.collect.passage.passage import Passage
from afterclick.settings import load

PAYLOADS = Path(__file__).parents[1] / "payloads"
JSON, PROTOBUF = "application/json", "application/x-protobuf"
NS = str(NOW * 10**6)
EVENT = {
    "type": "order",
    "time": NOW,
    "url": "https://shop.example/a?b=c",
    "order_id": "1",
    "tags": {"a": "b"},
}
HISTOGRAM = {"timeUnixNano": NS, "count": "2", "sum": 3, "bucketCounts": ["1", "1"], "explicitBounds": [1]}
EXPONENTIAL = {"timeUnixNano": NS, "count": "1", "scale": 2, "positive": {"offset": 1, "bucketCounts": ["1"]}}
METRICS = [
    {"name": "a", "gauge": {"dataPoints": [{"timeUnixNano": NS, "asDouble": 1.5}]}},
    {"name": "b", "sum": {"aggregationTemporality": 1, "dataPoints": [{"timeUnixNano": NS, "asInt": "3"}]}},
    {"name": "c", "histogram": {"dataPoints": [HISTOGRAM]}},
    {"name": "d", "exponentialHistogram": {"dataPoints": [EXPONENTIAL]}},
]
SERVICE = {"attributes": [{"key": "service.name", "value": {"stringValue": "cart"}}]}
LOG = {
    "timeUnixNano": NS,
    "traceId": "01" * 16,
    "severityNumber": 9,
    "body": {
        "kvlistValue": {"values": [{"key": "a", "value": {"arrayValue": {"values": [{"intValue": "1"}]}}}]}
    },
    "attributes": [{"key": "exception.type", "value": {"bytesValue": "AA=="}}],
}
BATCH = [call(event="Order Completed", properties={"products": [{"price": 1}]}), call()]
DOCUMENTS: dict[str, object] = {
    "/v1/events": [EVENT, EVENT | {"type": "page_view"}],
    "/v1/traces": json.loads((PAYLOADS / "otlp-traces.json").read_bytes()),
    "/v1/metrics": {"resourceMetrics": [{"resource": SERVICE, "scopeMetrics": [{"metrics": METRICS}]}]},
    "/v1/logs": {"resourceLogs": [{"resource": SERVICE, "scopeLogs": [{"logRecords": [LOG]}]}]},
    "/v1/batch": {"batch": BATCH, "sentAt": "x"},
    "/v1/track": call(),
    "/collect": json.loads((PAYLOADS / "faro.json").read_bytes()),
    "/hooks/shop": ORDER,
}
MESSAGES: dict[str, bytes] = {
    "/v1/traces": test_traces.request({}, {"name": "b"}).SerializeToString(),
    "/v1/metrics": test_samples_door.request(
        test_samples_door.gauge(), test_samples_door.histogram()
    ).SerializeToString(),
    "/v1/logs": test_logs.request(test_logs.log("a"), test_logs.log({"b": 1})).SerializeToString(),
    "/api/1/envelope/": envelope(
        ({"type": "event", "length": 0}, error()), ({"type": "transaction"}, transaction(span()))
    ),
    "/v1/events": b"\n".join(json.dumps(EVENT | {"id": str(n)}).encode() for n in range(3)),
}
TYPES = {"/v1/events": "application/x-ndjson", "/api/1/envelope/": "application/x-sentry-envelope"}

deep: object = 0
for _ in range(60):
    deep = {"a": [deep]}
HOSTILE: list[object] = [
    None, True, 0, -1, 1.5, 1e308, -0.0, 2**31, 2**63, -(2**64), 10**40, "", "\x00", "x" * 9_000, "\ud800", "\u2028",
    "NaN", "1e999", "-1", "2199-01-01T00:00:00Z", "0000-00-00", "../../etc/passwd", "javascript:alert(1)", "http://[",
    "%00", [], {}, [[]], [None], {"": {}}, {"a.b": 1, "a": {"b": 2}}, {"__proto__": {"a": 1}}, ["x"] * 400,
    {str(n): n for n in range(400)}, deep,
]  # fmt: skip
JSON_EDITS = st.lists(
    st.tuples(st.integers(0, 400), st.sampled_from(range(len(HOSTILE)))), min_size=1, max_size=4
)
BYTE_EDITS = st.lists(
    st.tuples(st.integers(0, 5_000), st.binary(max_size=6), st.integers(0, 3)), min_size=1, max_size=4
)


class Shared(House):
    """One collector for all examples, with a source of webhooks."""

    def deliver(self, path: str, body: bytes, media_type: str) -> None:
        """Send it, and hold the answer to what every door promises."""
        is_hook = path.startswith("/hooks/")
        signed = {"x_shop_signature": signature(body).hex()} if is_hook else {}
        answer = self.send(body, path, key="" if is_hook else None, content_type=media_type, **signed)
        assert answer.status_code in (200, 202, 400, 413), (path, answer.status_code, answer.text)


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shared]:
    chosen = {"AFTERCLICK_DATA": str(tmp_path_factory.mktemp("data"))}
    opened = Shared(load(chosen | {"AFTERCLICK_KEY_RATE": "0", "AFTERCLICK_ADDRESS_RATE": "0"}))
    write(opened, secret=SECRET)
    opened.restart()
    yield opened
    opened.close()


Node = tuple[list[object] | dict[str, object], int | str]


def nodes(value: object) -> Iterator[Node]:
    """Each place in a document where a value stands."""
    if isinstance(value, dict):
        table = cast("dict[str, object]", value)
        for key, inner in table.items():
            yield table, key
            yield from nodes(inner)
    elif isinstance(value, list):
        row = cast("list[object]", value)
        for index, inner in enumerate(row):
            yield row, index
            yield from nodes(inner)


def edited(document: object, edits: list[tuple[int, int]]) -> bytes:
    """The document with hostile values at some of its places; one keeps its key, or becomes one."""
    changed = [copy.deepcopy(document)]
    for place, which in edits:
        places = list(nodes(changed))
        holder, key = places[place % len(places)]
        if isinstance(holder, dict) and place % 7 == 0:
            holder[str(HOSTILE[which])[:9_000]] = holder.pop(str(key))
        else:
            holder[key] = copy.deepcopy(HOSTILE[which])  # type: ignore[call-overload, index]
    return json.dumps(changed[0]).encode()


def damaged(body: bytes, edits: list[tuple[int, bytes, int]]) -> bytes:
    """The bytes with some put in, some put over others, some cut off, or all doubled."""
    for at, some, how in edits:
        at %= len(body) + 1
        if how == 0:
            body = body[:at] + some + body[at:]
        elif how == 1:
            body = body[:at] + some + body[at + len(some) :]
        elif how == 2:
            body = body[:at]
        else:
            body += body[:at]
    return body


@pytest.mark.parametrize("path", DOCUMENTS)
def test_a_document_with_hostile_values_is_answered_and_the_next_right_one_taken(
    shared: Shared, path: str
) -> None:
    @given(JSON_EDITS)
    @settings(max_examples=40)
    def holds(edits: list[tuple[int, int]]) -> None:
        shared.deliver(path, edited(DOCUMENTS[path], edits), JSON)

    holds()
    takes_the_next(shared)


@pytest.mark.parametrize("path", [*MESSAGES, *(path for path in DOCUMENTS if path not in MESSAGES)])
def test_damaged_bytes_are_answered_and_the_next_right_ones_taken(shared: Shared, path: str) -> None:
    body = MESSAGES.get(path) or json.dumps(DOCUMENTS[path]).encode()
    media_type = TYPES.get(path, PROTOBUF if path in MESSAGES else JSON)

    @given(BYTE_EDITS)
    @settings(max_examples=40)
    def holds(edits: list[tuple[int, bytes, int]]) -> None:
        shared.deliver(path, damaged(body, edits), media_type)

    holds()
    takes_the_next(shared)


def takes_the_next(shared: Shared) -> None:
    answer = shared.post(shared.event(id=str(uuid.uuid4())))
    assert (answer.status_code, answer.json()["accepted"]) == (202, 1)


LARGE: dict[str, bytes] = {
    "an object of many keys": b"{" + b",".join(b'"%d":1' % n for n in range(120_000)) + b"}",
    "many empty events": b"[" + b"{}," * 9_000 + b"{}]",
    "arrays in arrays": b"[" * 500_000,
    "objects in objects": b'{"a":' * 200_000,
    "one long string": b'[{"type":"track","name":"' + b"x" * 1_000_000 + b'"}]',
    "one long number": b"[" + b"9" * 1_000_000 + b"]",
    "escapes": b'[{"type":"track","name":"' + b"\\u0041" * 160_000 + b'"}]',
}


@pytest.mark.parametrize("what", LARGE)
@pytest.mark.parametrize(
    "path", ["/v1/events", "/v1/batch", "/v1/traces", "/v1/logs", "/v1/metrics", "/collect"]
)
def test_the_largest_body_costs_bounded_memory(shared: Shared, path: str, what: str) -> None:
    tracemalloc.start()
    try:
        shared.deliver(path, LARGE[what][: shared.settings.max_body_bytes], JSON)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert peak < 64 * shared.settings.max_body_bytes


REFUSED = {
    "a bomb": (gzip.compress(b"[" + b" " * 20_000_000), "gzip"),
    "one cut off": (gzip.compress(random.Random(1).randbytes(20_000))[:-9], "gzip"),
    "of an unknown encoding": (b"x" * 20_000, "br"),
    "too large": (b"x" * 2_000_000, ""),
    "no JSON": (b"\x00\xff" * 50_000, ""),
}


@pytest.mark.parametrize("what", REFUSED)
def test_a_refused_body_is_let_go_and_waits_for_no_collection_of_garbage(shared: Shared, what: str) -> None:
    body, encoding = REFUSED[what]
    deadline = time.monotonic() + 20  # a thread that worked on it beside the loop may end after the answer
    gc.collect()
    gc.disable()
    try:
        assert shared.send(body, content_encoding=encoding).status_code in (400, 413, 415)
        while any(isinstance(held, Passage) for held in gc.get_objects()):
            assert time.monotonic() < deadline
    finally:
        gc.enable()
