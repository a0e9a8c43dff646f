"""What each route of `/api/v1` answers, as its description says it, and what is told of it in the docs."""

import re
import stat
import uuid
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import httpx
import msgspec
import pytest
from fastapi import FastAPI
from tests.web.desks import BUSY, a_desk, served
from tests.web.troubles import the_problems

from afterclick import web
from afterclick.accounts.policy import Role
from afterclick.accounts.viewer import with_roles
from afterclick.api.records import Nothing
from afterclick.app.answering import served_at
from afterclick.pages import dashboard, endpoints
from afterclick.pages.overview.api import OverviewData
from afterclick.settings import Settings
from afterclick.store.store import Store
from afterclick.web.description import described
from afterclick.web.endpoint import JSON, Endpoint
from afterclick.web.need import Open
from afterclick.web.problem_data import ProblemData
from afterclick.web.problem_details import MEDIA, Refusal

ENDPOINTS = endpoints()
DOCS = Path(__file__).parents[2] / "docs/api.md"
READ = [
    one
    for one in ENDPOINTS
    if one.method == "GET" and one.media == (JSON,) and "{" not in one.path and one.need is not Open.HERE
]


@pytest.fixture(scope="module")
def desk(store: Store, settings: Settings) -> web.Desk:
    site = f"site-{uuid.uuid4().hex[:12]}"
    return a_desk(store, settings, site, the_problems(site), BUSY)


@pytest.fixture(scope="module")
def app(desk: web.Desk) -> FastAPI:
    return dashboard(desk)


@pytest.fixture(scope="module")
def client(app: FastAPI, desk: web.Desk) -> Iterator[httpx.Client]:
    with served(app, desk.live) as url, httpx.Client(base_url=f"{url}/api/v1", timeout=30) as client:
        yield client


@pytest.mark.parametrize("endpoint", READ, ids=lambda one: one.route)
def test_a_route_answers_with_the_record_that_it_names(
    client: httpx.Client, endpoint: Endpoint[Any, Any]
) -> None:
    answer = client.get(endpoint.path)
    assert answer.status_code == 200, answer.text
    msgspec.json.decode(answer.content, type=endpoint.answers)


def test_a_problem_tells_its_cost_with_interval_n_and_method(client: httpx.Client) -> None:
    found = msgspec.json.decode(client.get("/problems/amex-payment").content, type=ProblemData)
    lost = found.revenue_lost
    assert lost.interval is not None
    assert lost.interval.low <= (lost.value or 0) <= lost.interval.high
    assert (lost.unit, bool(lost.currency), bool(lost.n), lost.unknown) == ("money", True, True, "")
    assert found.sentence.endswith(".")


def test_a_figure_without_a_value_says_why(client: httpx.Client) -> None:
    found = msgspec.json.decode(client.get("/overview").content, type=OverviewData)
    figures = (*found.felt, *found.did, *found.paid, found.revenue_at_risk)
    assert {figure.key for figure in figures} >= {"lcp", "visits", "conversion", "revenue", "revenue_at_risk"}
    assert all(figure.unknown for figure in figures if figure.value is None)


def test_who_may_not_see_money_is_told_none(desk: web.Desk) -> None:
    def engineer(_: object) -> Any:
        return with_roles("member", "p", "jana@x.com", {desk.scope.site: Role.ENGINEERING})

    app = dashboard(replace(desk, recognize=(engineer,)))
    with served(app, desk.live) as url, httpx.Client(base_url=f"{url}/api/v1", timeout=30) as client:
        found = msgspec.json.decode(client.get("/problems/amex-payment").content, type=ProblemData)
        assert found.revenue_lost.value is None
        assert found.revenue_lost.unknown == "Money is not for your role."
        refused = client.post("/query", content="SELECT 1")
    assert refused.status_code == 403
    assert "money" in refused.json()["detail"]


def test_a_refusal_is_problem_json_with_one_sentence(client: httpx.Client) -> None:
    for answer in (client.get("/problems/none"), client.get("/nowhere"), client.post("/keys", content=b"{")):
        assert answer.headers["content-type"] == MEDIA
        told = msgspec.json.decode(answer.content, type=Refusal)
        assert told.status == answer.status_code
        assert told.detail.endswith(".")


@pytest.mark.parametrize(
    "endpoint", [one for one in ENDPOINTS if one.need is Open.HERE], ids=lambda one: one.route
)
def test_what_only_this_machine_may_do_is_refused_over_tcp_even_where_no_sign_in_is_asked_for(
    client: httpx.Client, endpoint: Endpoint[Any, Any]
) -> None:
    answer = client.request(endpoint.method, endpoint.path)
    assert answer.status_code == 403
    assert "Only the machine itself" in answer.json()["detail"]


def test_it_is_answered_through_the_socket(app: FastAPI, tmp_path: Path) -> None:
    with served_at(app, tmp_path / "app.sock") as place:
        assert stat.S_IMODE(place.stat().st_mode) == 0o600
        transport = httpx.HTTPTransport(uds=str(place))
        with httpx.Client(transport=transport, base_url="http://localhost/api/v1") as here:
            assert here.get("/aside").json() == []


def test_a_query_answers_rows_as_json_and_arrow_to_who_asks_for_it(client: httpx.Client) -> None:
    sql = "SELECT count() AS n FROM events"
    assert client.post("/query", content=sql).json() == [{"n": 0}]
    arrow = client.post("/query", content=sql, headers={"accept": "application/vnd.apache.arrow.stream"})
    assert arrow.headers["content-type"] == "application/vnd.apache.arrow.stream"


def test_the_description_refers_to_nothing_that_is_not_there() -> None:
    told = described(ENDPOINTS)
    text = msgspec.json.encode(told).decode()
    named = set(re.findall(r'"#/components/schemas/([^"]+)"', text))
    assert named <= set(told["components"]["schemas"])
    assert set(told["paths"]) == {one.route for one in ENDPOINTS}


def test_the_docs_list_every_route_with_its_need_and_what_it_does() -> None:
    table = DOCS.read_text(encoding="utf-8").split("## Routes\n")[1]
    listed = set(re.findall(r"^\| `(\w+) (\S+)` \| ([^|]+) \| (.+) \|$", table, re.MULTILINE))
    assert listed == {(one.method, one.route, str(one.need), one.what) for one in ENDPOINTS}


@pytest.mark.parametrize(
    "endpoint", [one for one in ENDPOINTS if one.takes not in (str, Nothing)], ids=lambda one: one.route
)
def test_a_field_that_a_body_does_not_have_is_refused_by_its_name(endpoint: Endpoint[Any, Any]) -> None:
    with pytest.raises(msgspec.ValidationError, match="unknown field `nobody`"):
        msgspec.json.decode(b'{"nobody": "*"}', type=endpoint.takes)


def test_an_invitation_that_names_a_site_in_its_body_makes_nothing_and_says_why(client: httpx.Client) -> None:
    body = {"email": "ada@shop.example", "role": "support", "site": "*"}
    refused = client.post("/members/invitations", json=body)
    assert refused.status_code == 400
    assert refused.json()["detail"] == (
        "This body is not what is asked for: Object contains unknown field `site`."
    )
