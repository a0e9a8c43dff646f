"""Everything delivered twice and out of order, in other batches: no number on any page changes."""

import random
import re
import uuid
from dataclasses import dataclass, field, replace
from typing import Any, cast

import httpx
import numpy as np
import pyarrow as pa
import pytest
from tests.resolve.passes import watch_and_price
from tests.web.desks import BUSY, Book, a_desk, served
from tests.web.shopfront import DAY, NOW, seed

from afterclick import web
from afterclick.impact import AtRisk, Estimate, Question, price, price_total
from afterclick.pages import dashboard
from afterclick.resolve import Problem
from afterclick.resolve.evidence import Evidence, evidence
from afterclick.settings import Settings
from afterclick.store.engine.query import Reader
from afterclick.store.scope import Scope
from afterclick.store.store import Store

BATCH = 400
SETTLED_EVERY = 12
"""Deliveries: some six times on the way, each over rows that were settled before and come again."""
LATER_MS = 7_000
VISITS = 700
_DELAY = re.compile(r"\"lag_p\d+\":[\d.]+")
"""The one figure that is about deliveries: how long the last one of each event took."""


@dataclass
class Recorder:
    """Takes the place of a store: keeps what is inserted."""

    tables: dict[str, pa.Table] = field(default_factory=dict[str, pa.Table])

    def insert(self, table: str, rows: pa.Table, token: str) -> None:
        self.tables[table] = rows


@pytest.fixture(scope="module")
def world() -> dict[str, pa.Table]:
    """A fortnight of a shop: events and spans, in the order in which they happened."""
    recorder = Recorder()
    seed(cast("Store", recorder), "to be named", visits=VISITS)
    return {
        kind: rows.sort_by("time")  # pyright: ignore[reportUnknownMemberType] - stubs leave its keywords open
        for kind, rows in recorder.tables.items()
    }


def named(rows: pa.Table, site: str) -> pa.Table:
    at = rows.schema.get_field_index("site")
    return rows.set_column(at, rows.schema.names[at], pa.array([site] * rows.num_rows, rows.schema.types[at]))


def received_later(rows: pa.Table) -> pa.Table:
    """The same rows delivered again: only the moment of receipt is another."""
    at = rows.schema.get_field_index("received")
    moved = rows["received"].to_numpy() + np.timedelta64(LATER_MS, "ms")
    return rows.set_column(at, rows.schema.names[at], pa.array(moved, rows.schema.types[at]))


def once_in_order(store: Store, world: dict[str, pa.Table], site: str) -> None:
    for kind, rows in world.items():
        store.insert(kind, named(rows, site), uuid.uuid4().hex)


def twice_out_of_order(store: Store, world: dict[str, pa.Table], site: str) -> None:
    rng = random.Random(31)
    deliveries: list[tuple[str, pa.Table]] = []
    for kind, rows in world.items():
        both = pa.concat_tables([named(rows, site), received_later(named(rows, site))])
        shuffled = both.take(pa.array(rng.sample(range(both.num_rows), both.num_rows), pa.int64()))
        deliveries += [(kind, shuffled.slice(at, BATCH)) for at in range(0, both.num_rows, BATCH)]
    rng.shuffle(deliveries)
    for number, (kind, rows) in enumerate(deliveries):
        store.insert(kind, rows, uuid.uuid4().hex)
        if number % SETTLED_EVERY == 0:
            store.settle(NOW)  # in the middle of it, as the timetable does


def opened(store: Store, settings: Settings, site: str) -> web.Desk:
    """The desk of a site whose problems were found, priced and explained from its own rows."""
    book = Book([])
    scope = Scope(site)

    def in_process(reader: Reader, scope: Scope, question: Question) -> Estimate:
        return price(reader, scope, question)

    watch_and_price(store, scope, NOW, in_process, book)
    total = price_total(store, scope, NOW - 7 * DAY, NOW)
    desk = a_desk(store, settings, site, book.problems(site), BUSY)

    def explain(scope: Scope, problem: Problem) -> Evidence:
        return evidence(store, scope, problem)

    def at_risk(scope: Scope) -> AtRisk:
        return AtRisk(felt=total)

    return replace(desk, evidence=explain, at_risk=at_risk)


@pytest.fixture(scope="module")
def both(
    store: Store, settings: Settings, world: dict[str, pa.Table]
) -> tuple[dict[str, str], dict[str, str]]:
    """What every page of the two sites says, by its path."""
    told: list[dict[str, str]] = []
    for deliver in (once_in_order, twice_out_of_order):
        site = f"site-{uuid.uuid4().hex[:12]}"
        deliver(store, world, site)
        store.settle(NOW)
        desk = opened(store, settings, site)
        with (
            served(dashboard(desk), desk.live) as url,
            httpx.Client(base_url=url, timeout=60) as client,
        ):
            told.append(pages(client, site))
    return told[0], told[1]


def pages(client: httpx.Client, site: str) -> dict[str, str]:
    """The JSON of every page, with the names that are made anew for each site replaced."""
    renamed = {site: "SITE"}
    problems = client.get("/api/v1/problems").json()
    for number, one in enumerate(_problems(problems)):
        renamed[one] = f"PROBLEM-{number}"
    paths = [f"/api/v1/overview?period={period}" for period in ("24h", "7d", "30d")]
    paths += [
        f"/api/v1/{one}" for one in ("problems", "visits", "visits?device=mobile", "quality", "connect")
    ]
    for one in _problems(problems):
        paths += [f"/api/v1/problems/{one}", f"/api/v1/problems/{one}/evidence"]
    visits = client.get("/api/v1/visits").json()
    paths += [f"/api/v1/visits/{one['session_id']}" for one in visits["visits"][:10]]
    return {_plain(path, renamed): _plain(_answer(client, path), renamed) for path in paths}


def _answer(client: httpx.Client, path: str) -> str:
    reply = client.get(path)
    assert reply.status_code == 200, (path, reply.text)
    return reply.text


def _problems(page: Any) -> list[str]:
    return [str(row["id"]) for row in page]


def _plain(text: str, renamed: dict[str, str]) -> str:
    for own, plain in renamed.items():
        text = text.replace(own, plain)
    return _DELAY.sub("", text)


def test_the_two_sites_have_the_same_pages(both: tuple[dict[str, str], dict[str, str]]) -> None:
    once, twice = both
    assert once.keys() == twice.keys()
    assert len(once) > 18
    assert any(path.startswith("/api/v1/problems/PROBLEM") for path in once), "there is a problem to compare"


def test_no_page_says_another_number(both: tuple[dict[str, str], dict[str, str]]) -> None:
    once, twice = both
    assert {path: once[path] for path in once if once[path] != twice[path]} == {
        path: twice[path] for path in once if once[path] != twice[path]
    }
