"""Bots, be they fast, slow, failing or buying, change no figure of any page, of the API, of a problem or of a price."""

import random
import re
import uuid
from collections.abc import Iterator
from dataclasses import dataclass, replace

import httpx
import pytest
from fastapi import FastAPI
from tests.web.desks import BUSY, a_desk, served
from tests.web.shopfront import DAY, HOUR, NOW, Shopper, seed
from tests.web.troubles import the_problems

from afterclick.accounts import Site
from afterclick.customers import Identity, SqlCuts
from afterclick.impact import AtRisk, Question, price, price_total
from afterclick.measure import LEFT_OUT
from afterclick.pages import dashboard
from afterclick.resolve import Candidate, Evidence, Problem, detect, explain
from afterclick.resolve.evidence import evidence
from afterclick.settings import Settings
from afterclick.store.control.database import open_control
from afterclick.store.schema.records import events_table
from afterclick.store.scope import Scope
from afterclick.store.store import Store
from afterclick.web.access import listed

NOT_OF_CUSTOMERS = {
    "/live": "a stream of what changes",
    "/settings/audit": "tells of each look at a page",
    "/settings/audit.csv": "the same",
    "/settings/audit.ndjson": "the same",
    "/settings/installation": "tells what the store holds",
    "/metrics": "tells what the process has done",
}
"""Pages that are not of customers' figures, and why."""
TOLD = re.compile(r"<div><dt>(?:(?!</?div).)*Visits left out.*?</div>|\"left_out\":\{[^{}]*\}", re.DOTALL)
"""The one figure that tells of whom is left out: Data quality's own."""
PASSING = re.compile(r'nonce="[^"]*"|name="csrf" value="[^"]*"|drawn in [^<]*')
CLASSES = sorted({one for kind in LEFT_OUT for one in kind.device_classes})


@dataclass(frozen=True)
class Figures:
    """Everything that is told of a site, by where."""

    pages: dict[str, str]
    problems: list[Candidate]
    more: dict[str, object]


def bots(site: str, rng: random.Random) -> list[Shopper]:
    """As many visits as people made: fast ones, slow ones, failing ones, frustrated ones, and buyers."""
    made: list[Shopper] = []
    for number in range(900):
        start = NOW - int(rng.random() * 14 * DAY) - 10 * 60_000
        one = Shopper(site, rng, start, {
            "device_class": CLASSES[number % len(CLASSES)], "country": "US", "browser": "Headless", "visitor": "new",
            "campaign": "crawl", "device_id": f"bot-{number}", "release": "0.0.1", "device_tier": "high",
        })  # fmt: skip
        for step in range(7):
            one.open(step, 900, (200.0, 9_000.0)[number % 2])
            one.add("request", 50, method="GET", target="/api", duration_ms=(20.0, 8_000.0)[number % 2],
                    status=(200, 503)[number % 3 == 0], trace_id=f"{rng.getrandbits(128):032x}")  # fmt: skip
            if number % 4 == 0:
                one.add("error", 10, name="BotError", message="no window", source="bot.js:1")
            if number % 5 == 0:
                one.add("struggle", 10, name="rage_click", target="a.trap", value=9)
        one.add("order", 10, order_id=f"bot-{number}", revenue=999.0)
        one.add("rating", 10, value=1.0, message="beep")
        made.append(one)
    return made


def told(client: httpx.Client, routes: list[str], store: Store, scope: Scope) -> Figures:
    pages = {route: PASSING.sub("", client.get(route).raise_for_status().text) for route in routes}
    found = detect(store, scope, NOW)
    amex = Question(
        step="payment", signal="slow", segment={"card_network": "amex"}, onset=NOW - 36 * HOUR, until=NOW
    )
    more: dict[str, object] = {
        "price": price(store, scope, amex),
        "at risk": price_total(store, scope, NOW - 2 * DAY, NOW),
        "cause": [explain(store, scope, one) for one in found],
    }
    return Figures(pages, found, more)


@pytest.fixture(scope="module")
def before_and_after(store: Store, settings: Settings) -> Iterator[tuple[Figures, Figures]]:
    site = f"site-{uuid.uuid4().hex[:12]}"
    scope, identity = Scope(site), Identity(store.identity, SqlCuts(open_control(settings)))
    seed(store, site)
    identity.run()

    def under(scope: Scope, problem: Problem) -> Evidence:
        return evidence(store, scope, problem)

    def at_risk(scope: Scope) -> AtRisk:
        return AtRisk(felt=price_total(store, scope, NOW - 2 * DAY, NOW))

    desk = a_desk(store, settings, site, the_problems(site), BUSY)
    desk = replace(desk, evidence=under, at_risk=at_risk)
    desk.accounts.sites.create(Site(site, "Shop", "EUR", "UTC"))
    app = dashboard(desk)
    with served(app, desk.live) as url, httpx.Client(base_url=url, timeout=60) as client:
        routes = readable(app, client)
        before = told(client, routes, store, scope)
        assert before.pages == told(client, routes, store, scope).pages, "a page moves by itself"
        events = [event for one in bots(site, random.Random(3)) for event in one.events]
        store.insert("events", events_table(events), f"bots-{site}")
        identity.run()
        yield before, told(client, routes, store, scope)


def readable(app: FastAPI, client: httpx.Client) -> list[str]:
    """Every page and answer that can be had by GET, whatever rooms it comes from, with ids of what there is."""
    visit = re.findall(r'href="/visits/([0-9a-f-]{36})"', client.get("/visits").text)[0]
    found: list[str] = []
    for method, route, mounted in listed(app.routes):
        path = route.replace("{problem_id}", "amex-payment").replace("{session_id}", visit)
        if method != "GET" or mounted or "{" in path or path in NOT_OF_CUSTOMERS:
            continue
        if client.get(path).status_code == 200:
            found.append(path)
    return found


def test_the_walk_goes_over_the_pages_and_the_api(before_and_after: tuple[Figures, Figures]) -> None:
    walked = before_and_after[0].pages.keys()
    assert walked >= {"/", "/problems", "/problems/amex-payment", "/visits", "/quality"}
    assert sum(path.startswith("/api/") for path in walked) >= 3
    assert len(walked) >= 15


def test_no_figure_of_any_page_moves_but_the_count_of_bots(before_and_after: tuple[Figures, Figures]) -> None:
    before, after = (
        {path: TOLD.sub("", text) for path, text in one.pages.items()} for one in before_and_after
    )
    moved = {
        path: [
            (a, b) for a, b in zip(before[path].split("\n"), after[path].split("\n"), strict=False) if a != b
        ][:3]
        for path in before
        if before[path] != after[path]
    }
    assert moved == {}
    told = [TOLD.findall(one.pages["/quality"]) for one in before_and_after]
    assert told[0] != told[1]


def test_bots_raise_no_problem_and_change_none(before_and_after: tuple[Figures, Figures]) -> None:
    before, after = before_and_after
    assert before.problems, "the shop has a problem"
    assert after.problems == before.problems


def test_bots_change_no_price_and_no_cause(before_and_after: tuple[Figures, Figures]) -> None:
    before, after = before_and_after
    assert after.more == before.more
