"""No order, split or repetition of a delivery changes which visit and page view an event was given."""

import tempfile
from itertools import pairwise
from pathlib import Path
from random import Random

from hypothesis import given, settings
from hypothesis import strategies as st
from tests.visits.visiting import MINUTE, Given, event, given_by, visit_of_client, visits

from afterclick.signals import Event
from afterclick.visits.sessionize import Sessionizer

OWN = tuple(visit_of_client(minute, minute + 200) for minute in (-100, 0))
"""Visits that their clients made: their ids and starts."""


def act(at: int, shown: bool, key: str, device: str, user: str, own: dict[str, object]) -> Event:
    kind = "page_view" if shown else "track"
    return event(at, kind, session_key=key, device_id=device, user_id=user, **own)


names = st.sampled_from(["", "a", "b"])
acts = st.builds(
    act,
    st.integers(-200, 200),
    st.booleans(),
    st.sampled_from(["", "", "", "k"]),
    names,
    names,
    st.sampled_from([{}, {}, *OWN]),
)


@st.composite
def deliveries(draw: st.DrawFn) -> tuple[list[list[Event]], list[list[Event]]]:
    """The same events twice: in some order and split, then in another with repetitions."""
    events = draw(st.lists(acts, min_size=1, max_size=25))
    first = draw(st.permutations(events))
    again = draw(st.permutations(events + draw(st.lists(st.sampled_from(events), max_size=10))))
    return _split(first, draw(st.integers(1, 9))), _split(again, draw(st.integers(3, 35)))


def _split(events: list[Event], size: int) -> list[list[Event]]:
    return [events[n : n + size] for n in range(0, len(events), size)]


@given(deliveries())
@settings(max_examples=100)
def test_any_order_any_split_and_any_repetition_change_nothing_that_was_decided(
    delivered: tuple[list[list[Event]], list[list[Event]]],
) -> None:
    with tempfile.TemporaryDirectory() as folder:
        sessionizer = Sessionizer(Path(folder))
        decided: Given = {}
        for batch in delivered[0]:
            decided |= given_by(sessionizer, *batch)
        again: Given = {}
        for batch in delivered[1]:
            for event_id, answer in given_by(sessionizer, *batch).items():
                assert again.setdefault(event_id, answer) == answer
        assert again == decided
        sessionizer.close()


@given(
    st.lists(st.lists(st.integers(0, 29), min_size=1, max_size=6), min_size=1, max_size=5),
    st.randoms(use_true_random=False),
    st.integers(1, 5),
)
@settings(max_examples=75)
def test_visits_shorter_than_the_gap_are_the_same_in_any_order_of_arrival(
    several: list[list[int]], chance: Random, size: int
) -> None:
    """Only the id tells which event came first: events of one visit get one, those of two get two."""
    events = [(n, event(n * 100 + at, device_id="d")) for n, visit in enumerate(several) for at in visit]
    chance.shuffle(events)
    with tempfile.TemporaryDirectory() as folder:
        sessionizer = Sessionizer(Path(folder))
        found: Given = {}
        for batch in _split([one for _, one in events], size):
            found |= given_by(sessionizer, *batch)
        pairs = {(n, found[one.event_id][0]) for n, one in events}
        assert len(pairs) == len({n for n, _ in pairs}) == len({visit for _, visit in pairs})
        sessionizer.close()


@given(st.lists(st.integers(0, 600), min_size=1, max_size=30), st.integers(1, 8))
@settings(max_examples=75)
def test_in_the_order_of_time_a_gap_of_thirty_minutes_and_nothing_else_parts_visits(
    minutes: list[int], size: int
) -> None:
    events = [event(at, device_id="d") for at in sorted(minutes)]
    with tempfile.TemporaryDirectory() as folder:
        sessionizer = Sessionizer(Path(folder))
        found = [visit for batch in _split(events, size) for visit in visits(sessionizer, *batch)]
        for (one, visit), (two, next_visit) in pairwise(zip(events, found, strict=True)):
            assert (visit == next_visit) == (two.time - one.time < 30 * MINUTE)
        sessionizer.close()
