"""Clients' clocks: repaired by the time that they had on sending."""

from datetime import UTC, datetime

import msgspec
import pytest
from tests.collect.conftest import NOW, House

from afterclick.signals import NO_ID
from afterclick.store.spool.batch import CORRECTED_CLOCK

HOUR = 3_600_000


def made_at(time: int) -> str:
    """The id of a visit that begins then."""
    return f"{time:012x}"[:8] + "-" + f"{time:012x}"[8:] + "-7000-8000-0123456789ab"


def send(house: House, sent_at: object, *events: dict[str, object]) -> dict[str, object]:
    return house.send(msgspec.json.encode({"sent_at": sent_at, "events": events})).json()


@pytest.mark.parametrize("skew", [2 * HOUR, -2 * HOUR, 90_000, NOW - 1_000_000])
def test_a_clock_that_is_off_is_corrected_by_the_difference_on_sending(house: House, skew: int) -> None:
    theirs = NOW - skew
    send(house, theirs, house.event(time=theirs - 1_000), house.event(time=theirs - 60_000))
    found = [event.time for event in house.events()]
    assert [
        abs(time - wanted) <= 5_000 for time, wanted in zip(found, (NOW - 1_000, NOW - 60_000), strict=True)
    ]
    assert found[0] - found[1] == 59_000
    assert house.counted()[CORRECTED_CLOCK] == 2
    assert 'afterclick_repaired_clock_rows_total{site="' in house.send(b"", "/metrics", "GET").text


@pytest.mark.parametrize("sent_at", [NOW - 10_000, NOW + 9_000, None, "yesterday"])
def test_a_small_difference_or_none_told_leaves_times_alone(house: House, sent_at: object) -> None:
    send(house, sent_at, house.event(time=NOW - 5_000))
    assert [event.time for event in house.events()] == [NOW - 5_000]


def test_times_of_a_historical_key_are_as_given(house: House) -> None:
    house.key = house.keys.create(house.site, "history", ["historical"]).secret
    send(house, NOW - HOUR, house.event(time=NOW - HOUR))
    assert [event.time for event in house.events()] == [NOW - HOUR]


def test_an_event_without_time_happened_when_it_was_received(house: House) -> None:
    send(house, NOW - HOUR, house.event(time=None))
    assert [event.time for event in house.events()] == [NOW]


def test_the_moment_of_sending_may_be_iso_8601_and_so_may_times(house: House) -> None:
    theirs = datetime.fromtimestamp((NOW - HOUR) / 1000, UTC).isoformat()
    send(house, theirs, house.event(time=theirs))
    assert [event.time for event in house.events()] == [NOW]


def test_a_clock_far_ahead_loses_nothing_once_it_is_corrected_and_without_is_refused(house: House) -> None:
    ahead = NOW + 24 * HOUR
    assert send(house, ahead, house.event(time=ahead))["accepted"] == 1
    told = house.post(house.event(time=ahead)).json()
    assert [error["reason"] for error in told["errors"]] == ["future"]


def test_a_second_delivery_of_a_repaired_event_is_known_as_one(house: House) -> None:
    event = house.event(time=NOW - HOUR - 1_000)
    send(house, NOW - HOUR, event)
    house.restart(forgetting=True)
    house.now += 3_000  # the way here takes longer the second time
    send(house, NOW - HOUR, event)
    first, second = house.events()
    assert (first.event_id, first.time) == (second.event_id, second.time)


def test_a_bad_event_beside_them_takes_no_event_the_correction(house: House) -> None:
    send(house, NOW - HOUR, house.event(time=NOW - HOUR), house.event(status="200"))
    assert [event.time for event in house.events()] == [NOW, NOW]


@pytest.mark.parametrize("sent_at", [7, NOW - HOUR])
def test_a_moment_of_sending_before_an_event_happened_moves_and_loses_it_not(
    house: House, sent_at: int
) -> None:
    send(house, sent_at, house.event(time=NOW - 1_000), house.event(time=sent_at))
    kept, moved = (event.time for event in house.events())
    assert (kept, abs(moved - NOW) <= 5_000) == (NOW - 1_000, True)
    assert house.counted()[CORRECTED_CLOCK] == 1


@pytest.mark.parametrize("skew", [HOUR, -HOUR, 26 * HOUR, 70_000])
def test_the_id_of_a_visit_that_a_wrong_clock_made_only_names_it(house: House, skew: int) -> None:
    theirs = NOW - skew
    visit = made_at(theirs)
    send(house, theirs, house.event(time=theirs, session_id=visit.upper()))
    (event,) = house.events()
    assert (event.session_id, event.session_start, event.session_key) == (NO_ID, 0, visit)


@pytest.mark.parametrize("skew", [0, 9_000, 50_000, -50_000])
def test_a_visit_that_begins_less_than_a_minute_off_keeps_its_id(house: House, skew: int) -> None:
    visit = made_at(NOW - skew)
    send(house, NOW - skew, house.event(time=NOW - skew, session_id=visit))
    assert [event.session_id for event in house.events()] == [visit]


def test_a_server_whose_clock_is_right_names_a_visit_of_the_future_as_its_browser_does(house: House) -> None:
    visit = made_at(NOW + HOUR)
    house.post(house.event(time=NOW, session_id=visit))
    send(house, NOW + HOUR, house.event(time=NOW + HOUR, session_id=visit))
    assert [event.session_key for event in house.events()] == [visit, visit]


@pytest.mark.parametrize("sent_at", [NOW + 300 * 24 * HOUR, NOW * 1000, 1e300, "2099-01-01T00:00:00Z"])
def test_a_moment_of_sending_that_is_off_by_days_moves_no_event_whose_own_time_agrees_with_ours(
    house: House, sent_at: float | str
) -> None:
    visit = made_at(NOW - 60_000)
    send(house, sent_at, house.event(time=NOW - 2_000, session_id=visit))
    assert [(event.time, event.session_id) for event in house.events()] == [(NOW - 2_000, visit)]


@pytest.mark.parametrize("ahead", [300 * 24 * HOUR, -HOUR])
def test_an_event_without_an_id_that_was_left_where_it_is_counts_once_however_often_it_comes(
    house: House, ahead: int
) -> None:
    event = house.event(time=NOW - 2_000)
    for later in (0, 40_000):
        house.now = NOW + later
        send(house, NOW + ahead, event)
    assert len(house.events()) == 1
