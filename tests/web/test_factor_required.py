"""A second factor that the installation requires of everyone who signs in with a password."""

import re
from collections.abc import Iterator

import pytest
from pyotp.totp import TOTP
from tests.web.signing import PASSWORD, Guarded, guarded

from afterclick.accounts.policy import Role
from afterclick.clock import now_ms
from afterclick.store.store import Store

FACTOR = "/settings/account/factor"


@pytest.fixture(scope="module")
def dashboard(store: Store, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Guarded]:
    folder = tmp_path_factory.mktemp("required")
    with guarded(store, folder, AFTERCLICK_REQUIRE_SECOND_FACTOR="1") as made:
        made.person("root@x.com", everywhere=Role.ADMINISTRATOR)
        yield made


def test_where_one_is_required_nothing_opens_before_a_second_factor_is_taken(dashboard: Guarded) -> None:
    client = dashboard.signed_in("root@x.com")
    for path in ("/", "/problems", "/settings/account", "/settings/people"):
        answer = client.get(path, follow_redirects=False)
        assert (answer.status_code, answer.headers["location"]) == (303, FACTOR)
    assert client.get("/problems", headers={"hx-request": "true"}).headers["hx-redirect"] == FACTOR
    refused = client.get("/api/v1/problems")
    assert (refused.status_code, refused.json()["detail"]) == (
        403,
        "Take a second factor first: this installation requires one.",
    )
    asked = client.get("/")
    assert "Whoever signs in here with a password needs a second factor." in asked.text
    assert "Connecting" not in asked.text, "who may not hear what happens is not told that it reconnects"

    secret = re.search(r"Or type it in: <code>([^<]+)</code>", asked.text)
    assert secret
    code = TOTP(secret[1].replace(" ", "")).generate_otp(now_ms() // 30_000)
    assert "recovery codes" in client.post(FACTOR, data={"password": PASSWORD, "code": code}).text
    opened = client.get("/problems", follow_redirects=False)
    assert (opened.status_code, "Connecting" in opened.text) == (200, True)


def test_a_required_factor_cannot_be_turned_off(dashboard: Guarded) -> None:
    dashboard.person("eva@x.com", default=Role.SUPPORT)
    client = dashboard.signed_in("eva@x.com")
    secret = re.search(r"Or type it in: <code>([^<]+)</code>", client.get(FACTOR).text)
    assert secret
    code = TOTP(secret[1].replace(" ", "")).generate_otp(now_ms() // 30_000)
    client.post(FACTOR, data={"password": PASSWORD, "code": code})
    assert "Turn it off" not in client.get("/settings/account").text
    assert client.post(f"{FACTOR}/off", data={"password": PASSWORD}).status_code == 400
    assert client.get("/problems", follow_redirects=False).status_code == 200


def test_who_comes_by_a_provider_alone_is_left_to_its_factor(dashboard: Guarded) -> None:
    person = dashboard.accounts.members.create("petr@x.com", "Petr", None, {"default": Role.SUPPORT})
    assert not dashboard.accounts.authentication.owes_factor(person.viewer)


def test_one_may_leave_without_a_factor(dashboard: Guarded) -> None:
    dashboard.person("jan@x.com", default=Role.SUPPORT)
    client = dashboard.signed_in("jan@x.com")
    assert client.post("/sign-out", follow_redirects=False).headers["location"] == "/sign-in"
