"""When the total at risk is priced anew, and that it is kept."""

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import msgspec
import pytest
from tests.web.troubles import a_problem

from afterclick.accounts import DEFAULT_SITE, Site, first_run
from afterclick.app.installation import Installation
from afterclick.errors import Unavailable
from afterclick.impact import Condition, Estimate
from afterclick.impact.total import FELT, TOGETHER
from afterclick.jobs import Stop, Stopped
from afterclick.resolve import total
from afterclick.resolve.problem import STANDS
from afterclick.settings import Settings, load
from afterclick.store.control.database import open_control
from afterclick.store.control.learned import Fact, Learned
from afterclick.store.engine.query import Reader
from afterclick.store.scope import Scope
from afterclick.store.store import Store

NOW = 1_795_000_000_000


@pytest.fixture
def own(tmp_path: Path) -> Settings:
    return load({"AFTERCLICK_DATA": str(tmp_path)})


@pytest.fixture
def installation(store: Store, own: Settings) -> Iterator[Installation]:
    """Control data of its own over the one store."""
    control = open_control(own)
    first_run(control, own)
    yield Installation.over(own, control, store)
    control.dispose()


@pytest.fixture
def total_at(installation: Installation, monkeypatch: pytest.MonkeyPatch) -> Callable[[int], tuple[int, ...]]:
    """Runs the job at a time; the times of all prices so far."""
    priced: list[int] = []

    def price(reader: Reader, scope: Scope, since: int, until: int, *, estimator: object) -> Estimate:
        priced.append(until)
        return Estimate(status="priced", since=since, until=until)

    def together(
        reader: Reader, scope: Scope, met: Sequence[Condition], since: int, until: int, *, estimator: object
    ) -> Estimate:
        return Estimate(status="priced", since=since, until=until)

    monkeypatch.setattr(total, "price_total", price)
    monkeypatch.setattr(total, "price_together", together)

    def run(now: int) -> tuple[int, ...]:
        monkeypatch.setattr(total, "now_ms", lambda: now)
        total.TOTAL.run(installation, Stop())
        return tuple(dict.fromkeys(priced))

    return run


def test_the_total_stands_until_a_problem_is_examined_again_or_some_minutes_have_passed(
    installation: Installation, total_at: Callable[[int], tuple[int, ...]]
) -> None:
    total_at(NOW)
    assert total_at(NOW + 60_000) == (NOW,)
    examined = msgspec.structs.replace(a_problem(DEFAULT_SITE), status="open", examined=NOW + 90_000)
    installation.book.save(examined)
    total_at(NOW + 120_000)
    assert total_at(NOW + 180_000) == (NOW, NOW + 120_000)
    assert total_at(NOW + 120_000 + STANDS)[-1] == NOW + 120_000 + STANDS


def test_the_open_problems_are_priced_together_and_again_when_another_opens(
    installation: Installation, total_at: Callable[[int], tuple[int, ...]]
) -> None:
    def known() -> tuple[tuple[str, ...], int, int]:
        found = installation.learned.newest(DEFAULT_SITE, TOGETHER)
        assert found
        return found.value.problems, found.value.estimate.since, found.value.estimate.until

    old = a_problem(DEFAULT_SITE, NOW, id="old", onset=NOW - 9 * 86_400_000)
    installation.book.save(old)
    installation.book.save(a_problem(DEFAULT_SITE, NOW, id="gone", status="closed", closed=NOW))
    total_at(NOW)
    assert known() == (("old",), NOW - 86_400_000, NOW), "the last day of one that began before it"
    young = a_problem(DEFAULT_SITE, NOW, id="young", onset=NOW - 3_600_000)
    installation.book.save(young)
    total_at(NOW + 60_000)
    assert known()[0] == ("old", "young")
    assert total_at(NOW + 120_000)[-1] == NOW + 60_000, "and it stands then"
    installation.book.save(msgspec.structs.replace(old, status="closed", closed=NOW))
    total_at(NOW + 60_000 + STANDS)
    assert known() == (("young",), NOW - 3_600_000, NOW + 60_000 + STANDS)


def test_a_site_that_cannot_be_priced_keeps_no_other_from_it(
    installation: Installation, monkeypatch: pytest.MonkeyPatch
) -> None:
    installation.sites.create(Site("other", "Other", "EUR", "UTC"))

    def price(reader: Reader, scope: Scope, since: int, until: int, *, estimator: object) -> Estimate:
        if scope.site == DEFAULT_SITE:
            raise Unavailable("The pricing process failed.")
        return Estimate(status="priced", since=since, until=until)

    monkeypatch.setattr(total, "price_total", price)
    with pytest.raises(Unavailable):
        total.TOTAL.run(installation, Stop())
    assert installation.learned.newest("other", FELT) is not None
    assert installation.learned.newest(DEFAULT_SITE, FELT) is None


def test_the_total_and_its_time_outlive_the_app(
    own: Settings, store: Store, total_at: Callable[[int], tuple[int, ...]]
) -> None:
    total_at(NOW)
    again = open_control(own)
    known = Installation.over(own, again, store).learned.newest(DEFAULT_SITE, FELT)
    again.dispose()
    assert known is not None
    assert (known.time, known.value.until) == (NOW, NOW)
    assert total_at(NOW + 60_000) == (NOW,)


def test_what_an_older_release_learned_in_other_words_is_unknown(installation: Installation) -> None:
    learned: Learned = installation.learned
    learned.keep(DEFAULT_SITE, Fact("at risk", dict[str, int]), {"status": 3}, NOW)
    assert learned.newest(DEFAULT_SITE, FELT) is None
    assert learned.newest("another", FELT) is None


def test_no_price_is_begun_when_the_app_ends(
    installation: Installation, total_at: Callable[[int], tuple[int, ...]]
) -> None:
    stop = Stop()
    stop.set()
    with pytest.raises(Stopped):
        total.TOTAL.run(installation, stop)
    assert total_at(NOW) == (NOW,)
