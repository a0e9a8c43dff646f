"""Reasons to drop rows: what the catalogue does not have cannot be counted anywhere."""

from collections.abc import Callable
from pathlib import Path
from typing import cast, get_args

import pytest

from afterclick.collect.transport.exposition import Metrics
from afterclick.drops import REASONS, Drop, DropReason, Uncounted
from afterclick.store.spool.batch import Group
from afterclick.store.spool.outlet import Outlet

UNKNOWN = cast(DropReason, "bad_luck")
GROUP = Group("t", "events", 1, 1, 1, 0, ())


def for_the_spool(_: Path) -> None:
    Drop(site="shop", door="events", reason=UNKNOWN, rows=1, time=0)


def at_the_metrics(_: Path) -> None:
    Metrics().dropped("shop", "events", UNKNOWN, 1)


def by_the_drain(folder: Path) -> None:
    outlet = Outlet(folder)
    try:
        outlet.finish(GROUP, dropped={("shop", UNKNOWN): 1})
    finally:
        outlet.close()


@pytest.mark.parametrize("count", [for_the_spool, at_the_metrics, by_the_drain])
def test_a_reason_that_the_catalogue_does_not_have_cannot_be_counted(
    count: Callable[[Path], None], tmp_path: Path
) -> None:
    with pytest.raises(Uncounted, match=r"'bad_luck': add that reason to afterclick/drops\.py first"):
        count(tmp_path)


def test_each_reason_has_one_record_that_says_what_happened_and_what_to_do() -> None:
    assert tuple(REASONS) == get_args(DropReason)
    for one in REASONS.values():
        assert one.words.endswith(".")
        assert one.remedy.endswith(".")
        assert one.of
