"""When the total at risk is priced anew."""

from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest
from tests.web.troubles import a_problem

from afterclick.accounts import DEFAULT_SITE, first_run
from afterclick.app import watching
from afterclick.app.installation import Installation
from afterclick.app.watching import Watching
from afterclick.impact import Estimate
from afterclick.resolve import SqlProblemBook
from afterclick.resolve.watch import STANDS
from afterclick.settings import load
from afterclick.store.control.database import open_control
from afterclick.store.control.taken_and_dropped import Quality
from afterclick.store.engine.query import Reader
from afterclick.store.scope import Scope
from afterclick.store.store import Store

NOW = 1_795_000_000_000


@pytest.fixture
def installation(store: Store, tmp_path: Path) -> Iterator[Installation]:
    """Control data of its own over the one store."""
    settings = load({"AFTERCLICK_DATA": str(tmp_path)})
    control = open_control(settings)
    first_run(control, settings)
    yield Installation(settings, control, store, SqlProblemBook(control), Quality(control))
    control.dispose()


def test_the_total_stands_until_a_problem_is_examined_again_or_some_minutes_have_passed(
    installation: Installation, monkeypatch: pytest.MonkeyPatch
) -> None:
    priced: list[int] = []

    def price(reader: Reader, scope: Scope, since: int, until: int, *, estimator: object) -> Estimate:
        priced.append(until)
        return Estimate(status="priced", since=since, until=until)

    monkeypatch.setattr(watching, "price_total", price)
    jobs = Watching(installation, lambda _: None)

    def total_at(now: int) -> None:
        monkeypatch.setattr(watching, "now_ms", lambda: now)
        jobs.total()

    total_at(NOW)
    total_at(NOW + 60_000)
    assert set(priced) == {NOW}
    examined = msgspec.structs.replace(a_problem(DEFAULT_SITE), status="open", examined=NOW + 90_000)
    installation.book.save(examined)
    total_at(NOW + 120_000)
    total_at(NOW + 180_000)
    total_at(NOW + 120_000 + STANDS)
    assert priced.count(NOW + 120_000) == 1
    assert NOW + 180_000 not in priced
    assert NOW + 120_000 + STANDS in priced
    at_risk = jobs.at_risk(Scope(DEFAULT_SITE))
    assert at_risk is not None
    assert at_risk.until == NOW + 120_000 + STANDS
