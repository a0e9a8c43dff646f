from datetime import datetime
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
    assert found.shift in (DAY, 7 * DAY, 30 * DAY)
    assert found.until - found.since == found.shift == {"24h": 1, "7d": 7, "30d": 30}[choice] * DAY
    assert len(found.earlier) == len(found.edges)


def test_days_are_the_zones_own_across_the_end_of_summer_time() -> None:
    found = period("2026-10-20..2026-10-30", ms("2026-11-22T00:00", "Europe/Prague"), "Europe/Prague")
    starts = [datetime.fromtimestamp(edge / 1000, ZoneInfo("Europe/Prague")) for edge in found.edges]
    assert len(starts) == 11
    assert {start.hour for start in starts} == {0}


def test_two_moments_are_a_period_compared_with_the_same_hour_of_the_day_before() -> None:
    now = ms("2026-11-22T10:00", "Asia/Kathmandu")
    first, last = now - 3 * 3_600_000, now - 2 * 3_600_000
    found = period(f"{first}..{last}", now, "Asia/Kathmandu")
    assert (found.since, found.until, found.shift) == (first, last, DAY)
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
