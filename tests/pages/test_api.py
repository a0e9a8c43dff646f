import httpx
import msgspec
import pytest
from tests.web.shopfront import NOW

from afterclick.pages.overview.context import OverviewPage
from afterclick.pages.problem.context import EvidencePart
from afterclick.pages.problems.context import ProblemsPage
from afterclick.pages.quality.context import QualityPage
from afterclick.pages.visits.context import VisitsPage
from afterclick.resolve import Problem


@pytest.mark.parametrize(
    ("path", "context"),
    [
        ("/api/overview?period=24h", OverviewPage),
        ("/api/problems", ProblemsPage),
        ("/api/problems/amex-payment", Problem),
        ("/api/problems/amex-payment/evidence", EvidencePart),
        ("/api/visits?device=mobile", VisitsPage),
        ("/api/quality", QualityPage),
    ],
)
def test_the_api_answers_with_the_context_that_its_page_is_drawn_from(
    shop: httpx.Client, path: str, context: type
) -> None:
    reply = shop.get(path)
    assert reply.status_code == 200
    assert reply.headers["content-type"] == "application/json"
    msgspec.json.decode(reply.content, type=context)


def test_the_api_says_errors_as_json(shop: httpx.Client) -> None:
    reply = shop.get("/api/problems/none")
    assert reply.status_code == 404
    assert reply.json() == {"error": "This site has no such problem."}


def test_a_mark_is_appended_and_drawn(empty: httpx.Client) -> None:
    reply = empty.post(
        "/api/marks", json={"name": "release", "target": "web", "release": "1.5.0", "time": NOW - 60_000}
    )
    assert reply.status_code == 202
    marks = empty.get("/api/overview").json()["trend"]["marks"]
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
    reply = empty.post("/api/marks", content=body)
    assert reply.status_code == 400
    assert reply.json()["error"].endswith(".")


def test_a_mark_that_another_sites_page_sends_is_refused(empty: httpx.Client) -> None:
    reply = empty.post("/api/marks", json={"name": "note"}, headers={"sec-fetch-site": "cross-site"})
    assert reply.status_code == 403


def test_an_endless_mark_is_cut_off(empty: httpx.Client) -> None:
    assert empty.post("/api/marks", content=b'{"name":"note","message":"' + b"x" * 40_000).status_code == 413
