"""Set-up, sign-in, invitations, your account and people, as a browser without scripts does them."""

import re
from collections.abc import Iterator

import httpx
import pytest
from pyotp.totp import TOTP
from tests.web.signing import PASSWORD, Guarded, guarded

from afterclick.accounts.policy import Role
from afterclick.accounts.throttle import limits
from afterclick.clock import now_ms
from afterclick.store.store import Store

FRESH = "nine lanterns over the harbour"


@pytest.fixture(scope="module")
def dashboard(store: Store, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Guarded]:
    with guarded(store, tmp_path_factory.mktemp("guarded")) as dashboard:
        dashboard.person("root@x.com", everywhere=Role.ADMINISTRATOR)
        yield dashboard


def link_in(page: httpx.Response) -> str:
    found = re.search(r'<pre id="made-link"[^>]*>([^<]+)</pre>', page.text)
    assert found, page.text
    return found[1]


def code_of(dashboard: Guarded, email: str) -> str:
    """The code that the person's device shows now."""
    person = dashboard.accounts.members.by_email(email)
    assert person is not None
    page = dashboard.accounts.second_factors.enrol(person.id, email)
    return TOTP(page.secret).generate_otp(now_ms() // 30_000)


def test_set_up_opens_by_its_link_once_and_leads_in(
    store: Store, tmp_path_factory: pytest.TempPathFactory
) -> None:
    with guarded(store, tmp_path_factory.mktemp("new")) as fresh:
        client = fresh.client()
        token = fresh.accounts.set_up.token
        refused = client.get("/")
        assert refused.url.path == "/set-up"
        assert refused.status_code == 403
        assert "printed in its terminal" in refused.text
        form = {
            "token": token, "email": "jana@x.com", "name": "Jana", "password": PASSWORD, "site": "Acme",
            "currency": "czk", "timezone": "Europe/Prague",
        }  # fmt: skip
        assert client.get("/set-up", params={"token": token}).status_code == 200
        wrong = client.post("/set-up", data={**form, "password": "password123"})
        assert wrong.status_code == 400
        assert "lists of breached ones" in wrong.text
        assert 'value="jana@x.com"' in wrong.text
        assert client.post("/set-up", data={**form, "token": "guess"}).status_code == 403
        done = client.post("/set-up", data=form)
        assert (done.status_code, done.url.path) == (200, "/connect")
        drawn = client.get("/api/v1/overview").json()
        assert (drawn["zone"], drawn["paid"][0]["currency"]) == ("Europe/Prague", "CZK")
        assert fresh.client().get("/set-up", params={"token": token}).url.path == "/sign-in"


def test_sign_in_leads_back_to_where_one_wanted_to_go_and_signing_out_ends_it(dashboard: Guarded) -> None:
    client = dashboard.client()
    asked = client.get("/problems?period=24h")
    assert asked.url.path == "/sign-in"
    assert 'name="next" value="/problems?period=24h"' in asked.text
    form = {"email": "root@x.com", "password": PASSWORD, "next": "/problems?period=24h"}
    inside = client.post("/sign-in", data=form)
    assert str(inside.url).endswith("/problems?period=24h")
    cookie = inside.history[0].headers["set-cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=lax" in cookie
    token = client.cookies["afterclick"]
    client.post("/sign-out")
    client.cookies.set("afterclick", token)
    assert client.get("/").url.path == "/sign-in"


@pytest.mark.parametrize(
    "next", ["https://evil.example/", "//evil.example", "/\\evil.example", "javascript:x"]
)
def test_sign_in_leads_to_our_own_pages_only(dashboard: Guarded, next: str) -> None:
    client = dashboard.client()
    form = {"email": "root@x.com", "password": PASSWORD, "next": next}
    answer = client.post("/sign-in", data=form, follow_redirects=False)
    assert answer.headers["location"] == "/"


def test_over_https_the_cookie_is_bound_to_the_host(dashboard: Guarded) -> None:
    client = dashboard.client()
    form = {"email": "root@x.com", "password": PASSWORD}
    proxied = {"x-forwarded-proto": "https"}
    answer = client.post("/sign-in", data=form, headers=proxied, follow_redirects=False)
    session, device = answer.headers.get_list("set-cookie")
    assert session.startswith("__Host-afterclick=")
    assert device.startswith("__Host-afterclick-device=")
    assert all("Secure" in cookie and "HttpOnly" in cookie for cookie in (session, device))


def test_a_browser_is_recognised_after_its_session_and_opens_nothing_by_that(dashboard: Guarded) -> None:
    dashboard.person("eda@x.com", default=Role.SUPPORT)
    client = dashboard.signed_in("eda@x.com")
    client.post("/sign-out")
    assert set(client.cookies) == {"afterclick-device"}
    assert client.get("/", follow_redirects=False).headers["location"] == "/sign-in"
    for number in range(50):
        dashboard.accounts.authentication.throttle.begin(limits("eda@x.com", f"198.51.100.{number}"))
    form = {"email": "eda@x.com", "password": PASSWORD}
    assert dashboard.client().post("/sign-in", data=form).status_code == 429
    assert client.post("/sign-in", data=form, follow_redirects=False).status_code == 303


def test_a_wrong_password_and_an_unknown_address_get_the_same_page(dashboard: Guarded) -> None:
    pages: list[str] = []
    for email in ("root@x.com", "nobody@x.com"):
        client = dashboard.client()
        answer = client.post("/sign-in", data={"email": email, "password": "not it at all"})
        assert answer.status_code == 401
        pages.append(re.sub(r'nonce="[^"]*"', "", answer.text.replace(email, "EMAIL")))
    assert pages[0] == pages[1]


def test_a_second_factor_is_taken_asked_for_and_turned_off(dashboard: Guarded) -> None:
    dashboard.person("eva@x.com", default=Role.SUPPORT)
    client = dashboard.signed_in("eva@x.com")
    page = client.get("/settings/account/factor")
    assert "<svg" in page.text
    assert "style=" not in page.text
    confirm = {"password": PASSWORD, "code": code_of(dashboard, "eva@x.com")}
    assert client.post("/settings/account/factor", data={**confirm, "password": "x"}).status_code == 400
    codes = re.search(
        r'<pre id="codes"[^>]*>([^<]+)</pre>', client.post("/settings/account/factor", data=confirm).text
    )
    assert codes
    assert client.get("/settings/account").status_code == 200  # under a new token
    other = dashboard.client()
    asked = other.post("/sign-in", data={"email": "eva@x.com", "password": PASSWORD, "next": "/problems"})
    assert asked.url.path == "/sign-in/code"
    assert other.get("/").url.path == "/sign-in"  # the password alone opens nothing
    asked = other.post("/sign-in", data={"email": "eva@x.com", "password": PASSWORD, "next": "/problems"})
    assert other.post("/sign-in/code", data={"code": "1"}).status_code == 401
    code = codes[1].split()[0]
    inside = other.post("/sign-in/code", data={"code": code, "next": "/problems"})
    assert inside.url.path == "/problems"
    client.post("/settings/account/factor/off", data={"password": PASSWORD})
    assert dashboard.signed_in("eva@x.com").get("/").status_code == 200


def test_a_new_password_ends_every_other_session(dashboard: Guarded) -> None:
    dashboard.person("ota@x.com", default=Role.PRODUCT)
    here, there = dashboard.signed_in("ota@x.com"), dashboard.signed_in("ota@x.com")
    wrong = here.post("/settings/account/password", data={"current": "x", "password": FRESH})
    assert (wrong.status_code, "not your password" in wrong.text) == (400, True)
    done = here.post("/settings/account/password", data={"current": PASSWORD, "password": FRESH})
    assert "Your password is changed" in done.text
    assert there.get("/").url.path == "/sign-in"
    assert dashboard.signed_in("ota@x.com", FRESH).get("/").url.path == "/"


def test_a_session_is_signed_out_from_another(dashboard: Guarded) -> None:
    dashboard.person("iva@x.com", default=Role.PRODUCT)
    here, there = dashboard.signed_in("iva@x.com"), dashboard.signed_in("iva@x.com")
    rows = [row for row in here.get("/settings/account").text.split("<tr>") if "/end" in row]
    (other,) = (row for row in rows if ">here<" not in row)
    found = re.search(r"/settings/account/sessions/([0-9a-f]+)/end", other)
    assert found
    here.post(f"/settings/account/sessions/{found[1]}/end")
    assert here.get("/").url.path == "/"
    assert there.get("/").url.path == "/sign-in"


def test_an_administrator_invites_somebody_who_joins_once(dashboard: Guarded) -> None:
    root = dashboard.signed_in("root@x.com")
    link = link_in(root.post("/settings/people", data={"email": "Ida@x.com", "role": "support"}))
    client = dashboard.client()
    page = client.get(link)
    assert "root@x.com invites you" in page.text
    assert "support on default" in page.text
    token = httpx.URL(link).params["token"]
    joined = client.post("/invitation", data={"token": token, "name": "Ida", "password": PASSWORD})
    assert (joined.status_code, joined.url.path) == (200, "/")
    assert client.get("/settings/people").status_code == 403
    again = dashboard.client().get(link)
    assert again.status_code == 404
    assert "expired or was used" in again.text
    log = dashboard.accounts.audit.read()
    assert {("member.invite", "ida@x.com"), ("member.join", "ida@x.com")} <= {
        (e.action, e.target) for e in log
    }


def test_a_changed_role_holds_at_once_and_a_removed_member_is_out(dashboard: Guarded) -> None:
    person = dashboard.person("max@x.com", default=Role.PRODUCT)
    root, max_ = dashboard.signed_in("root@x.com"), dashboard.signed_in("max@x.com")
    assert max_.get("/visits").status_code == 200
    root.post(f"/settings/people/{person}/role", data={"where": "default", "role": "executive"})
    assert max_.get("/visits").status_code == 403
    root.post(f"/settings/people/{person}/remove")
    assert max_.get("/").url.path == "/sign-in"


def test_a_link_for_a_new_password_works_once_and_signs_out_everywhere(dashboard: Guarded) -> None:
    person = dashboard.person("leo@x.com", default=Role.PRODUCT)
    root, leo = dashboard.signed_in("root@x.com"), dashboard.signed_in("leo@x.com")
    link = link_in(root.post(f"/settings/people/{person}/reset"))
    token = httpx.URL(link).params["token"]
    client = dashboard.client()
    assert client.post("/invitation", data={"token": token, "password": FRESH}).url.path == "/"
    assert leo.get("/").url.path == "/sign-in"
    assert (
        dashboard.client().post("/invitation", data={"token": token, "password": PASSWORD}).status_code == 404
    )


def test_an_administrator_of_one_site_reaches_no_further(dashboard: Guarded) -> None:
    dashboard.person("site@x.com", default=Role.ADMINISTRATOR)
    victim = dashboard.person("far@x.com", afterclick=Role.SUPPORT)
    root = dashboard.accounts.members.by_email("root@x.com")
    assert root is not None
    client = dashboard.signed_in("site@x.com")
    page = client.get("/settings/people").text
    assert "far@x.com" not in page
    tries: list[tuple[str, dict[str, str]]] = [
        ("/settings/people", {"email": "evil@x.com", "role": "administrator", "where": "*"}),
        (f"/settings/people/{root.id}/role", {"role": "support", "where": "*"}),
        (f"/settings/people/{root.id}/reset", {}),
        (f"/settings/people/{root.id}/forget-factor", {}),
        (f"/settings/people/{victim}/remove", {}),
    ]
    assert [client.post(path, data=form).status_code for path, form in tries] == [403] * len(tries)
    people = dashboard.accounts.members
    assert people.get(root.id).roles == {"*": Role.ADMINISTRATOR}
    assert people.get(victim).roles == {"afterclick": Role.SUPPORT}


def test_the_last_administrator_is_told_why_they_stay(dashboard: Guarded) -> None:
    root = dashboard.accounts.members.by_email("root@x.com")
    assert root is not None
    answer = dashboard.signed_in("root@x.com").post(f"/settings/people/{root.id}/remove")
    assert answer.status_code == 400
    assert "last administrator" in answer.text


def test_how_good_a_password_is_costs_work_only_for_who_may_choose_one(dashboard: Guarded) -> None:
    ask = {"password": "password123"}
    assert dashboard.client().post("/strength", data=ask).status_code == 404
    told = dashboard.signed_in("root@x.com").post("/strength", data=ask).json()
    assert told["score"] == 0
    assert "breached" in told["words"]


def test_another_sites_page_can_neither_sign_in_nor_change_anything(dashboard: Guarded) -> None:
    client = dashboard.client()
    form = {"email": "root@x.com", "password": PASSWORD}
    for headers in ({"sec-fetch-site": "cross-site"}, {"origin": "https://evil.example"}):
        assert client.post("/sign-in", data=form, headers=headers).status_code == 403
