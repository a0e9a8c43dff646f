from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from afterclick.errors import InvalidInput
from afterclick.words.period import DAY, period


def ms(text: str, zone: str) -> int:
    return round(datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone)).timestamp() * 1000)


@pytest.mark.parametrize("zone", ["UTC", "Asia/Kathmandu", "Europe/Prague", "America/St_Johns"])
@pytest.mark.parametrize("choice", ["24h", "7d", "30d"])
@pytest.mark.parametrize(
    "moment", ["2026-11-22T10:23:45", "2026-11-22T10:00:00", "2026-10-25T12:10:00", "2026-03-29T12:10"]
)
def test_a_rolling_period_is_as_long_as_it_says_up_to_now_and_so_is_its_comparison(
    choice: str, zone: str, moment: str
) -> None:
    now = ms(moment, zone)
    found = period(choice, now, zone)
    assert found.until == now
    assert found.edges[0] == found.since <= found.edges[-1] <= now
    length = {"24h": 1, "7d": 7, "30d": 30}[choice] * DAY
    assert found.until - found.since == found.until - found.before_until == length
    assert found.earlier == tuple(edge - length for edge in found.edges)


def test_days_are_the_zones_own_across_the_end_of_summer_time() -> None:
    found = period("2026-10-20..2026-10-30", ms("2026-11-22T00:00", "Europe/Prague"), "Europe/Prague")
    starts = [datetime.fromtimestamp(edge / 1000, ZoneInfo("Europe/Prague")) for edge in found.edges]
    assert len(starts) == 11
    assert {start.hour for start in starts} == {0}


def test_two_moments_are_a_period_compared_with_the_same_hour_of_the_day_before() -> None:
    now = ms("2026-11-22T10:00", "Asia/Kathmandu")
    first, last = now - 3 * 3_600_000, now - 2 * 3_600_000
    found = period(f"{first}..{last}", now, "Asia/Kathmandu")
    assert (found.since, found.until, found.before_until) == (first, last, last - DAY)
    assert found.edges == (first,)
    assert found.label == "2026-11-22 07:00 to 08:00"


@pytest.mark.parametrize(
    "choice",
    [
        "",
        "1y",
        "1795237800000..1795234200000",
        "1695237800000..1795234200000",
        "2026-11-02..2026-11-01",
        "2026-13-01..2026-13-02",
        "2020-01-01..2026-01-01",
        "..",
        "a..b",
        "9999-12-31..9999-12-31",
        "0001-01-01..0001-01-02",
        "1970-01-01..1970-01-02",
    ],
)
def test_what_is_no_period_is_refused_with_a_sentence(choice: str) -> None:
    with pytest.raises(InvalidInput, match=r"\.$"):
        period(choice, ms("2026-11-22T00:00", "UTC"), "UTC")


CHANGES = [
    ("Europe/London", "2026-10-25"),
    ("Europe/London", "2026-03-29"),
    ("America/New_York", "2026-11-01"),
    ("America/Havana", "2026-11-01"),
    ("Australia/Lord_Howe", "2026-10-04"),
    ("Australia/Lord_Howe", "2026-04-05"),
]


@pytest.mark.parametrize(("zone", "day"), CHANGES)
@pytest.mark.parametrize("length", [1, 2, 3, 11, 17])
@pytest.mark.parametrize("late", range(-2, 20))
def test_days_are_compared_with_as_many_whole_days_right_before_whatever_the_clock_did(
    zone: str, day: str, length: int, late: int
) -> None:
    first = date.fromisoformat(day) + timedelta(days=late - length + 1)
    last = first + timedelta(days=length - 1)
    found = period(f"{first}..{last}", ms("2027-06-01T00:00", zone), zone)
    assert found.before_until == found.since == ms(f"{first}T00:00", zone)
    assert found.until == ms(f"{last + timedelta(days=1)}T00:00", zone)
    assert found.earlier[0] == ms(f"{first - timedelta(days=length)}T00:00", zone)
    assert len(found.earlier) == len(found.edges)
    assert list(found.earlier) == sorted(found.earlier)
    assert max(found.earlier) < found.since
    assert len(set(found.edges)) == len(found.edges)
