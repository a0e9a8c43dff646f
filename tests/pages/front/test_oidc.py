"""Signing in by OpenID Connect, against a real provider."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
from playwright.sync_api import expect
from sqlalchemy import Engine
from tests.browser import chromium
from tests.clients import oidc_provider
from tests.web.desks import served

from afterclick import web
from afterclick.accounts.accounts import Accounts
from afterclick.accounts.audit import Audit
from afterclick.accounts.policy import Role
from afterclick.accounts.secrets import Secrets
from afterclick.accounts.single_sign_on import SEALED, SECRET_PURPOSE
from afterclick.accounts.totp import SecondFactors
from afterclick.pages import dashboard
from afterclick.settings import load
from afterclick.store.control.database import open_control


@dataclass
class Place:
    """An app whose people may come by the provider."""

    url: str
    accounts: Accounts
    audit: Audit

    def browser(self) -> httpx.Client:
        return httpx.Client(base_url=self.url, timeout=30)

    def come(self, login: str, next: str = "/") -> httpx.Response:
        """The answer to a browser that comes back from the provider as `login`."""
        with self.browser() as client:
            answer = client.get("/sign-in/oidc", params={"next": next})
            back = oidc_provider.sign_in_there(client, answer, login, self.url)
            return client.get(back.headers["location"])


@pytest.fixture(scope="module")
def issuer() -> Iterator[str]:
    with oidc_provider.running() as issuer:
        yield issuer


@pytest.fixture(scope="module")
def place(issuer: str, shop_desk: web.Desk, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    data = tmp_path_factory.mktemp("oidc")
    sealed = Secrets.open(load({"AFTERCLICK_DATA": str(data)})).seal("a secret: of two/words", SECRET_PURPOSE)
    settings = load(
        {
            "AFTERCLICK_DATA": str(data),
            "AFTERCLICK_OIDC_ISSUER": issuer,
            "AFTERCLICK_OIDC_CLIENT_ID": "afterclick",
            "AFTERCLICK_OIDC_CLIENT_SECRET": SEALED + sealed,
            "AFTERCLICK_OIDC_DOMAINS": "shop.example",
            "AFTERCLICK_OIDC_ROLE": "marketing",
            "AFTERCLICK_OUTBOUND_ALLOW": "127.0.0.1/32",
        }
    )
    control: Engine = open_control(settings)
    accounts = Accounts.over(control, settings)
    accounts.members.create("root@shop.example", "Root", None, {"*": Role.ADMINISTRATOR})
    desk = replace(shop_desk, accounts=accounts, recognize=(web.by_session(accounts),))
    with served(dashboard(desk)) as url:
        yield Place(url, accounts, Audit(control))
    control.dispose()


def test_a_newcomer_of_an_allowed_domain_comes_in_with_the_role_for_newcomers(place: Place) -> None:
    with place.browser() as browser:
        assert "/sign-in/oidc?next=/problems" in browser.get("/sign-in", params={"next": "/problems"}).text
        answer = browser.get("/sign-in/oidc", params={"next": "/problems"})
        asked = parse_qs(urlsplit(answer.headers["location"]).query)
        assert asked["code_challenge_method"] == ["S256"]
        assert asked["nonce"] != asked["state"]
        back = oidc_provider.sign_in_there(browser, answer, "jana@shop.example", place.url)
        done = browser.get(back.headers["location"])
        assert (done.status_code, done.headers["location"]) == (303, "/problems")
        assert browser.get("/problems").status_code == 200
        again = browser.get(back.headers["location"])
        assert again.status_code == 403
    person = place.accounts.members.by_email("jana@shop.example")
    assert person is not None
    assert (person.name, dict(person.roles), person.has_password) == (
        "Jana Nov",
        {"*": Role.MARKETING},
        False,
    )


def test_who_has_an_account_is_linked_to_it_and_keeps_its_roles(place: Place) -> None:
    known = place.accounts.members.create("ota@shop.example", "Ota", None, {"*": Role.SUPPORT})
    assert place.come("ota@shop.example").status_code == 303
    assert place.come("ota@shop.example").status_code == 303
    assert dict(place.accounts.members.get(known.id).roles) == {"*": Role.SUPPORT}
    assert (
        len(
            [entry for entry in place.audit.read() if entry.action == "signin.link" and entry.who == known.id]
        )
        == 1
    )


def test_the_link_of_a_removed_member_goes_with_them(place: Place) -> None:
    first = place.accounts.members.create("eva@shop.example", "Eva", None, {"*": Role.SUPPORT})
    assert place.come("eva@shop.example").status_code == 303
    place.accounts.members.remove(first.id)
    second = place.accounts.members.create("eva@shop.example", "Eva II", None, {"*": Role.EXECUTIVE})
    assert place.come("eva@shop.example").status_code == 303
    assert place.accounts.sign_ins.list(second.id)


@pytest.mark.parametrize(
    ("login", "says"),
    [
        ("unverified@shop.example", "verified"),
        ("mallory@evil.example", "domain"),
        ("mallory@evil.example.shop.example.", "domain"),
    ],
)
def test_who_may_not_come_in_is_told_why_and_gets_no_session(place: Place, login: str, says: str) -> None:
    refused = place.come(login)
    assert refused.status_code == 403
    assert says in refused.text
    assert not any(cookie.startswith("afterclick=") for cookie in refused.headers.get_list("set-cookie"))
    assert place.accounts.members.by_email(login) is None
    assert place.audit.read()[0].action == "signin.fail"


def test_an_answer_in_another_browser_or_with_another_state_is_refused(place: Place) -> None:
    with place.browser() as victim, place.browser() as attacker:
        answer = attacker.get("/sign-in/oidc")
        back = oidc_provider.sign_in_there(attacker, answer, "jana@shop.example", place.url).headers[
            "location"
        ]
        assert victim.get(back).status_code == 403
        victim.get("/sign-in/oidc")
        assert victim.get(back).status_code == 403
        assert attacker.get(back.replace("state=", "state=x")).status_code == 403


def test_a_second_factor_is_still_asked_for(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    def has(_: object, person: str) -> bool:
        return True

    monkeypatch.setattr(SecondFactors, "has", has)
    done = place.come("jana@shop.example", "/visits")
    assert done.headers["location"].startswith("/sign-in/code?next=%2Fvisits")


def test_the_way_back_leads_nowhere_else(place: Place) -> None:
    assert place.come("jana@shop.example", "https://evil.example/").headers["location"] == "/"


@pytest.mark.parametrize("query", ["", "?state=x", "?error=access_denied&state=x", "?code=" + "c" * 9000])
def test_an_answer_that_is_none_is_refused_in_a_sentence(place: Place, query: str) -> None:
    with place.browser() as browser:
        assert browser.get(f"/sign-in/oidc/done{query}").status_code == 403


@pytest.mark.browser
def test_a_browser_goes_to_the_provider_and_back_by_the_button(place: Place) -> None:
    with chromium.started() as browser:
        page = browser.new_page()
        page.goto(f"{place.url}/problems")
        page.get_by_role("link", name="company account").click()
        page.locator("input[name=login]").fill("jana@shop.example")
        page.locator("input[name=password]").fill("anything")
        page.get_by_role("button").click()
        page.get_by_role("button", name="Continue").click()
        page.wait_for_url(f"{place.url}/problems")
        expect(page.locator("h1")).to_have_text("Problems")
        kept = {cookie.get("name"): cookie for cookie in page.context.cookies(place.url)}
        assert kept["afterclick"].get("httpOnly") is True
        assert "afterclick-oidc" not in kept


def test_without_a_provider_there_is_no_button_and_nothing_behind_it(shop: httpx.Client) -> None:
    assert shop.get("/sign-in/oidc").status_code == 404
