"""A shop that nobody here wrote, visited by a real Chromium: what the product tells is held against their own log.

django-oscar from the registry, instrumented by `opentelemetry-instrument`, with nothing of ours but the lines that
Connect's page gives to paste. What the product is asked, it is asked by its API.
"""

import os
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import httpx
import pytest
from tests.verify.shop.plans import faulty, usual
from tests.verify.shop.shop import SERVICE, Carrier, pasted, started
from tests.verify.shop.visitors import Load, Visit, come

from afterclick.demo.product import Place, Product
from afterclick.demo.run import free_ports

pytestmark = pytest.mark.verify

CALM, TROUBLED = 56, 36
SETTLED_S = 300.0
NOBODY = "00000000-0000-0000-0000-000000000000"
SEEN = f"""
SELECT session_id, type, path, status, trace_id, message
FROM events
WHERE session_id != toUUID('{NOBODY}')
ORDER BY session_id, time, event_id
"""


@dataclass(frozen=True)
class Scene:
    """The product after everybody was there, and what they noted."""

    api: httpx.Client
    log: list[Visit]

    def get(self, path: str, **query: str) -> Any:
        answer = self.api.get(path, params=query)
        assert answer.is_success, answer.text
        return answer.json()

    def seen(self) -> dict[str, list[dict[str, Any]]]:
        """What the product has of each visit, in the order of time."""
        answer = self.api.post("/query", content=SEEN)
        assert answer.is_success, answer.text
        visits: dict[str, list[dict[str, Any]]] = {}
        for row in answer.json():
            visits.setdefault(row["session_id"], []).append(row)
        return visits

    def pages(self) -> list[tuple[tuple[str, int], ...]]:
        """The pages of each visit, as the product tells: path and status."""
        return [
            tuple((row["path"], row["status"]) for row in rows if row["type"] == "page_view")
            for rows in self.seen().values()
        ]

    def figures(self) -> dict[str, dict[str, Any]]:
        """The Overview's, by key."""
        told = self.get("/overview", period="24h")
        return {one["key"]: one for part in ("felt", "did", "paid") for one in told[part]}

    def problem(self, fits: Callable[[dict[str, Any]], bool]) -> dict[str, Any]:
        """The first that fits, once there is one."""

        def found() -> dict[str, Any] | None:
            problems: list[dict[str, Any]] = self.get("/problems")
            return next((one for one in problems if fits(one)), None)

        return until(found, "the problem")


@pytest.fixture(scope="module")
def scene(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Scene]:
    folder = tmp_path_factory.mktemp("real")
    port, collector, shop_port = free_ports(3)
    place = Place(folder / "product", port, collector)
    carrier = Carrier()
    try:
        with Product(place) as product, httpx.Client(trust_env=False, timeout=60) as web:
            product.wait()
            in_pounds(place)
            lines = pasted(web.get(f"{place.dashboard}/connect").text)
            with started(folder / "shop", shop_port, carrier.url, lines) as shop:
                log = come(shop, usual(shop, CALM))
                shop.fail_by("postcode", "script", "slow")
                carrier.refused = frozenset({"DE"})
                log += come(shop, faulty(shop, TROUBLED, CALM))
            until(lambda: product.waiting() == 0 or None, "all that was acknowledged")
            web.base_url = httpx.URL(f"{place.dashboard}/api/v1")
            yield Scene(web, log)
    finally:
        carrier.close()


def in_pounds(place: Place) -> None:
    """Give the site the shop's name and currency, before Connect is asked."""
    verb = ["sites", "change", "default", "--name", "Leaf", "--currency", "GBP"]
    environment = {**os.environ, "AFTERCLICK_DATA": str(place.data)}
    subprocess.run([sys.executable, "-m", "afterclick.cli", *verb], check=True, env=environment)


def until(read: Callable[[], Any], what: str, else_: Callable[[], object] = lambda: "") -> Any:
    """What `read` answers, once it answers anything; `else_` is told where it does not."""
    deadline = time.monotonic() + SETTLED_S
    while time.monotonic() < deadline:
        if (found := read()) is not None:
            return found
        time.sleep(1)
    raise AssertionError(f"{what} did not come within {SETTLED_S:.0f} s: {else_()}")


def test_visits_orders_and_revenue_are_those_of_the_log_to_the_penny(scene: Scene) -> None:
    orders = [visit.order for visit in scene.log if visit.order]
    found = scene.figures()
    assert found["visits"]["value"] == len(scene.log)
    assert found["orders"]["value"] == len({order.number for order in orders})
    assert found["revenue"]["currency"] == "GBP"
    assert round(found["revenue"]["value"] * 100) == sum(order.pence for order in orders)
    assert scene.get("/overview", period="24h")["revenue_apart"] == []


def test_no_visitor_is_taken_for_a_program_and_no_row_is_dropped_but_what_came_twice(scene: Scene) -> None:
    told = scene.get("/quality")
    assert told["left_out"]["left_out"] == 0
    assert {drop["reason"] for drop in told["intake"]["drops"]} <= {"duplicate"}


def test_each_visit_is_told_page_by_page_with_those_that_failed(scene: Scene) -> None:
    noted = Counter(tuple((load.path, load.status) for load in told_of(visit)) for visit in scene.log)

    def missed() -> Counter[tuple[tuple[str, int], ...]]:
        told = Counter(scene.pages())
        return (told - noted) + (noted - told)

    until(lambda: not missed() or None, "every page", missed)
    failed = {load.path for visit in scene.log for load in told_of(visit) if load.status >= 500}
    assert failed == {"/checkout/shipping-address/", "/checkout/shipping-method/"}


def told_of(visit: Visit) -> list[Load]:
    """The pages of a visit, but for one that failed after one that failed: no script of ours saw the way there."""
    pairs = zip([Load("", 200), *visit.loads], visit.loads, strict=False)
    return [load for before, load in pairs if load.status < 500 or before.status < 500]


def test_visits_with_errors_are_those_that_met_a_failed_page_or_a_script_error(scene: Scene) -> None:
    met = sum(bool(visit.failed or visit.errors) for visit in scene.log)
    share = met / len(scene.log)
    until(lambda: abs(scene.figures()["error"]["value"] - share) < 1e-9 or None, "the share with errors")
    rest = sum(len(visit.loads) - len(told_of(visit)) for visit in scene.log)

    def unknown() -> float:
        return scene.get("/overview", period="24h")["server_failures"]["value"]

    until(lambda: unknown() == rest or None, "the failures that no visit is known to have met")


def test_each_script_error_is_one_of_its_visit(scene: Scene) -> None:
    noted = Counter(len(visit.errors) for visit in scene.log)
    assert noted[0] < len(scene.log)
    told = Counter(sum(row["type"] == "error" for row in rows) for rows in scene.seen().values())
    assert told == noted


def test_every_page_view_has_the_trace_of_its_page_and_its_spans_are_there(scene: Scene) -> None:
    views = [row for rows in scene.seen().values() for row in rows if row["type"] == "page_view"]
    assert [row for row in views if not row["trace_id"]] == []
    traces = scene.get("/quality")["traces"]
    assert traces["requests"] == traces["traced"] == traces["linked"] > 0


def test_the_script_error_is_a_problem_of_the_product_pages_in_its_browser(scene: Scene) -> None:
    found = scene.problem(lambda one: one["signal"] == "error" and one["step"].startswith("/catalogue/:"))
    assert found["segment"] == {"browser": "Firefox"}
    assert (found["cause"]["kind"], found["cause"]["route"]) == ("page", found["step"])


def test_the_slowed_category_is_a_problem_of_its_step(scene: Scene) -> None:
    found = scene.problem(lambda one: one["signal"] in ("slow", "slower") and "category" in one["step"])
    assert found["cause"]["kind"] in ("page", "service")


def test_what_fails_at_the_server_is_a_problem_that_names_where_and_why(scene: Scene) -> None:
    found = scene.problem(lambda one: one["signal"] == "error" and "/catalogue/" not in one["step"])
    assert (found["cause"]["service"], found["cause"]["http_status"]) == (SERVICE, 500)
