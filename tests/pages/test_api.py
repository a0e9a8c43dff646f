from dataclasses import replace
from typing import NoReturn

import httpx
import pytest
from tests.web.desks import served
from tests.web.shopfront import NOW

from afterclick import web
from afterclick.pages import dashboard


def test_a_problem_that_is_not_there_is_said_in_one_sentence(shop: httpx.Client) -> None:
    reply = shop.get("/api/v1/problems/none")
    assert reply.status_code == 404
    assert reply.json()["detail"] == "This site has no such problem."


def test_a_mark_is_appended_and_drawn(empty: httpx.Client) -> None:
    reply = empty.post(
        "/api/v1/marks", json={"name": "release", "target": "web", "release": "1.5.0", "time": NOW - 60_000}
    )
    assert reply.status_code == 202
    marks = empty.get("/api/v1/overview").json()["marks"]
    assert marks == [{"time": NOW - 60_000, "kind": "release", "label": "web 1.5.0"}]


@pytest.mark.parametrize(
    "body",
    [
        b"", b"nonsense", b"[]", b'{"name": "party"}', b'{"name": "release"}', b'{"name": "note", "colour": "red"}',
        b'{"name": "note", "time": "2026-11-03T14:20:00"}', b'{"name": "note", "time": 99999999999999}',
        b'{"name": "note", "time": -1}', b'{"name": "note", "message": "\xff"}', b'{"name": "note", "time": NaN}',
        b'{"name": "note", "message": "' + b"x" * 300 + b'"}',
    ],
)  # fmt: skip
def test_a_bad_mark_is_refused_with_one_sentence(empty: httpx.Client, body: bytes) -> None:
    reply = empty.post("/api/v1/marks", content=body)
    assert reply.status_code == 400
    assert reply.json()["detail"].endswith(".")


def test_a_mark_that_another_sites_page_sends_is_refused(empty: httpx.Client) -> None:
    reply = empty.post("/api/v1/marks", json={"name": "note"}, headers={"sec-fetch-site": "cross-site"})
    assert reply.status_code == 403


@pytest.mark.parametrize("path", ["/api/v1/marks", "/api/v1/site"])
def test_a_method_that_an_address_does_not_take_is_answered_with_those_that_it_does(
    empty: httpx.Client, path: str
) -> None:
    reply = empty.request("DELETE", path)
    assert reply.status_code == 405
    taken = {"/api/v1/marks": "POST", "/api/v1/site": "GET, HEAD, PUT"}[path]
    assert reply.headers["allow"] == taken
    assert reply.json()["detail"] == f"This address takes {taken}, and not DELETE."


def test_an_endless_mark_is_cut_off(empty: httpx.Client) -> None:
    assert (
        empty.post("/api/v1/marks", content=b'{"name":"note","message":"' + b"x" * 300_000).status_code == 413
    )


def test_every_figure_is_a_metrics_with_its_own_n_and_an_interval_or_the_reason_for_none(
    shop: httpx.Client,
) -> None:
    told = shop.get("/api/v1/overview").json()
    figures = {one["key"]: one for part in ("felt", "did", "paid") for one in told[part]}
    figures |= {
        told[name]["key"]: told[name]
        for name in ("orders_at_risk", "revenue_at_risk", "orders_felt", "revenue_felt")
    }
    metrics = {one["key"]: one for one in shop.get("/api/v1/definitions").json()}
    assert {key: one["unit"] for key, one in figures.items()} == {
        key: metrics[key]["unit"] for key in figures
    }
    assert [
        key for key, one in figures.items() if (one["interval"] is None) != bool(one["no_interval"])
    ] == []
    visits, orders = figures["visits"]["value"], figures["orders"]["value"]
    assert figures["conversion"]["n"] == figures["visits"]["n"] == visits
    assert figures["revenue"]["n"] == figures["orders"]["n"] == orders
    assert 0 < orders < visits
    people = figures["people"]
    assert people["n"] == visits
    assert people["value"] is None or 0 < people["value"] <= visits  # unless another test had them counted
    vital = figures["lcp"]
    assert vital["interval"]["low"] < vital["value"] < vital["interval"]["high"]
    assert vital["interval"]["value"] == vital["value"]


@pytest.mark.parametrize("name", ["felt", "paid", "device"])
def test_a_filter_takes_what_the_description_lists_and_nothing_else(empty: httpx.Client, name: str) -> None:
    described = empty.get("/api/v1/openapi.json").json()["paths"]["/api/v1/visits"]["get"]["parameters"]
    [choices] = [one["schema"]["enum"] for one in described if one["name"] == name]
    for path in ("/visits", "/api/v1/visits"):
        for choice in ("", *choices):
            assert empty.get(path, params={name: choice}).status_code == 200
        for odd in ("fine", "martian", choices[0].upper()):
            assert empty.get(path, params={name: odd}).status_code == 400


def test_a_visit_that_was_not_rated_has_no_stars(shop: httpx.Client) -> None:
    stars = [one["stars"] for one in shop.get("/api/v1/visits?limit=1000").json()["visits"]]
    assert {None} < set(stars) <= {None, 1, 2, 3, 4, 5}


@pytest.mark.parametrize(
    ("sql", "shown"),
    [
        ("unhex('ff')", "\ufffd"), ("concat('a', unhex('c328'), 'z')", "a\ufffd(z"), ("[unhex('ff')]", ["\ufffd"]),
        ("toLowCardinality(unhex('fe'))", "\ufffd"), ("tuple(unhex('ff'), 1)", None), ("map('a', unhex('ff'))", None),
    ],
)  # fmt: skip
def test_text_that_is_no_utf_8_is_shown_with_a_replacement(
    shop: httpx.Client, sql: str, shown: object
) -> None:
    reply = shop.post("/api/v1/query", content=f"SELECT {sql} AS found")
    assert reply.status_code == 200
    [row] = reply.json()
    assert row["found"] == shown if shown else "\ufffd" in str(row)


def test_a_page_that_fails_inside_is_a_page_with_a_sentence(empty_desk: web.Desk) -> None:
    def fail(*_: object) -> NoReturn:
        raise RuntimeError("a mishap")

    desk = replace(empty_desk, at_risk=fail)
    with served(dashboard(desk), desk.live) as url, httpx.Client(base_url=url, timeout=30) as client:
        page = client.get("/")
        assert (page.status_code, page.headers["content-type"]) == (500, "text/html; charset=utf-8")
        assert "Something failed inside; the log of the app says what." in page.text
        assert "mishap" not in page.text
        assert "content-security-policy" in page.headers
        assert client.get("/definitions").status_code == 200


def test_what_fails_inside_is_said_as_a_problem_and_the_connection_goes_on(empty_desk: web.Desk) -> None:
    def fail(*_: object) -> NoReturn:
        raise RuntimeError("a mishap")

    desk = replace(empty_desk, ask=fail)
    with served(dashboard(desk), desk.live) as url, httpx.Client(base_url=url, timeout=30) as client:
        reply = client.post("/api/v1/query", content="SELECT 1")
        assert (reply.status_code, reply.headers["content-type"]) == (500, "application/problem+json")
        assert reply.json()["detail"].endswith(".")
        assert "mishap" not in reply.text
        assert "connection" not in reply.headers
        assert client.get("/api/v1/site").status_code == 200
