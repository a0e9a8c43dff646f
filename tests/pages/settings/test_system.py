"""What the System page says first, and its figures in words."""

from dataclasses import replace

import pytest

from afterclick.jobs import Freshness
from afterclick.pages.settings.system.context import system_page
from afterclick.web.vitals import Disk, Run, Vitals, Waiting

NOW = 1_795_000_000_000
ROOM = Disk(
    folders=(("signals", 10**9),), free=50 * 10**9, reserve=10**8, day_rows=1_000_000, row_bytes=100.0
)
GOOD = Vitals(
    started=NOW - 3_600_000, disk=ROOM, runs=(Run("settle", 5, 9, 0, NOW - 2_000, 12, "", NOW + 3_000),)
)

LATE = Freshness("watch", "problems", "checked", NOW - 22 * 60_000, 195_000, late=True)


@pytest.mark.parametrize(
    ("vitals", "state", "says"),
    [
        (GOOD, "good", "Everything works"),
        (replace(GOOD, troubles=("The store does not answer.",)), "trouble", "The store does not answer."),
        (replace(GOOD, disk=replace(ROOM, free=10**9)), "attention", "the disk is full in 9 days"),
        (replace(GOOD, waiting=Waiting(rows=9, lag_ms=90_000)), "attention", "Rows wait 1 min 30 s"),
        (replace(GOOD, waiting=Waiting(set_aside=2)), "attention", "2 rows were set aside"),
        (
            replace(GOOD, freshness=(LATE,)),
            "attention",
            "Problems: last checked 22 min ago, due every 3 min 15 s",
        ),
        (replace(GOOD, freshness=(replace(LATE, late=False),)), "good", "Everything works"),
        (replace(GOOD, freshness=(replace(LATE, as_of=None),)), "attention", "Problems: not checked since"),
        (
            replace(GOOD, runs=(replace(GOOD.runs[0], error="E: x"),)),
            "attention",
            "The last run of settle failed",
        ),
    ],
)
def test_the_page_says_first_what_needs_a_person(vitals: Vitals, state: str, says: str) -> None:
    page = system_page(vitals, NOW)
    assert page.state == state
    assert says in page.answer.text.replace("\u00a0", " ")


def test_an_installation_to_which_nothing_comes_does_not_guess_how_long_the_disk_lasts() -> None:
    quiet = system_page(replace(GOOD, disk=replace(ROOM, day_rows=0)), NOW)
    assert (quiet.facts[3].value, "no rows came in" in quiet.facts[3].note) == ("unknown", True)
    assert system_page(GOOD, NOW).facts[3].value == "499 days"
