"""Every route with every role, and with nobody: what the table of `docs/accounts.md` says is what the app does."""

import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import httpx
import pytest
from fastapi import APIRouter, FastAPI
from starlette.requests import HTTPConnection
from structlog.testing import capture_logs
from tests.web.desks import BUSY, a_desk, served
from tests.web.records import EXAMPLES, NEEDS, PAGES
from tests.web.troubles import the_problems

from afterclick import web
from afterclick.accounts.policy import ROLES, Capability, Role
from afterclick.accounts.viewer import EVERY_SITE, NOBODY, Viewer, with_roles
from afterclick.errors import Misconfigured
from afterclick.pages import dashboard
from afterclick.settings import Settings
from afterclick.store.store import Store
from afterclick.web.access import Table, listed
from afterclick.web.need import Everywhere, Open

DOCS = Path(__file__).parents[2] / "docs/accounts.md"
API = DOCS.with_name("api.md")
OTHER = "afterclick"
STREAMS = {"/live"}
"""These answer until they are left: only their refusals are asked for."""


@pytest.fixture(scope="module")
def desk(store: Store, settings: Settings) -> web.Desk:
    return a_desk(store, settings, "roles", the_problems("roles"), BUSY)


@pytest.fixture(scope="module")
def app(desk: web.Desk) -> FastAPI:
    """The app, to which the header `x-test-role` says who asks."""

    def recognize(connection: HTTPConnection) -> Viewer | None:
        said = connection.headers.get("x-test-role", "")
        site, _, role = said.partition(":")
        return with_roles("member", "p", "jana@x.com", {site: Role(role)}) if role else None

    return dashboard(replace(desk, recognize=(recognize,)))


@pytest.fixture(scope="module")
def client(app: FastAPI, desk: web.Desk) -> Iterator[httpx.Client]:
    with served(app, desk.live) as url, httpx.Client(base_url=url, timeout=30) as client:
        yield client


def cells(heading: str, docs: Path = DOCS) -> list[list[str]]:
    """The body of the first table under a heading of the docs."""
    text = docs.read_text(encoding="utf-8").split(f"## {heading}\n")[1].split("\n## ")[0]
    rows = [line.strip("| \n").split("|") for line in text.splitlines() if line.startswith("|")]
    return [[cell.strip().strip("`") for cell in row] for row in rows]


def example(path: str) -> str:
    return re.sub(r"\{(\w+)\}", lambda found: EXAMPLES.get(found[1], "unknown"), path)


def status(client: httpx.Client, method: str, path: str, role: str = "", site: str = "") -> int:
    query = {"site": site} if site else {}
    headers = {"x-test-role": role} if role else {}
    return client.request(method, example(path), params=query, headers=headers).status_code


ROUTES = sorted(NEEDS)
NAMES = [" ".join(route) for route in ROUTES]


def test_the_docs_say_what_each_role_may_do() -> None:
    head, _, *body = cells("Roles")
    roles = [Role(name) for name in head[1:]]
    assert set(roles) == set(Role)
    told = {role: {Capability(row[0]) for row in body if row[1 + at]} for at, role in enumerate(roles)}
    assert told == {role: set(capabilities) for role, capabilities in ROLES.items()}


def test_the_docs_say_what_each_route_needs() -> None:
    told = {tuple(row[0].split(" ", 1)): row[1] for row in cells("Routes")[2:]}
    told |= {tuple(row[0].split(" ", 1)): row[1] for row in cells("Routes", API)[2:]}
    assert told == {route: str(need) for route, need in NEEDS.items()}


def test_every_route_of_the_app_says_what_it_needs(app: FastAPI) -> None:
    assert {(method, path) for method, path, _ in listed(app.routes)} == set(NEEDS)


def test_a_route_without_a_need_keeps_the_app_from_starting() -> None:
    router = APIRouter()

    @router.get("/new")
    def new() -> None: ...

    app = FastAPI(openapi_url=None, docs_url=None, redoc_url=None)
    app.include_router(router)
    with pytest.raises(Misconfigured, match="GET /new does not say what it needs"):
        Table(app.routes, NEEDS)


@pytest.mark.parametrize(("method", "path"), ROUTES, ids=NAMES)
def test_a_route_answers_each_role_as_the_table_says(client: httpx.Client, method: str, path: str) -> None:
    need = NEEDS[method, path]
    for role in Role:
        allowed = need in ROLES[role] or need in (Open.ANYONE, Open.SIGNED_IN)
        if path in STREAMS and allowed:
            continue
        got = status(client, method, path, f"roles:{role}")
        assert (got != 403) == allowed or is_refused_for_another_reason(path), f"{role}: {got}"
        assert got < 500, f"{role}: {got}"


@pytest.mark.parametrize(
    ("method", "path"), [route for route in ROUTES if isinstance(NEEDS[route], Everywhere)]
)
def test_what_is_about_the_installation_opens_to_who_holds_the_capability_on_every_site(
    client: httpx.Client, method: str, path: str
) -> None:
    need = NEEDS[method, path]
    assert isinstance(need, Everywhere)
    for role in Role:
        allowed = need.capability in ROLES[role]
        assert (status(client, method, path, f"{EVERY_SITE}:{role}") != 403) == allowed, role


def is_refused_for_another_reason(path: str) -> bool:
    """These refuse in their own words whoever holds no token, or asks for more than a role of one site brings."""
    return path in {
        "/set-up",
        "/strength",
        "/settings/sites",
        "/api/v1/sites",
        "/api/v1/query",
    } or path.startswith(("/settings/people", "/settings/account"))


@pytest.mark.parametrize(("method", "path"), ROUTES, ids=NAMES)
def test_nobody_is_led_to_sign_in_and_sees_nothing(client: httpx.Client, method: str, path: str) -> None:
    if NEEDS[method, path] is Open.ANYONE:
        return
    answer = client.request(method, example(path))
    assert "Amex" not in answer.text
    assert "roles" not in answer.text
    if path.startswith(("/api/", "/live")):
        assert answer.status_code == 401
        assert answer.json()["detail"] == "Sign in first."
    else:
        assert answer.status_code == 303
        assert answer.headers["location"].startswith("/sign-in")


@pytest.mark.parametrize(("method", "path"), ROUTES, ids=NAMES)
def test_a_site_without_a_role_answers_as_if_it_did_not_exist(
    client: httpx.Client, method: str, path: str
) -> None:
    if not isinstance(NEEDS[method, path], Capability):
        return
    administrator_elsewhere = f"roles:{Role.ADMINISTRATOR}"
    headers = {"x-test-role": administrator_elsewhere}
    exists = client.request(method, example(path), params={"site": OTHER}, headers=headers)
    missing = client.request(method, example(path), params={"site": "nowhere"}, headers=headers)
    assert exists.status_code == missing.status_code == 404
    assert exists.text.replace(OTHER, "SITE").lower().count("there is no site") == 1
    assert _plain(exists.text, OTHER) == _plain(missing.text, "nowhere")


def _plain(text: str, site: str) -> str:
    return re.sub(r'nonce="[^"]*"', "", text.replace(f"&#39;{site}&#39;", "it").replace(f"'{site}'", "it"))


def test_an_unknown_address_tells_nobody_that_it_is_unknown(client: httpx.Client) -> None:
    assert client.get("/no/such/page").headers["location"] == "/sign-in?next=%2Fno%2Fsuch%2Fpage"
    assert client.get("/api/v1/no/such").status_code == 401
    assert status(client, "GET", "/no/such/page", f"roles:{Role.SUPPORT}") == 404


def test_a_page_that_htmx_asks_for_without_a_session_leaves_the_page(client: httpx.Client) -> None:
    answer = client.get("/problems", headers={"hx-request": "true"})
    assert (answer.status_code, answer.headers["hx-redirect"]) == (401, "/sign-in")


@pytest.mark.parametrize("role", list(Role))
def test_the_rail_and_the_settings_show_what_the_role_may_open(client: httpx.Client, role: Role) -> None:
    text = client.get("/", headers={"x-test-role": f"roles:{role}"}).text
    shown = set(re.findall(r'<a href="(/[^"?#]*)[^"]*" data-key', text))
    assert shown == {
        path
        for path in (page.path for page in PAGES if page.rail)
        if NEEDS["GET", path] in ROLES[role] or NEEDS["GET", path] is Open.SIGNED_IN
    }


def test_the_top_bar_lists_only_own_sites(client: httpx.Client) -> None:
    one = client.get("/", headers={"x-test-role": f"roles:{Role.PRODUCT}"}).text
    every = client.get("/", headers={"x-test-role": f"{EVERY_SITE}:{Role.PRODUCT}"}).text
    assert f"site={OTHER}" not in one
    assert f"site={OTHER}" in every


def test_a_person_without_a_role_is_told_so_and_sees_no_site(client: httpx.Client) -> None:
    answer = client.get("/", headers={"x-test-role": f"gone:{Role.PRODUCT}"})
    assert answer.status_code == 403
    assert "no role on any site" in answer.text
    assert "roles" not in answer.text


def test_nobody_is_a_viewer_that_may_nothing() -> None:
    assert not any(NOBODY.may(capability, "roles") for capability in Capability)


def test_what_a_role_does_not_open_is_logged_with_who_asked(client: httpx.Client) -> None:
    with capture_logs() as said:
        assert status(client, "GET", "/settings/people", "roles:support", "roles") == 403
        assert status(client, "GET", "/problems", "roles:support", "another") == 404
        assert status(client, "GET", "/problems") == 303
        assert status(client, "GET", "/problems", "roles:support", "roles") == 200
    refused = [(line["viewer"], line["path"]) for line in said if line["event"] == "refused"]
    assert refused == [("p", "/settings/people"), ("p", "/problems")]


def test_a_page_needs_at_its_address_what_its_record_says() -> None:
    assert {page.path: NEEDS["GET", page.path] for page in PAGES} == {page.path: page.needs for page in PAGES}
