"""What becomes of a problem that no candidate is any more: closed, or part of a wider or narrower one that goes on."""

import dataclasses
import sys
from collections.abc import Iterable
from pathlib import Path

import msgspec
import pytest
from tests.resolve.test_problem import CANDIDATE
from tests.web.troubles import a_problem

from afterclick.impact import Signal
from afterclick.resolve import Candidate, Cause, Change, Problem, SqlProblemBook, deserted_since, watch
from afterclick.settings import Settings
from afterclick.store.control.database import open_control
from afterclick.store.scope import Scope
from afterclick.store.store import Store
from afterclick.words.telling import sentence

MINUTE, HOUR = 60_000, 3_600_000
NOW = CANDIDATE.onset + 6 * HOUR
AMEX, GERMAN, EVERYONE = {"card_network": "amex"}, {"country": "DE"}, dict[str, str]()


@pytest.fixture
def book(settings: Settings, tmp_path: Path) -> SqlProblemBook:
    return SqlProblemBook(open_control(dataclasses.replace(settings, data=tmp_path)))


def found(segment: dict[str, str], signal: Signal = "error", ended: int | None = None) -> Candidate:
    return msgspec.structs.replace(
        CANDIDATE, segment=segment, signal=signal, onset=CANDIDATE.onset, until=NOW, ended=ended
    )


class Passes:
    """Passes over a site in which detection finds what it is told to."""

    def __init__(self, store: Store, book: SqlProblemBook, patch: pytest.MonkeyPatch) -> None:
        self._store, self._book, self._now = store, book, NOW
        self._candidates: list[Candidate] = []
        room = sys.modules[watch.__module__]
        patch.setattr(room, "detect", self._detect)
        patch.setattr(room, "explain", self._explain)

    def _detect(self, *_: object) -> list[Candidate]:
        return self._candidates

    def _explain(self, *_: object) -> Cause:
        return Cause(kind="unknown")

    def see(self, *candidates: Candidate, after: int = 6 * MINUTE, came: int | None = None) -> list[Change]:
        self._now += after
        came = self._now if came is None else came
        self._candidates = [msgspec.structs.replace(one, until=self._now, came=came) for one in candidates]
        return list(watch(self._store, Scope("s"), self._now, self._book))

    def by_segment(self) -> dict[str, Problem]:
        return {"&".join(one.segment.values()) or "everyone": one for one in self._book.problems("s")}


@pytest.fixture
def passes(store: Store, book: SqlProblemBook, monkeypatch: pytest.MonkeyPatch) -> Passes:
    return Passes(store, book, monkeypatch)


def kinds(changes: Iterable[Change]) -> set[str]:
    return {change.kind for change in changes} - {"priced", "updated"}


def test_a_segment_that_a_wider_problem_takes_in_is_merged_into_it_and_never_closed(passes: Passes) -> None:
    passes.see(found(AMEX), found(GERMAN))
    assert kinds(passes.see(found(EVERYONE))) == {"merged"}
    known = passes.by_segment()
    host = known["everyone"]
    (taken,) = [one for one in known.values() if one.id != host.id]
    assert (host.status, taken.status, taken.closed) == ("open", "merged", None)
    assert taken.merged is not None
    assert (taken.merged.into, taken.merged.segment) == (host.id, EVERYONE)
    words = sentence(taken, "UTC")
    assert "it has not ended, but is part of Payment fails since" in words
    assert "until" not in words
    assert "lost" not in words
    assert kinds(passes.see(found(EVERYONE), after=HOUR)) == set(), "nor is it closed later"


def test_a_wide_problem_of_which_only_a_segment_is_left_beside_that_is_part_of_it(passes: Passes) -> None:
    passes.see(found(AMEX), found(EVERYONE))
    assert kinds(passes.see(found(AMEX))) == {"merged"}
    known = passes.by_segment()
    assert known["everyone"].merged is not None
    assert known["everyone"].merged.into == known["amex"].id


@pytest.mark.parametrize(
    "other",
    [found(GERMAN), found(EVERYONE, "struggle"), msgspec.structs.replace(found(EVERYONE), step="thanks")],
    ids=["another segment", "another signal", "another step"],
)
def test_nothing_is_merged_into_a_problem_that_does_not_hold_it(passes: Passes, other: Candidate) -> None:
    passes.see(found(AMEX), other)
    assert kinds(passes.see(other)) == set()
    assert kinds(passes.see(other, after=HOUR)) == {"closed"}


def test_nothing_is_merged_into_a_problem_that_has_ended(passes: Passes) -> None:
    passes.see(found(AMEX), found(EVERYONE))
    assert kinds(passes.see(found(EVERYONE, ended=NOW))) == {"closed"}
    assert passes.by_segment()["amex"].status == "open"


def test_a_merged_problem_does_not_come_and_go_as_detection_tells_it_wider_and_narrower(
    passes: Passes,
) -> None:
    passes.see(found(AMEX), found(GERMAN))
    passes.see(found(EVERYONE))
    for candidate in (found(AMEX), found(EVERYONE), found(GERMAN), found(EVERYONE)):
        assert kinds(passes.see(candidate)) == set()
    assert kinds(passes.see(found(AMEX), found(GERMAN))) == {"reopened"}, "both stand apart again"


def test_a_merged_problem_is_kept_as_such(book: SqlProblemBook, passes: Passes) -> None:
    passes.see(found(AMEX), found(EVERYONE))
    passes.see(found(EVERYONE))
    assert [one.segment for one in book.problems("s", "merged")] == [AMEX]
    assert [one.segment for one in book.problems("s", "open")] == [EVERYONE]
    assert a_problem("s").merged is None


def test_only_an_end_that_was_seen_is_told_as_one(passes: Passes) -> None:
    passes.see(found(AMEX))
    assert kinds(passes.see(found(AMEX, ended=NOW))) == {"closed"}
    ended = passes.by_segment()["amex"]
    assert not ended.lapsed
    assert "not measured" not in sentence(ended, "UTC")
    passes.see(found(GERMAN))
    assert kinds(passes.see(after=HOUR)) == {"closed"}
    unseen = passes.by_segment()["DE"]
    assert unseen.lapsed
    assert "it was not met since" in sentence(unseen, "UTC")
    assert kinds(passes.see(found(GERMAN))) == {"reopened"}
    assert not passes.by_segment()["DE"].lapsed, "it is met again"


def test_where_nobody_comes_any_more_it_says_so_and_after_a_day_closes_without_an_end(passes: Passes) -> None:
    amex = msgspec.structs.replace(found(AMEX), arrivals=2000)
    passes.see(amex)
    last = passes.by_segment()["amex"].last_seen
    assert deserted_since(passes.by_segment()["amex"]) is None
    passes.see(amex, after=20 * MINUTE, came=last)
    assert deserted_since(passes.by_segment()["amex"]) is None, "that may be chance"
    assert kinds(passes.see(amex, after=11 * MINUTE, came=last)) == set()
    quiet = passes.by_segment()["amex"]
    assert (quiet.status, deserted_since(quiet)) == ("open", last)
    assert kinds(passes.see(amex, after=24 * HOUR, came=last)) == {"closed"}
    gone = passes.by_segment()["amex"]
    assert (gone.lapsed, gone.closed, gone.last_seen) == (True, last, last)
    assert kinds(passes.see(amex, came=last)) == set(), "the same old visits open nothing again"
    assert kinds(passes.see(found({**AMEX, "country": "DE"}), came=last)) == set()
    assert kinds(passes.see(amex)) == {"reopened"}


def test_seldom_arrivals_are_no_silence(passes: Passes) -> None:
    seldom = msgspec.structs.replace(found(AMEX), arrivals=3)
    passes.see(seldom)
    last = passes.by_segment()["amex"].last_seen
    passes.see(seldom, after=2 * HOUR, came=last)
    assert deserted_since(passes.by_segment()["amex"]) is None


def test_what_was_met_in_data_that_came_when_it_was_over_is_told_as_past(passes: Passes) -> None:
    assert kinds(passes.see(found(AMEX), came=CANDIDATE.onset, after=48 * HOUR)) == {"closed"}
    assert passes.by_segment()["amex"].lapsed
