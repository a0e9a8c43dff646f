"""What a role may not see is on none of its pages and in none of its answers, and what it may see is."""

import json
import random
import re
import uuid
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from dataclasses import replace

import httpx
import msgspec
import pytest
from starlette.requests import HTTPConnection
from tests.web.desks import served
from tests.web.shopfront import NOW, Shopper

from afterclick import web
from afterclick.accounts import Site, Sites
from afterclick.accounts.policy import ROLES, Capability, Role
from afterclick.accounts.viewer import Viewer, with_roles
from afterclick.pages import dashboard
from afterclick.signals import Event
from afterclick.store.control.database import open_control
from afterclick.store.schema.records import events_table
from afterclick.store.store import Store

MONEY = re.compile(
    r'€\s?\d|"revenue":\s?\d|"revenue_lost":\s?{"value"|"revenue(_lost)?","value":-?\d|"naive":\s?[\d{]'
)
PATHS = (
    "/", "/problems", "/problems/amex-payment", "/problems/amex-payment/evidence", "/visits?paid=yes", "/quality",
    "/api/v1/overview", "/api/v1/problems", "/api/v1/problems/amex-payment", "/api/v1/problems/amex-payment/evidence",
    "/api/v1/visits?paid=yes", "/api/v1/quality",
)  # fmt: skip


@contextmanager
def a_client_by_role(over: web.Desk) -> Generator[httpx.Client]:
    """A client whose header `x-test-role` says who asks."""
    site = over.scope.site

    def recognize(connection: HTTPConnection) -> Viewer:
        return with_roles("member", "p", "p", {site: Role(connection.headers["x-test-role"])})

    desk = replace(over, recognize=(recognize,))
    with served(dashboard(desk), desk.live) as url, httpx.Client(base_url=url, timeout=60) as client:
        yield client


@pytest.fixture(scope="module")
def client(shop_desk: web.Desk) -> Iterator[httpx.Client]:
    with a_client_by_role(shop_desk) as opened:
        yield opened


def read(client: httpx.Client, role: Role, path: str) -> str:
    answer = client.get(path, headers={"x-test-role": role})
    return answer.text if answer.status_code == 200 else ""


def visits_that_bought(client: httpx.Client) -> list[str]:
    text = read(client, Role.ADMINISTRATOR, "/api/v1/visits?paid=yes")
    return [f"/visits/{one}" for one in re.findall(r'"session_id":"([^"]+)"', text)[:3]]


@pytest.mark.parametrize("role", list(Role))
def test_money_is_shown_to_the_roles_that_include_it_only(client: httpx.Client, role: Role) -> None:
    paths = (*PATHS, *visits_that_bought(client))
    shown = {path for path in paths if MONEY.search(read(client, role, path))}
    if Capability.MONEY in ROLES[role]:
        assert {"/", "/problems", "/api/v1/overview", "/api/v1/problems/amex-payment"} <= shown
    else:
        assert shown == set()


def test_who_a_customer_is_is_shown_to_the_roles_that_include_it_only(
    store: Store, empty_desk: web.Desk
) -> None:
    who, site = f"ada-{uuid.uuid4().hex[:12]}", empty_desk.scope.site
    context = {"user_id": who, "device_class": "mobile", "region": f"region-of-{who}"}
    one = Shopper(site, random.Random(7), NOW - 3_600_000, context)
    one.open(0, 500, 900.0)
    store.insert("events", events_table(one.events), who)
    single, listed = f"/visits/{one.session_id}", "/api/v1/visits"
    paths = (*PATHS, "/visits", listed, single, f"/api/v1{single}")
    with a_client_by_role(empty_desk) as client:
        assert all(one.session_id in read(client, Role.ENGINEERING, path) for path in ("/visits", listed))
        for role in Role:
            shown = {path for path in paths if who in read(client, role, path)}
            may = {Capability.PERSONAL, Capability.VISITS} <= ROLES[role]
            assert {listed, single, f"/api/v1{single}"} <= shown if may else shown == set()


@pytest.mark.parametrize("role", [role for role in Role if Capability.MONEY not in ROLES[role]])
def test_a_page_without_money_says_so_and_keeps_the_rest(client: httpx.Client, role: Role) -> None:
    overview = read(client, role, "/")
    assert overview.count("not for your role") >= 2
    assert "cost not for your role" in overview
    assert "cost unknown" not in overview
    assert "Good sessions" in overview
    problem = read(client, role, "/problems/amex-payment")
    assert "money is not for your role" in problem
    assert "ledger" in problem or "because" in problem
    for path in visits_that_bought(client):
        visit = read(client, role, path)
        assert "bought" in visit
        assert "nan" not in re.sub(r'nonce="[^"]*"', "", visit).lower().split()


@pytest.mark.parametrize(
    "role", [Role.ADMINISTRATOR, *(role for role in Role if Capability.MONEY not in ROLES[role])]
)
def test_a_refund_of_a_part_is_not_told_as_one_of_the_rest(
    empty_desk: web.Desk, store: Store, role: Role
) -> None:
    site, visit = empty_desk.scope.site, str(uuid.uuid4())
    told: list[dict[str, object]] = [
        {"type": "page_view", "path": "/"},
        {"type": "order", "order_id": "o-1", "revenue": 777.77, "currency": "EUR"},
        {"type": "refund", "order_id": "o-1", "revenue": 111.11, "currency": "EUR"},
    ]
    base = {"site": site, "time": NOW, "received": NOW, "session_id": visit, "session_start": NOW}
    events = [msgspec.convert({**base, "event_id": str(uuid.uuid4()), **one}, Event) for one in told]
    store.insert("events", events_table(events), f"refunded-{visit}")
    with a_client_by_role(empty_desk) as client:
        page = read(client, role, f"/visits/{visit}")
    assert "Refunded" in page
    assert "what was left" not in page
    assert ("€111.11" in page) is (Capability.MONEY in ROLES[role])


def test_problems_are_not_in_the_order_of_their_prices_for_who_may_not_know_them(
    client: httpx.Client,
) -> None:
    opened = [
        one
        for one in json.loads(read(client, Role.ENGINEERING, "/api/v1/problems"))
        if one["status"] == "open"
    ]
    visits = [one["exposed_visits"] for one in opened]
    assert visits == sorted(visits, reverse=True)


@pytest.mark.parametrize("role", list(Role))
def test_links_to_visits_are_shown_to_who_may_open_them_only(client: httpx.Client, role: Role) -> None:
    linked = {
        path for path in PATHS[:4] if re.search(r'(href|data-visits)="/visits', read(client, role, path))
    }
    assert bool(linked) == (Capability.VISITS in ROLES[role])


@pytest.mark.parametrize("role", list(Role))
def test_the_write_key_is_printed_for_who_may_see_keys_only(empty_desk: web.Desk, role: Role) -> None:
    site = empty_desk.scope.site

    def recognize(_: HTTPConnection) -> Viewer:
        return with_roles("member", "p", "p", {site: role})

    with (
        served(dashboard(replace(empty_desk, recognize=(recognize,))), empty_desk.live) as url,
        httpx.Client(base_url=url, timeout=30) as reader,
    ):
        texts = [reader.get(path).text for path in ("/", "/visits", "/connect", "/problems", "/quality")]
    assert any(empty_desk.key(site) in text for text in texts) == (Capability.CONNECT in ROLES[role])


def test_a_shared_page_prints_no_write_key(empty_desk: web.Desk) -> None:
    site = empty_desk.scope.site
    control = open_control(empty_desk.settings)
    Sites(control).create(Site(site, "Shop", "EUR", "UTC"))
    control.dispose()
    with (
        served(dashboard(empty_desk), empty_desk.live) as url,
        httpx.Client(base_url=url, timeout=30) as reader,
    ):
        reader.post("/share", data={"page": "/", "title": "Overview", "days": "7"}, params={"site": site})
        [link] = empty_desk.keyring.share_links.list(site)
        shown = reader.get(f"/shared/{link.token}").text
        own = reader.get("/", params={"site": site}).text
    assert "Nothing to show before the first visit" in shown
    assert empty_desk.key(site) not in shown
    assert empty_desk.key(site) in own


@pytest.mark.parametrize("role", [role for role in Role if Capability.VISITS in ROLES[role]])
def test_searching_for_a_customer_is_for_who_may_know_them(client: httpx.Client, role: Role) -> None:
    expected = 200 if Capability.PERSONAL in ROLES[role] else 403
    for query in ("find=user-1", "person=7"):
        for path in ("/visits", "/api/v1/visits"):
            answer = client.get(f"{path}?{query}", headers={"x-test-role": role})
            assert answer.status_code == expected
