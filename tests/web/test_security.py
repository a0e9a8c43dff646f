"""What each answer carries, and which requests are refused before anything else is done with them."""

import asyncio
import re
import socket
from dataclasses import replace
from urllib.parse import urljoin, urlsplit

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Message, Receive, Scope, Send
from tests.web.desks import served

from afterclick import web
from afterclick.api.body import LARGEST
from afterclick.errors import AfterclickError
from afterclick.pages import dashboard
from afterclick.web.body_limit import BodyLimit
from afterclick.web.own_path import own_path
from afterclick.web.problem_details import refusal_of

MARK = {"name": "note", "message": "hello"}


def directives(reply: httpx.Response) -> dict[str, str]:
    parts = (part.strip().partition(" ") for part in reply.headers["content-security-policy"].split(";"))
    return {name: value for name, _, value in parts}


@pytest.mark.parametrize(
    "path", ["/", "/api/v1/overview", "/nowhere", "/static/manifest.json", "/visits/none"]
)
def test_every_answer_bears_the_headers_also_a_refusal(shop: httpx.Client, path: str) -> None:
    headers = shop.get(path).headers
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "same-origin"
    assert headers["cross-origin-opener-policy"] == "same-origin"
    assert headers["cross-origin-resource-policy"] == "same-origin"
    assert "camera=()" in headers["permissions-policy"]
    assert "access-control-allow-origin" not in headers


def test_a_refusal_before_any_route_bears_them_too(shop: httpx.Client) -> None:
    reply = shop.get("/", headers={"host": "elsewhere.example"})
    assert reply.status_code == 400
    assert "content-security-policy" in reply.headers


def test_the_policy_lets_nothing_in_by_default_and_runs_only_scripts_with_this_answers_nonce(
    shop: httpx.Client,
) -> None:
    first, second = shop.get("/"), shop.get("/")
    policy = directives(first)
    assert policy["default-src"] == policy["object-src"] == policy["base-uri"] == "'none'"
    assert policy["frame-ancestors"] == "'none'"
    assert policy["form-action"] == policy["style-src"] == "'self'"
    assert policy["require-trusted-types-for"] == "'script'"
    nonces = [
        re.fullmatch(r"'nonce-([\w-]{24})'", directives(reply)["script-src"]) for reply in (first, second)
    ]
    assert nonces[0] is not None
    assert nonces[1] is not None
    assert nonces[0][1] != nonces[1][1]
    scripts = re.findall(r"<script (?!type=\"application/json\")[^>]*>", first.text)
    assert scripts
    assert all(f'nonce="{nonces[0][1]}"' in script for script in scripts)


def test_https_is_to_be_kept_to_when_it_came_by_https(shop_desk: web.Desk, shop: httpx.Client) -> None:
    assert "strict-transport-security" not in shop.get("/definitions").headers

    async def ask() -> httpx.Response:
        transport = httpx.ASGITransport(app=dashboard(shop_desk))
        async with httpx.AsyncClient(transport=transport, base_url="https://localhost") as client:
            return await client.get("/definitions")

    kept = asyncio.run(ask()).headers["strict-transport-security"]
    assert int(re.findall(r"max-age=(\d+)", kept)[0]) >= 31_536_000


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({}, 202),  # no browser: curl, the command line
        ({"sec-fetch-site": "same-origin"}, 202),
        ({"sec-fetch-site": "none"}, 202),
        ({"sec-fetch-site": "cross-site"}, 403),
        ({"sec-fetch-site": "same-site"}, 403),
        ({"sec-fetch-site": "cross-site", "sec-fetch-mode": "navigate"}, 403),
        ({"origin": "http://elsewhere.example"}, 403),
        ({"origin": "null"}, 403),
        ({"origin": "http://["}, 403),
        ({"origin": "http://localhost:1"}, 403),
    ],
)
def test_only_our_own_pages_change_something(
    empty: httpx.Client, headers: dict[str, str], status: int
) -> None:
    assert empty.post("/api/v1/marks", json=MARK, headers=headers).status_code == status


def test_our_own_origin_may_change_something(empty: httpx.Client) -> None:
    origin = str(empty.base_url).rstrip("/")
    assert empty.post("/api/v1/marks", json=MARK, headers={"origin": origin}).status_code == 202


@pytest.mark.parametrize("method", ["PUT", "PATCH", "DELETE", "POST"])
def test_no_route_and_no_method_is_left_out(shop: httpx.Client, method: str) -> None:
    for path in ("/", "/api/v1/overview", "/static/manifest.json", "/nowhere"):
        assert shop.request(method, path, headers={"sec-fetch-site": "cross-site"}).status_code == 403


def test_another_sites_page_reads_nothing_but_its_reader_may_follow_a_link(shop: httpx.Client) -> None:
    read = {"sec-fetch-site": "cross-site", "sec-fetch-mode": "no-cors"}
    assert shop.get("/api/v1/overview", headers=read).status_code == 403
    followed = {"sec-fetch-site": "cross-site", "sec-fetch-mode": "navigate"}
    assert shop.get("/definitions", headers=followed).status_code == 200


@pytest.mark.parametrize(
    "host", ["127.0.0.1", "localhost:8400", "app.localhost", "[::1]:8400", "192.0.2.7:8400"]
)
def test_an_address_and_localhost_are_known(shop: httpx.Client, host: str) -> None:
    assert shop.get("/definitions", headers={"host": host}).status_code == 200


@pytest.mark.parametrize(
    "host",
    [
        "rebound.example",
        "localhost.evil.example",
        "127.0.0.1.evil.example",
        "",
        "[",
        "a@b",
        "evil@127.0.0.1",
        "localhost/evil",
        "localhost\\evil",
    ],
)
def test_another_name_is_refused_with_a_sentence_that_names_the_setting(
    shop: httpx.Client, host: str
) -> None:
    reply = shop.get("/definitions", headers={"host": host})
    assert reply.status_code == 400
    assert "AFTERCLICK_ALLOWED_HOSTS" in reply.json()["detail"]


def test_a_name_that_the_settings_list_is_known(shop_desk: web.Desk) -> None:
    settings = replace(shop_desk.settings, allowed_hosts="afterclick.example, other.example")
    with (
        served(dashboard(replace(shop_desk, settings=settings))) as url,
        httpx.Client(base_url=url) as client,
    ):
        known = client.get("/definitions", headers={"host": "AfterClick.example:443"})
        unknown = client.get("/definitions", headers={"host": "third.example"})
    assert (known.status_code, unknown.status_code) == (200, 400)


def test_a_body_above_the_limit_is_refused_on_every_route_whether_declared_or_not(shop: httpx.Client) -> None:
    for path in ("/api/v1/marks", "/", "/nowhere"):
        assert shop.post(path, content=b"x" * (LARGEST + 1)).status_code == 413
        chunks = (b"x" * 65_536 for _ in range(LARGEST // 65_536 + 1))
        assert shop.post(path, content=chunks).status_code == 413


def test_a_declared_size_that_is_no_number_is_refused(shop: httpx.Client) -> None:
    async def ask() -> list[Message]:
        sent: list[Message] = []
        scope = {"type": "http", "headers": [(b"content-length", b"-1")], "method": "POST", "path": "/"}
        await BodyLimit(_reads, _said)(scope, _never, _into(sent))
        return sent

    assert asyncio.run(ask())[0]["status"] == 413


def test_a_body_that_dribbles_in_is_cut_off(shop_url: str) -> None:
    async def ask() -> list[Message]:
        sent: list[Message] = []
        scope = {"type": "http", "headers": [(b"content-length", b"9")], "method": "POST", "path": "/"}
        await BodyLimit(_reads, _said, patience=0.01)(scope, _never, _into(sent))
        return sent

    assert asyncio.run(ask())[0]["status"] == 408
    host = urlsplit(shop_url)
    with socket.create_connection((host.hostname or "", host.port or 0), timeout=10) as ended:
        ended.sendall(b"POST /api/v1/marks HTTP/1.1\r\nhost: localhost\r\ncontent-length: 9\r\n\r\nabc")
        ended.shutdown(socket.SHUT_WR)  # an app that waited for the rest would hold the connection
    assert httpx.get(f"{shop_url}/definitions").status_code == 200


def _into(sent: list[Message]) -> Send:
    async def send(message: Message) -> None:
        sent.append(message)

    return send


async def _never() -> Message:
    return await asyncio.get_running_loop().create_future()


def _said(_: Request, error: AfterclickError) -> Response:
    return refusal_of(error)


async def _reads(scope: Scope, receive: Receive, send: Send) -> None:
    await receive()
    raise AssertionError("the app was reached")


OURS = "http://afterclick.test"


@given(
    st.text(alphabet="/\\.:@?#%&=\t\r\n \x00ehtpjavscri", max_size=30)
    | st.text(max_size=20)
    | st.sampled_from(
        ["//evil.test", "/\\evil.test", "/\t/evil.test", "https:evil.test", "javascript:alert(1)", "/%09/e"]
    )
)
def test_wherever_next_points_the_reader_stays_here(wanted: str) -> None:
    found = own_path(wanted)
    # A browser removes tabs and line ends and takes \\ for / before it resolves (https://url.spec.whatwg.org/).
    resolved = urljoin(OURS, found.translate({9: None, 10: None, 13: None, 92: "/"}))
    assert resolved.startswith(f"{OURS}/")
    assert "\n" not in found
    assert "\r" not in found


@pytest.mark.parametrize(
    "path", ["/", "/visits?find=a%20b&period=24h", "/problems/amex-payment#journey", "/a:b@c"]
)
def test_a_path_of_ours_is_kept_as_it_is(path: str) -> None:
    assert own_path(path) == path


def test_no_folder_is_listed_and_no_request_is_echoed(shop: httpx.Client) -> None:
    assert shop.get("/static/").status_code == 404
    assert shop.get("/static/../settings.py").status_code == 404
    assert shop.get("/static/%2e%2e/settings.py").status_code == 404
    traced = shop.request("TRACE", "/definitions", headers={"x-secret": "echoed"})
    assert traced.status_code >= 400
    assert "echoed" not in traced.text


def test_what_is_drawn_is_kept_nowhere(shop: httpx.Client) -> None:
    for path in ("/", "/visits", "/api/v1/overview", "/nowhere"):
        assert shop.get(path).headers["cache-control"] == "no-store"
    assets = re.findall(r'"(/static/[^"]+)"', shop.get("/").text)
    assert "immutable" in shop.get(assets[0]).headers["cache-control"]


@pytest.mark.parametrize(
    "path", ["/", "/visits", "/api/v1/overview", "/healthz", "/live", "/static/manifest.json"]
)
def test_a_head_request_is_answered_as_a_get_without_the_body(shop: httpx.Client, path: str) -> None:
    head = shop.head(path)
    assert (head.status_code, head.content) == (200, b"")
    with shop.stream("GET", path) as got:
        assert head.headers["content-type"] == got.headers["content-type"]
