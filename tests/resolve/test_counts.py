"""What is kept between passes changes no count: each pass finds what one that counts everything anew finds."""

import random
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import cast

import numpy as np
import pyarrow as pa
import pytest
from sqlalchemy import Engine
from tests.resolve.world import DAY, HOUR, MINUTE, NOW, View, world

import afterclick
from afterclick.resolve import SqlProblemBook, counts, detect, watch
from afterclick.resolve.counts import Counts, Kept
from afterclick.resolve.scan import StepScan, bucketed, grid
from afterclick.signals import Event
from afterclick.store.engine.query import Parameter, Reader, Statement
from afterclick.store.schema.records import events_table
from afterclick.store.scope import Scope
from afterclick.store.store import Store

AMEX = {"card_network": "amex"}


class Counting(Reader):
    """A reader that notes from when on the visits were read that a statement counted, ms before NOW."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self.read: list[tuple[str, int]] = []

    def arrow(
        self, scope: Scope, statement: Statement, parameters: Mapping[str, Parameter] | None = None
    ) -> pa.Table:
        since = cast(int, (parameters or {}).get("visits_since", 0))
        self.read.append((statement.name, NOW - since))
        return self._store.arrow(scope, statement, parameters)


@pytest.fixture
def book(control: Engine) -> SqlProblemBook:
    return SqlProblemBook(control)


def fault(view: View, rng: random.Random) -> None:
    """Slow for amex since yesterday, and failing at times for everyone."""
    if view.step == "payment" and view.time >= NOW - DAY and view.visit.network == "amex":
        view.request_ms = 4200
    if view.step == "product" and view.time >= NOW - 20 * HOUR and rng.random() < 0.3:
        view.status = 502


def events_of(site: str) -> list[Event]:
    """Three days and a little beyond `NOW`, in the order in which they happened."""
    told, _ = world(site, 3, NOW - 3 * DAY, NOW + 10 * MINUTE, 40, fault)
    return sorted(told, key=lambda one: one.time)


def put(store: Store, events: Sequence[Event], token: str) -> None:
    store.insert("events", events_table(list(events)), token)


def same(one: StepScan, other: StepScan) -> None:
    assert (one.step, one.keys, one.codes, one.limits) == (other.step, other.keys, other.codes, other.limits)
    assert np.array_equal(one.views, other.views)


def both(store: Store, scope: Scope, now: int, kept: Kept) -> None:
    """What is kept and what is counted anew tell the same, of all steps and of parts of one."""
    mine = Counts(store, scope, now, kept=kept)
    anew = Counts(store, scope, now, mine._limits)  # pyright: ignore[reportPrivateUsage]
    pairs = list(zip(mine.steps(), anew.steps(), strict=True))
    for one, other in pairs:
        same(one, other)
    payment, again = next(pair for pair in pairs if pair[0].step == "payment")
    less, less_again = mine.without(payment, (AMEX,)), anew.without(again, (AMEX,))
    assert less is not None
    assert less_again is not None
    same(less, less_again)
    assert "card_network=amex" not in less.keys


def test_passes_that_keep_count_as_those_that_do_not_whatever_comes_late_or_twice_and_whatever_goes(
    store: Store, site: str, scope: Scope
) -> None:
    kept, events = Kept(), events_of(site)
    late, ahead = events[1000:1040], [one for one in events if one.time >= NOW - 2 * MINUTE]
    usual = [one for one in events if one.time < NOW - 2 * MINUTE and one not in late]
    put(store, usual, f"{site}-0")
    put(store, ahead[::2], f"{site}-ahead")
    both(store, scope, NOW - 3 * MINUTE, kept)
    both(store, scope, NOW - 2 * MINUTE, kept)
    put(store, late, f"{site}-late")
    both(store, scope, NOW - MINUTE, kept)
    put(store, ahead, f"{site}-rest")
    both(store, scope, NOW, kept)
    put(store, usual[-300:], f"{site}-again")
    both(store, scope, NOW + 2 * MINUTE, kept)
    gone = {one.session_id for one in events[2000:2010]}
    for table in ("events", "page_views", "sessions"):
        store._engine.command(  # pyright: ignore[reportPrivateUsage]
            f"DELETE FROM {table} WHERE site = {{site:String}} AND session_id IN {{gone:Array(UUID)}}",
            {"site": site, "gone": sorted(gone)},
        )
        both(store, scope, NOW + 9 * MINUTE, kept)
    both(store, scope, NOW + 50 * MINUTE, kept)
    both(store, scope, NOW + 3 * HOUR, kept)


def test_the_same_problems_are_found_with_what_is_kept_and_only_new_visits_are_read(
    store: Store, site: str, scope: Scope
) -> None:
    kept, events, reader = Kept(), events_of(site), Counting(store)
    put(store, [one for one in events if one.time < NOW - MINUTE], f"{site}-0")
    assert detect(reader, scope, NOW - MINUTE, kept=kept) == detect(store, scope, NOW - MINUTE)
    assert max(ago for name, ago in reader.read if name == "counted") > 14 * DAY
    reader.read.clear()
    put(store, [one for one in events if NOW - MINUTE <= one.time < NOW], f"{site}-1")
    found = detect(reader, scope, NOW, kept=kept)
    assert {(one.step, one.signal) for one in found} == {("payment", "slow"), ("product", "error")}
    assert max(ago for name, ago in reader.read if name == "counted") <= 4 * HOUR
    assert not [name for name, _ in reader.read if name == "usual"]
    assert [(one.step, one.exposed, one.onset) for one in found] == [
        (one.step, one.exposed, one.onset) for one in detect(store, scope, NOW)
    ]


def test_a_site_with_too_much_to_keep_is_read_as_a_whole_and_told_the_same(
    store: Store, site: str, scope: Scope, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(store, [one for one in events_of(site) if one.time < NOW], f"{site}-0")
    before = detect(store, scope, NOW)
    monkeypatch.setattr(counts, "MOST_ROWS", 1000)
    kept = Kept()
    assert detect(store, scope, NOW, kept=kept) == before
    assert (kept.as_a_whole, kept.counted) == (True, {})
    assert detect(store, scope, NOW, kept=kept) == before


def test_a_fault_that_was_over_before_a_problem_was_open_is_not_placed_at_each_pass(
    store: Store, site: str, scope: Scope, book: SqlProblemBook
) -> None:
    def over(view: View, rng: random.Random) -> None:
        if view.step == "payment" and NOW - 20 * HOUR <= view.time < NOW - 12 * HOUR and rng.random() < 0.6:
            view.status = 502

    put(store, world(site, 3, NOW - 3 * DAY, NOW, 40, over)[0], site)
    reader = Counting(store)
    assert [one.ended is not None for one in detect(store, scope, NOW)] == [True]
    assert list(watch(reader, scope, NOW, book)) == []
    assert "around" not in [name for name, _ in reader.read]
    assert [one.kind for one in watch(reader, scope, NOW - 13 * HOUR, book)] == ["opened"]
    assert [one.kind for one in watch(reader, scope, NOW, book)] == ["closed"]


def test_the_bucket_that_a_statement_tells_is_the_one_of_the_grid_that_the_time_lies_in(
    store: Store, scope: Scope
) -> None:
    buckets = grid(NOW + 12_345)
    edges = [int(start) + off for start in buckets.starts[::7] for off in (-1, 0, 1)]
    times = sorted({one for one in [*edges, *buckets.edges, NOW] if buckets.since <= one < buckets.until})
    sql = (
        "SELECT {bucket} AS bucket FROM (SELECT arrayJoin({times:Array(Int64)}) AS at)"
        " WHERE {site:String} != '' AND {since:Int64} <= {until:Int64} AND {least:UInt32} > 0 ORDER BY at"
    )
    told = store.arrow(scope, bucketed(Statement("test", sql)), {**buckets.bound, "times": times})
    place = np.searchsorted(buckets.starts, times, side="right") - 1
    assert told["bucket"].to_pylist() == buckets.starts[place].astype(int).tolist()


def test_the_bucket_of_a_time_is_told_in_one_place() -> None:
    texts = [file.read_text("utf-8") for file in Path(afterclick.__file__).parent.rglob("*.sql")]
    assert sum(text.count("at >= {fine_from:Int64}") for text in texts) == 1
