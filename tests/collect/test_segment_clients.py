"""The real Segment libraries for Python and Node against a real collector process; then into a visit of the store."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Protocol, cast

import msgspec
import pytest
from segment.analytics.client import Client  # pyright: ignore[reportMissingTypeStubs]
from tests.browser.watching import Kept
from tests.clients import javascript
from tests.collect.conftest import Process

from afterclick.store.drain.drain import Drain
from afterclick.store.engine.query import Statement
from afterclick.store.scope import Scope
from afterclick.store.spool.outlet import Outlet
from afterclick.store.store import Store
from afterclick.visits import enrich
from afterclick.visits.sessionize import Sessionizer

VISITS = Statement(
    "visits",
    """
    SELECT user_id, length(steps) AS pages, mapKeys(orders) AS order_ids,
        toFloat64(arraySum(arrayMap(one -> one.revenue, mapValues(orders)))) AS revenue
    FROM sessions WHERE site = {site:String} ORDER BY session_start
    """,
)


class Visit(msgspec.Struct):
    user_id: str
    pages: int
    order_ids: list[str]
    revenue: float


class Library(Protocol):
    """What the tests call of the untyped `segment.analytics.client.Client`."""

    def identify(self, user_id: object, traits: dict[str, object]) -> object: ...
    def alias(self, previous_id: str, user_id: str) -> object: ...
    def group(self, user_id: str, group_id: str, traits: dict[str, object]) -> object: ...
    def page(self, user_id: str, category: str, name: str, properties: dict[str, object]) -> object: ...
    def screen(self, user_id: str, category: str, name: str, properties: dict[str, object]) -> object: ...
    def track(
        self, user_id: object, event: str, properties: dict[str, object], timestamp: datetime | None = None
    ) -> object: ...
    def flush(self) -> None: ...
    def join(self) -> None: ...


@pytest.fixture
def kept(process: Process) -> Kept:
    process.start()
    return Kept(process)


@pytest.fixture
def failures() -> list[str]:
    return []


@pytest.fixture(params=[False, True], ids=["plain", "gzip"])
def library(kept: Kept, failures: list[str], request: pytest.FixtureRequest) -> Iterator[Library]:
    """Segment's client for Python, sending to the collector."""

    def note(error: object, _: object) -> None:
        failures.append(str(error))

    process = kept.process
    options: dict[str, object] = {
        "on_error": note,
        "gzip": request.param,
        "max_retries": 1,
        "upload_interval": 0.1,
    }
    client = cast("Library", Client(process.key, host=process.url, **options))  # pyright: ignore[reportArgumentType, reportCallIssue] - untyped
    yield client
    client.join()


def test_every_call_of_the_python_library_comes_in_and_it_takes_the_answer_for_success(
    library: Library, kept: Kept, failures: list[str]
) -> None:
    library.identify(7, {"plan": "pro", "email": "ann@example.org"})
    library.alias("anon-1", "7")
    library.group("7", "g-1", {"name": "ACME"})
    library.page("7", "Shop", "Home", {"url": "https://shop.example/home?utm_campaign=spring&token=s3cret"})
    library.screen("7", "Shop", "Cart", {"items": 2})
    library.track("7", "Played", {"value": 3, "quality": {"lines": 1080}})
    library.flush()
    kept.until(lambda kept: len(kept.events) == 6, "all six calls are kept")
    assert failures == []
    assert {event.user_id for event in kept.events} == {"7"}
    assert {event.user_agent for event in kept.events} == {""}, "a server's agent is no customer's"
    identify, alias = kept.of("identify")
    assert json.loads(identify.props) == {"plan": "pro", "email": "[email]"}
    assert json.loads(alias.props) == {"previous_id": "anon-1"}
    home, cart = kept.of("page_view")
    assert (home.host, home.path, home.step, home.campaign) == ("shop.example", "/home", "Home", "spring")
    assert (cart.step, cart.path) == ("Cart", "/Cart")
    group, played = kept.of("track", "Group") + kept.of("track", "Played")
    assert json.loads(group.props) == {"group_id": "g-1", "name": "ACME"}
    assert (played.value, json.loads(played.props)) == (3, {"value": 3, "quality.lines": 1080})
    assert "s3cret" not in repr(kept.events)
    assert kept.counted() == {"": 6}


def test_a_wrong_key_reaches_the_python_library_as_an_error_with_our_sentence(
    kept: Kept, failures: list[str]
) -> None:
    def note(error: object, _: object) -> None:
        failures.append(str(error))

    options: dict[str, object] = {"on_error": note, "max_retries": 0, "upload_interval": 0.1}
    client = cast("Library", Client("ac_wrong", host=kept.process.url, **options))  # pyright: ignore[reportArgumentType, reportCallIssue] - untyped
    client.track("7", "Played", {})
    client.flush()
    client.join()
    assert len(failures) == 1
    assert "unauthorized: The write key is unknown" in failures[0]


def test_every_call_of_the_node_library_comes_in(kept: Kept) -> None:
    process = kept.process
    assert javascript.run("segment_node.mjs", process.url, process.key) == "done"
    kept.until(lambda kept: len(kept.events) == 7, "all seven calls are kept")
    assert kept.counted() == {"": 7}
    identify, alias = kept.of("identify")
    assert json.loads(identify.props) == {"plan": "pro", "email": "[email]", "address.city": "Prague"}
    assert (alias.user_id, json.loads(alias.props)) == ("u-42", {"previous_id": "anon-1"})
    home, cart = kept.of("page_view")
    assert (home.host, home.path, home.step) == ("shop.example", "/", "Home")
    assert cart.step == "Cart"
    (viewed,) = kept.of("product")
    assert (viewed.target, viewed.value, viewed.step, viewed.device_id) == ("p-1", 19.5, "product", "anon-1")
    assert (viewed.user_agent[:7], json.loads(viewed.props)["locale"]) == ("Mozilla", "cs-CZ")
    assert "203.0.113.9" not in repr(kept.events)
    assert "ann@" not in repr(kept.events)


def test_an_order_of_the_python_library_is_an_order_in_a_visit(
    library: Library, kept: Kept, store: Store, tmp_path: Path
) -> None:
    now = datetime.now(UTC)
    order: dict[str, object] = {"order_id": "o-1", "total": 59.9, "currency": "EUR"}
    library.page("u-1", "Shop", "Home", {"url": "https://shop.example/"})
    library.track(
        "u-1",
        "Product Viewed",
        {"product_id": "p-1", "price": 59.9},
        timestamp=now + timedelta(milliseconds=5),
    )
    library.track("u-1", "Order Completed", order, timestamp=now + timedelta(milliseconds=9))
    library.track("u-1", "Signed Up", {}, timestamp=now - timedelta(hours=3))
    library.flush()
    kept.until(lambda kept: len(kept.events) == 4, "all calls are kept")
    outlet, sessionizer = Outlet(kept.process.settings.spool), Sessionizer(tmp_path)
    drain = Drain(outlet, store, [*enrich.STEPS, sessionizer.step])
    assert drain.once() == 4
    earlier, visit = store.rows(Scope(kept.process.site), VISITS, Visit)
    assert (earlier.order_ids, earlier.pages) == ([], 0)
    assert visit == Visit("u-1", 1, ["o-1"], 59.9)
    for opened in (outlet, sessionizer):
        opened.close()
