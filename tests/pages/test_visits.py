"""The list of visits tells of all that match, not only of those on the page, and comes as a file."""

import csv
import io
from typing import Any

import httpx
import pytest
from tests.pages.test_withheld import a_client_by_role

from afterclick import web
from afterclick.accounts.policy import Role
from afterclick.store.engine.query import Statement

_ALL = Statement(
    "all",
    "SELECT count() AS n, countIf(converted) AS bought, countIf(slow OR error OR struggle) AS troubled "
    "FROM session_felt WHERE site = {site:String} AND counted "
    "AND ({device:String} = '' OR device_class = {device:String})",
)


@pytest.mark.parametrize("device", ["", "mobile"])
def test_the_totals_are_of_all_visits_that_match_whatever_is_listed(
    shop: httpx.Client, shop_desk: web.Desk, device: str
) -> None:
    [every] = shop_desk.reader.arrow(shop_desk.scope, _ALL, {"device": device}).to_pylist()
    answer = shop.get(f"/api/v1/visits?period=30d&limit=5&device={device}").json()
    assert len(answer["visits"]) == 5
    told = {"visits": every["n"], "buyers": every["bought"], "troubled": every["troubled"]}
    assert answer["totals"] == told
    later = shop.get(f"/api/v1/visits?period=30d&limit=5&device={device}&before={answer['before']}").json()
    assert later["totals"] == told, "older visits are of the same search"
    page = shop.get(f"/visits?period=30d&device={device}").text
    assert f"{every['n']:,} visits" in page
    assert f"{every['bought']:,} bought" in page
    assert "50 of them are listed" in page


def test_visits_can_be_sorted_and_the_page_says_how(shop: httpx.Client) -> None:
    def asked(sort: str) -> list[dict[str, Any]]:
        answer = shop.get(f"/api/v1/visits?period=30d&limit=20&sort={sort}").json()
        assert answer["before"] is None
        return answer["visits"]

    every = shop.get("/api/v1/visits?period=30d&limit=1000").json()["visits"]
    lengths = [one["ended"] - one["started"] for one in asked("longest")]
    assert lengths == sorted((one["ended"] - one["started"] for one in every), reverse=True)[:20]
    sums = [one["revenue"] for one in asked("paid")]
    assert sums == sorted((one["revenue"] for one in every), reverse=True)[:20]
    assert all(one["error"] or one["struggle"] for one in asked("troubles"))
    page = shop.get("/visits?period=30d&sort=paid").text
    assert "Visits, paid most first" in page
    assert "Older visits" not in page
    assert shop.get("/visits?sort=name").status_code == 400


def test_nobody_learns_who_paid_most_by_sorting(shop_desk: web.Desk) -> None:
    with a_client_by_role(shop_desk) as client:
        for path in ("/visits?sort=paid", "/visits.csv?sort=paid", "/api/v1/visits?sort=paid"):
            assert client.get(path, headers={"x-test-role": Role.ENGINEERING}).status_code == 403
        page = client.get("/visits?sort=longest", headers={"x-test-role": Role.ENGINEERING}).text
    assert "paid most" not in page


def rows(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text)))


def test_the_file_holds_every_visit_that_matches(shop: httpx.Client) -> None:
    reply = shop.get("/visits.csv?period=30d&paid=yes")
    assert reply.headers["content-type"] == "text/csv; charset=utf-8"
    found = rows(reply.text)
    answer = shop.get("/api/v1/visits?period=30d&paid=yes&limit=1000").json()
    assert [one["session_id"] for one in found][:1000] == [one["session_id"] for one in answer["visits"]]
    assert len(found) == answer["totals"]["visits"]
    assert all(one["paid"].endswith(" EUR") for one in found)
    assert 'href="/visits.csv?' in shop.get("/visits?paid=yes").text


def test_the_file_says_what_a_visit_paid_to_who_may_see_that_and_is_not_for_every_role(
    shop_desk: web.Desk,
) -> None:
    with a_client_by_role(shop_desk) as client:
        held = {
            role: rows(client.get("/visits.csv?period=30d&paid=yes", headers={"x-test-role": role}).text)
            for role in (Role.ADMINISTRATOR, Role.ENGINEERING)
        }
        assert client.get("/visits.csv", headers={"x-test-role": Role.EXECUTIVE}).status_code == 403
    assert all(one["paid"] for one in held[Role.ADMINISTRATOR])
    assert {(one["user_id"], one["paid"]) for one in held[Role.ENGINEERING]} == {("", "")}
