"""Elements found by their brackets are those that a JSON parser finds."""

import json

from hypothesis import given
from hypothesis import strategies as st

from afterclick.collect.passage import salvage

Json = st.recursive(
    st.none() | st.integers() | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=4), inner, max_size=4),
    max_leaves=20,
)
NESTED = st.lists(
    st.lists(Json, max_size=4) | st.dictionaries(st.text(max_size=4), Json, max_size=4), max_size=6
)


@given(elements=NESTED, tight=st.booleans())
def test_elements_of_an_array_and_of_an_envelope_are_found_as_they_stand(
    elements: list[object], tight: bool
) -> None:
    separators = (",", ":") if tight else (", ", " : ")

    def written(value: object) -> bytes:
        return json.dumps(value, separators=separators).encode()

    assert salvage.parts(written(elements)).elements == [written(one) for one in elements]
    envelope: dict[str, object] = {"context": {"a": [[1]]}, "events": elements, "more": [[{}]]}
    found = salvage.parts(written(envelope))
    assert found.elements == [written(one) for one in elements]
    assert found.context == written({"a": [[1]]})


def test_what_is_nested_without_an_end_is_one_element() -> None:
    assert salvage.parts(b"[" * 100_000).elements == [b"[" * 99_999]
