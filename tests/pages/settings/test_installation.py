"""The installation's settings as a page: for administrators of every site, without secrets; and asking the provider."""

import json
import re
import threading
from collections.abc import Iterator
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import httpx
import pytest
from starlette.requests import HTTPConnection
from tests.web.desks import BUSY, a_desk, served

from afterclick.accounts import first_run
from afterclick.accounts.accounts import Accounts
from afterclick.accounts.policy import Role
from afterclick.accounts.viewer import EVERY_SITE, Viewer, with_roles
from afterclick.pages import dashboard
from afterclick.settings import SETTINGS, load
from afterclick.store.control.database import open_control
from afterclick.store.store import Store

PATH = "/settings/installation"
MARK = "sEcr3t"


class Provider(ThreadingHTTPServer):
    """Publishes what the test says, and counts how often it is asked."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Said)
        self.issuer = f"http://127.0.0.1:{self.server_address[1]}"
        self.asked = 0
        self.status = 200
        self.body = self.published()
        threading.Thread(target=self.serve_forever, args=(0.02,), daemon=True).start()

    def published(self, **changed: str) -> bytes:
        names = {"authorization_endpoint": "/auth", "token_endpoint": "/token", "jwks_uri": "/keys"}
        said = {"issuer": self.issuer, **{name: self.issuer + end for name, end in names.items()}, **changed}
        return json.dumps(said).encode()


class Said(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        provider = self.server
        assert isinstance(provider, Provider)
        provider.asked += 1
        self.send_response(provider.status)
        self.send_header("Content-Length", str(len(provider.body)))
        self.end_headers()
        self.wfile.write(provider.body)

    def log_message(self, format: str, *args: object) -> None: ...


def recognize(connection: HTTPConnection) -> Viewer | None:
    site, _, role = connection.headers.get("x-test-role", "").partition(":")
    return with_roles("member", "p", "jana@x.com", {site: Role(role)}) if role else None


@pytest.fixture(scope="module")
def provider() -> Iterator[Provider]:
    server = Provider()
    yield server
    server.shutdown()
    server.server_close()


@pytest.fixture(autouse=True)
def as_it_should_be(provider: Provider) -> None:
    provider.asked, provider.status, provider.body = 0, 200, provider.published()


def opened(store: Store, folder: Path, **chosen: str) -> Iterator[httpx.Client]:
    """An administrator's client of a dashboard with these settings."""
    given = {f"AFTERCLICK_{name.upper()}": value for name, value in chosen.items()}
    settings = load({"AFTERCLICK_DATA": str(folder), **given}, folder / "none.toml")
    control = open_control(settings)
    first_run(control, settings)
    accounts = Accounts.over(control, settings)
    plain = a_desk(store, settings, "shop", [], BUSY)
    desk = replace(plain, settings=settings, accounts=accounts, recognize=(recognize,))
    headers = {"x-test-role": f"{EVERY_SITE}:{Role.ADMINISTRATOR}"}
    with (
        served(dashboard(desk), desk.live) as url,
        httpx.Client(base_url=url, headers=headers, timeout=30) as client,
    ):
        yield client
    control.dispose()


@pytest.fixture(scope="module")
def bare(store: Store, tmp_path_factory: pytest.TempPathFactory) -> Iterator[httpx.Client]:
    yield from opened(store, tmp_path_factory.mktemp("bare"))


@pytest.fixture(scope="module")
def joined(
    store: Store, provider: Provider, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[httpx.Client]:
    yield from opened(
        store,
        tmp_path_factory.mktemp("joined"),
        oidc_issuer=provider.issuer,
        oidc_client_id="our-client",
        oidc_client_secret=MARK,
        oidc_domains="shop.example",
        outbound_allow="127.0.0.1/32",
    )


def words(answer: httpx.Response) -> str:
    """The page as a person reads it."""
    return " ".join(re.sub(r"<[^>]+>", " ", answer.text.split("<main")[1]).split())


def test_only_administrators_of_every_site_open_the_page_or_see_that_it_is_there(bare: httpx.Client) -> None:
    for site in (EVERY_SITE, "shop"):
        for role in Role:
            headers = {"x-test-role": f"{site}:{role}"}
            allowed = (site, role) == (EVERY_SITE, Role.ADMINISTRATOR)
            for method in ("GET", "POST"):
                answer = bare.request(method, PATH, headers=headers)
                assert (answer.status_code == 403) != allowed, (site, role, method)
                assert ("AFTERCLICK_" in answer.text) == (allowed and method == "GET")
            listed = bare.get("/settings/api-keys", headers=headers).text
            assert (PATH in listed) == allowed


def test_the_page_names_every_setting_with_its_variable_and_definition(bare: httpx.Client) -> None:
    html = bare.get(PATH).text
    for row in SETTINGS:
        assert f">{row.name}</button>" in html
        assert f"<code>{row.variable}</code>" in html
        assert f'id="d-{row.name}"' in html


def test_no_secret_stands_in_the_page_before_or_after_asking(
    joined: httpx.Client, provider: Provider
) -> None:
    for answer in (joined.get(PATH), joined.post(PATH)):
        assert answer.status_code == 200
        assert MARK not in answer.text
        assert "set, not shown" in answer.text
    provider.status = 500
    assert MARK not in joined.post(PATH).text


def test_without_a_provider_the_page_teaches_how_to_set_one_up(bare: httpx.Client) -> None:
    page = bare.get(PATH)
    told = words(page)
    assert "off, people sign in by password only" in told
    assert f"{bare.base_url}/sign-in/oidc/done".replace("//sign", "/sign") in told
    assert "AFTERCLICK_OIDC_ISSUER=https://id.example" in told
    assert "<form" not in page.text.split("<main")[1]
    assert bare.post(PATH).status_code == 404


def test_looking_at_the_page_asks_the_provider_nothing(joined: httpx.Client, provider: Provider) -> None:
    told = words(joined.get(PATH))
    assert "whose verified e-mail address is of shop.example" in told
    assert "our-client" in told
    assert provider.asked == 0


def test_a_provider_that_answers_is_told_with_where_people_are_sent(
    joined: httpx.Client, provider: Provider
) -> None:
    assert f"The provider answers: people are sent to {provider.issuer.removeprefix('http://')}" in words(
        joined.post(PATH)
    )
    joined.post(PATH)
    assert provider.asked == 2  # anew each time


@pytest.mark.parametrize(
    ("status", "changed", "says"),
    [
        (
            404,
            {},
            "The provider answers HTTP 404: no discovery document stands there; check AFTERCLICK_OIDC_ISSUER.",
        ),
        (
            302,
            {},
            "The provider answers HTTP 302: no discovery document stands there; check AFTERCLICK_OIDC_ISSUER.",
        ),
        (503, {}, "The provider failed with HTTP 503; try again in a moment."),
        (
            200,
            {"issuer": "https://else.example"},
            "The provider names another issuer than AFTERCLICK_OIDC_ISSUER.",
        ),
        (
            200,
            {"token_endpoint": "file:///etc/passwd"},
            "The provider names an address that is not as safe as its own.",
        ),
    ],
)
def test_trouble_with_the_provider_is_told_in_one_sentence(
    joined: httpx.Client, provider: Provider, status: int, changed: dict[str, str], says: str
) -> None:
    provider.status, provider.body = status, provider.published(**changed)
    answer = joined.post(PATH)
    assert answer.status_code == 200
    assert says in words(answer)


def test_an_answer_that_is_no_document_is_told_too(joined: httpx.Client, provider: Provider) -> None:
    provider.body = b"<html>"
    assert "The provider's answer cannot be read" in joined.post(PATH).text.replace("&#39;", "'")


def test_a_page_of_another_site_cannot_make_us_ask(joined: httpx.Client, provider: Provider) -> None:
    for headers in ({"sec-fetch-site": "cross-site"}, {"origin": "https://evil.example"}):
        assert joined.post(PATH, headers=headers).status_code == 403
    assert provider.asked == 0


def test_a_provider_in_our_own_network_is_called_only_where_the_settings_allow_it(
    store: Store, provider: Provider, tmp_path: Path
) -> None:
    chosen = {"oidc_issuer": provider.issuer, "oidc_client_id": "us", "oidc_client_secret": MARK}
    for client in opened(store, tmp_path, **chosen):
        assert "AFTERCLICK_OUTBOUND_ALLOW" in words(client.post(PATH)).split("oidc_issuer")[0]
    assert provider.asked == 0
