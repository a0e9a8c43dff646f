"""Props of a call: kept as they are where they are plain and few, flattened else; the same either way."""

import msgspec
from hypothesis import example, given
from hypothesis import strategies as st

from afterclick.collect.event.flat import flat
from afterclick.collect.segment.event import event_of
from afterclick.collect.segment.wire import Call

TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | TEXTS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXTS, inner, max_size=3),
    max_leaves=5,
)
_ROOM = 7000


@given(st.dictionaries(TEXTS, JSON, max_size=8))
@example({"note": "a" * 2100})
@example({"note": "\u0001" * 990})
@example({"k" * 129: 1})
@example({f"key {number}": number / 3 for number in range(400)})
def test_props_are_the_same_whether_they_needed_to_be_flattened_or_not(values: dict[str, object]) -> None:
    call = Call(type="track", event="Own", properties=dict(values))
    props = event_of(call, "track", "shop", "EUR").props
    assert props == (flat(values) or None)
    assert len(msgspec.json.encode(props)) <= _ROOM
