"""Whatever bytes arrive: a right status, one sentence, the neighbours kept, and only records the store can take."""

import math
import tempfile
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import cast

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.collect.conftest import House

from afterclick.settings import load
from afterclick.store.drain.decode import decode


def good() -> bytes:
    """An event that nothing is wrong with, another each time: a repeated one would be dropped as a duplicate."""
    return msgspec.json.encode({"type": "track", "name": "good", "id": str(uuid.uuid4())})


texts = st.text() | st.just("\x00") | st.just("' OR 1=1 --") | st.just("x" * 5000)
numbers = st.integers() | st.floats() | st.sampled_from([1e308, -0.0, 2**63, -(2**64), 10**40])
scalars = st.none() | st.booleans() | numbers | texts
values = st.recursive(scalars, lambda inner: st.lists(inner) | st.dictionaries(texts, inner), max_leaves=8)
NAMES = [
    "id",
    "time",
    "name",
    "session_id",
    "url",
    "path",
    "referrer",
    "value",
    "status",
    "revenue",
    "tags",
    "props",
    "user_agent",
    "ip",
    "country",
    "region",
    "consent",
]
TYPES = ["page_view", "order", "vital", "rating", "track", "nope"]
events = st.fixed_dictionaries({"type": st.sampled_from(TYPES)}, optional=dict.fromkeys(NAMES, values))


@pytest.fixture(scope="module")
def shared() -> Iterator[House]:
    with tempfile.TemporaryDirectory() as data:
        house = House(load({"AFTERCLICK_DATA": str(Path(data))}))
        yield house
        house.close()


def plain(value: object) -> object:
    """JSON has no NaN, and no lone surrogates that UTF-8 could carry: those are tested by name elsewhere."""
    if isinstance(value, float):
        return value if math.isfinite(value) else 0.5
    if isinstance(value, int) and abs(value) >= 2**63:
        return float(value) if abs(value) < 10**300 else 1
    if isinstance(value, list):
        return [plain(one) for one in cast("list[object]", value)]
    if isinstance(value, dict):
        return {key: plain(one) for key, one in cast("dict[str, object]", value).items()}
    return value


@given(st.lists(events, max_size=5))
@settings(max_examples=150)
def test_any_events_leave_their_neighbours_and_only_storable_records(
    shared: House, several: list[dict[str, object]]
) -> None:
    body = [msgspec.json.encode(plain(event)) for event in several]
    answer = shared.send(b"[" + b",".join([good(), *body, good()]) + b"]")
    told = answer.json()
    assert answer.status_code == 202
    assert told["accepted"] + told["dropped"] == len(several) + 2
    assert told["accepted"] >= 2


@given(
    st.binary(max_size=300) | st.text(max_size=200).map(lambda text: text.encode("utf-8", "surrogatepass"))
)
@settings(max_examples=150)
def test_any_bytes_get_a_right_status_and_a_sentence(shared: House, body: bytes) -> None:
    for path, media_type in (
        ("/v1/events", "application/json"),
        ("/v1/events", "application/x-ndjson"),
        ("/v1/traces", "application/json"),
    ):
        answer = shared.send(body, path, content_type=media_type)
        assert answer.status_code in (200, 202, 400)
        assert answer.json() is not None
    for encoding in ("gzip", "deflate", "zstd"):
        assert shared.send(body, content_encoding=encoding).status_code in (202, 400)
    assert shared.send(body, "/v1/traces", content_type="application/x-protobuf").status_code in (200, 400)


@given(st.binary(max_size=60))
@settings(max_examples=150)
def test_any_bytes_between_two_lines_lose_neither(shared: House, middle: bytes) -> None:
    body = good() + b"\n" + middle.replace(b"\n", b" ") + b"\n" + good()
    answer = shared.send(body, content_type="application/x-ndjson")
    assert answer.json()["accepted"] >= 2


def test_everything_that_was_taken_decodes_for_the_store(shared: House) -> None:
    shared.post(
        shared.event(props={"big": 2**63, "deep": "x"}, value=1e12, revenue=-5.5, name="\U0001f600\u2028")
    )
    assert shared.spool is not None
    kept = shared.events()
    lines = msgspec.json.Encoder().encode_lines(kept)
    assert decode("events", [lines]).num_rows == len(kept) > 100
