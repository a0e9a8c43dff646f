"""Segment's HTTP API by bad calls and bad bodies: each refused alone, under its reason."""

import json
from collections.abc import Iterator

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.collect.conftest import House
from tests.collect.segment_calls import call

from afterclick.settings import load

BROKEN: list[tuple[str, bytes]] = [
    ("malformed", b'"x"'),
    ("malformed", b"null"),
    ("unknown_type", b'{"event":"x","userId":"u"}'),
    ("unknown_type", b'{"type":"delete","userId":"u"}'),
    ("future", b'{"type":"track","userId":"u","timestamp":"2199-01-01T00:00:00Z"}'),
    ("incomplete", b'{"type":"alias","previousId":"p"}'),
    ("malformed", b'{"type":"track","properties":{"a":NaN}}'),
    ("malformed", b'{"type":"track","event":"\xff"}'),
    ("malformed", b'{"type":"track","properties":' + b'{"a":' * 3000 + b"1" + b"}" * 3000 + b"}"),
]


ODD = [
    b'{"type":"track","event":{"a":1},"userId":"u"}',
    b'{"type":"track","properties":"x","userId":"u"}',
    b'{"type":"track","userId":{"id":1},"anonymousId":"a"}',
    b'{"type":"track","userId":"u","timestamp":"yesterday"}',
]


@pytest.mark.parametrize("odd", ODD)
def test_a_call_with_an_odd_field_is_kept_without_it(house: House, odd: bytes) -> None:
    answer = house.send(b'{"batch":[' + odd + b"]}", "/v1/batch")
    assert [(error["index"], error["reason"]) for error in answer.json()["errors"]] == [(0, "odd_field")]
    assert house.counted() == {"": 1, "odd_field": 1}


@pytest.mark.parametrize(("reason", "broken"), BROKEN, ids=[f"{r}-{b[:40]!r}" for r, b in BROKEN])
def test_a_bad_call_is_dropped_under_its_reason_and_its_neighbours_are_kept(
    house: House, reason: str, broken: bytes
) -> None:
    before, after = (json.dumps(call(event=name)).encode() for name in ("before", "after"))
    answer = house.send(b'{"batch":[' + b",".join((before, broken, after)) + b'],"sentAt":"x"}', "/v1/batch")
    assert answer.status_code == 200
    assert [(error["index"], error["reason"]) for error in answer.json()["errors"]] == [(1, reason)]
    assert [event.name for event in house.events()] == ["before", "after"]
    assert house.counted() == {"": 2, reason: 1}


@pytest.mark.parametrize(
    "body", [b"", b"x", b"[]", b"{}", b'{"batch":[]}', b'{"batch":7}', b"\xff\xfe", b"null"]
)
def test_a_body_in_which_nothing_can_be_read_says_so(house: House, body: bytes) -> None:
    answer = house.send(body, "/v1/batch")
    assert answer.status_code in (200, 400)
    told = answer.json()
    assert told.get("errors") or told["message"].endswith(".")
    assert house.events() == []


def test_other_media_types_and_methods_are_refused(house: House) -> None:
    refused = house.send(b"batch=1", "/v1/batch", content_type="application/x-www-form-urlencoded")
    assert (refused.status_code, refused.json()["code"]) == (415, "unsupported")
    assert house.send(b"", "/v1/track", "GET").status_code == 405


def test_too_many_calls_are_413(house: House) -> None:
    calls = b",".join([b'{"type":"track"}'] * 10_001)
    assert house.send(b'{"batch":[' + calls + b"]}", "/v1/batch").status_code == 413


class Shared(House):
    """A collector for many examples."""

    count = 0

    def serial(self) -> int:
        """Another number each time."""
        self.count += 1
        return self.count


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shared]:
    data = str(tmp_path_factory.mktemp("data"))
    opened = Shared(
        load({"AFTERCLICK_DATA": data, "AFTERCLICK_KEY_RATE": "0", "AFTERCLICK_ADDRESS_RATE": "0"})
    )
    yield opened
    opened.close()


json_values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=10), inner, max_size=3),
    max_leaves=8,
)
FIELDS = (
    *("type", "event", "name", "userId", "anonymousId", "messageId", "timestamp", "sentAt", "properties"),
    *("traits", "context", "previousId", "groupId", "originalTimestamp", "category"),
)
kinds = st.sampled_from(["track", "page", "screen", "identify", "group", "alias"])
events = st.sampled_from(["Order Completed", "Product Viewed", "Cart Viewed", "Checkout Step Viewed"])
calls = st.fixed_dictionaries(
    {"type": kinds | json_values},
    optional={name: (events | json_values if name == "event" else json_values) for name in FIELDS[1:]},
)


@given(st.lists(calls, max_size=5), st.sampled_from(["/v1/batch", "/v1/b"]), json_values, json_values)
@settings(max_examples=150)
def test_any_calls_leave_their_neighbours(
    shared: Shared, several: list[object], path: str, context: object, sent: object
) -> None:
    good = [call(event="good", messageId=None, properties={"n": shared.serial()}) for _ in range(2)]
    body = {"batch": [good[0], *several, good[1]], "context": context, "sentAt": sent}
    answer = shared.send(json.dumps(body).encode(), path)
    assert answer.status_code == 200
    dropped = answer.json().get("errors", [])
    assert not {0, len(several) + 1} & {error["index"] for error in dropped if error["reason"] != "odd_field"}


@given(
    st.binary(max_size=200) | st.text(max_size=100).map(lambda text: text.encode("utf-8", "surrogatepass"))
)
@settings(max_examples=100)
def test_any_bytes_get_a_right_status_and_a_sentence(shared: Shared, body: bytes) -> None:
    for path in ("/v1/batch", "/v1/t", "/v1/i"):
        for around in (b"%s", b'{"batch":[%s]}', b'{"batch":[{"type":"track"},%s'):
            answer = shared.send(around.replace(b"%s", body), path)
            assert answer.status_code in (200, 400)
            assert answer.json()["success"] is (answer.status_code == 200)
