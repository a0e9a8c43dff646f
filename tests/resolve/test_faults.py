"""The demo's faults, told as history: what is found first is what docs/faults.md expected beforehand."""

import re
from pathlib import Path

import msgspec
import pytest
from tests.resolve.answers import FAULTS, answers
from tests.resolve.told import tell

from afterclick.demo.shoppers import History
from afterclick.resolve import detect, explain
from afterclick.settings import Settings
from afterclick.store.scope import Scope
from afterclick.store.store import Store

ROOT = Path(__file__).parents[2]
NOW = 1_781_000_000_000
QUIET_LOOKS = 24


@pytest.mark.parametrize("fault", sorted(answers()))
def test_the_first_problem_is_the_fault_with_its_segment_onset_and_cause(
    store: Store, settings: Settings, site: str, fault: str
) -> None:
    history = History(seed=5, now=NOW, fault=fault, days=2, visits_per_day=1800)
    tell(store, settings, site, history)
    first = detect(store, Scope(site), NOW)[0]
    answer = answers()[fault]
    assert (first.step, first.signal, first.segment) == (answer.step, answer.signal, answer.segment)
    assert abs(first.onset - history.onset) < 3_600_000
    cause = explain(store, Scope(site), first)
    assert cause.kind == answer.kind
    assert answer.is_named_by(msgspec.structs.asdict(cause)), cause
    assert cause.explained_low > 0.8


def test_quiet_days_show_no_problem_however_often_one_looks(
    store: Store, settings: Settings, site: str
) -> None:
    tell(store, settings, site, History(seed=8, now=NOW, fault="", days=4, visits_per_day=1500))
    looks = [NOW - look * 2 * 3_600_000 for look in range(QUIET_LOOKS)]
    assert [found for now in looks for found in detect(store, Scope(site), now)] == []


def test_the_product_knows_nothing_of_the_demo() -> None:
    table = FAULTS.read_text()
    words = {word for word in re.findall("`([^`]+)`", table) if len(word) > 4} - {
        "error",
        "release",
        "service",
    }
    words |= {"card_network", "amex", "acquirer", "badge.js", "product-photo", "inventory"}
    for path in (ROOT / "src" / "afterclick" / "resolve").glob("*.*"):
        code = re.sub(r'"""(?:.|\n)*?"""', "", path.read_text())
        assert not [word for word in words - {"product", "payment", "checkout"} if word in code], path
