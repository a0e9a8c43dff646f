"""Write keys, API keys, shared links and the audit log, as pages and as what they open."""

import csv
import io
import json
import re
from collections.abc import Iterator
from dataclasses import replace

import httpx
import pytest
from starlette.requests import HTTPConnection
from tests.web.desks import keyring_of, served
from tests.web.troubles import an_evidence

from afterclick import web
from afterclick.accounts.audit import Asked
from afterclick.accounts.keyring import Keyring
from afterclick.accounts.policy import ROLES, Capability, Role
from afterclick.accounts.viewer import THIS_MACHINE, Viewer, with_roles
from afterclick.pages import dashboard
from afterclick.resolve import Evidence, Problem
from afterclick.settings import Settings
from afterclick.store.scope import Scope

ORIGIN = "https://shop.example"


@pytest.fixture(scope="module")
def ring(settings: Settings) -> Keyring:
    """The keyring behind the seeded site's pages."""
    return keyring_of(settings)


@pytest.fixture(scope="module")
def page(shop: httpx.Client) -> httpx.Client:
    """A client of the pages."""
    return shop


def acted(ring: Keyring, site: str) -> list[str]:
    return [entry.action for entry in ring.audit.read(Asked(site=site))]


def secret_in(html: str) -> str:
    found = re.search(r'<pre id="made-key"[^>]*>([^<]+)</pre>', html)
    assert found, html
    return found[1]


def test_a_key_is_made_restricted_rotated_and_revoked_on_its_page(
    page: httpx.Client, ring: Keyring, seeded_site: str
) -> None:
    made = page.post("/settings/keys", data={"name": "Web", "origins": f"{ORIGIN}\nhttps://*.shop.net"})
    key = secret_in(made.text)
    assert ring.keys.find(key).origins == {ORIGIN, "https://*.shop.net"}  # pyright: ignore[reportOptionalMemberAccess]
    prefix = key[:9]
    page.post(f"/settings/keys/{prefix}/restrict", data={"origins": ORIGIN, "browsers_only": "true"})
    listed = page.get("/settings/keys").text
    assert ORIGIN in listed and "shop.net" not in listed and "browsers only" in listed  # noqa: PT018
    new = secret_in(page.post(f"/settings/keys/{prefix}/rotate", data={"hours": "1"}).text)
    assert ring.keys.find(key) is not None
    assert page.post(f"/settings/keys/{prefix}/revoke").status_code == 303
    assert ring.keys.find(key) is None
    assert ring.keys.find(new) is not None
    assert acted(ring, seeded_site)[:4] == ["key.revoke", "key.rotate", "key.restrict", "key.create"]


def test_a_key_for_imports_is_shown_once(page: httpx.Client) -> None:
    key = secret_in(page.post("/settings/keys", data={"name": "Import", "historical": "true"}).text)
    again = page.get("/settings/keys").text
    assert key not in again
    assert f"{key[:9]}…" in again


@pytest.mark.parametrize(
    ("path", "form", "says"),
    [
        ("", {"origins": "shop.example"}, "not an origin"),
        ("/ac_000000/rotate", {"hours": "1"}, "no valid key"),
        ("/ac_000000/revoke", {}, "no valid key"),
    ],
)
def test_a_form_that_is_wrong_is_told_so_on_the_page(
    page: httpx.Client, path: str, form: dict[str, str], says: str
) -> None:
    refused = page.post(f"/settings/keys{path}", data=form)
    assert refused.status_code in (400, 404)
    assert says in refused.text


def test_an_api_key_made_on_its_page_reads_the_api_within_its_capabilities_and_no_page(
    page: httpx.Client, shop_url: str, ring: Keyring, seeded_site: str
) -> None:
    made = page.post("/settings/api-keys", data={"name": "Report", "may": ["view"], "days": "7"})
    bearer = {"Authorization": f"Bearer {secret_in(made.text)}"}
    with httpx.Client(base_url=shop_url, headers=bearer, timeout=30) as program:
        assert program.get("/api/v1/problems", params={"site": seeded_site}).status_code == 200
        assert program.get("/api/v1/visits").status_code == 403
        assert program.post("/api/v1/marks", json={"name": "note", "message": "x"}).status_code == 403
        assert program.get("/api/v1/problems", params={"site": "afterclick"}).status_code == 404
        [key] = [one for one in ring.api_keys.list(seeded_site) if one.name == "Report"]
        page.post(f"/settings/api-keys/{key.id}/revoke")
        assert program.get("/api/v1/problems").status_code == 401
    assert acted(ring, seeded_site)[:2] == ["api_key.revoke", "api_key.create"]


def test_an_api_key_that_opens_nothing_is_refused_and_not_taken_for_somebody_else(page: httpx.Client) -> None:
    answer = page.get("/api/v1/problems", headers={"Authorization": "Bearer ack_wrong"})
    assert answer.status_code == 401
    assert "API key" in answer.json()["detail"]


def test_a_link_shows_its_page_without_the_app_around_it_until_it_is_ended(
    page: httpx.Client, shop_url: str, ring: Keyring, seeded_site: str
) -> None:
    page.post("/share", data={"page": "/", "title": "Overview", "days": "7"}, params={"period": "24h"})
    [link] = [one for one in ring.share_links.list(seeded_site) if one.revoked is None]
    assert f"/shared/{link.token}" in page.get("/settings/share").text
    with httpx.Client(base_url=shop_url, timeout=30) as stranger:
        shown = stranger.get(f"/shared/{link.token}")
        assert shown.status_code == 200
        assert "noindex" in shown.headers["x-robots-tag"]
        assert "Good sessions" in shown.text
        for kept_out in ('class="rail"', "/settings", 'name="live"', "data-key", "Make the link"):
            assert kept_out not in shown.text
        assert stranger.get(f"/shared/{link.token[:-2]}").status_code == 404
        page.post(f"/settings/share/{link.id}/revoke")
        assert stranger.get(f"/shared/{link.token}").status_code == 404
    assert acted(ring, seeded_site)[:2] == ["share.revoke", "share.create"]


@pytest.mark.parametrize(
    "path", ["/visits", "/quality", "/settings/keys", "/problems/a/evidence", "/nowhere"]
)
def test_only_a_page_whose_record_says_so_can_be_shared(
    page: httpx.Client, ring: Keyring, seeded_site: str, path: str
) -> None:
    answer = page.post("/share", data={"page": path, "title": "x", "days": "7"})
    assert answer.status_code == 400
    assert "cannot be shared" in answer.text
    assert not any(link.shared.page == path for link in ring.share_links.list(seeded_site))


def test_a_shared_problem_brings_its_evidence_but_no_visits(
    somebody: tuple["As", httpx.Client], ring: Keyring, seeded_site: str, shop_desk: web.Desk
) -> None:
    seen, client = somebody
    seen.viewer = THIS_MACHINE
    problem = shop_desk.problems.problems(seeded_site)[0].id
    client.post("/share", data={"page": f"/problems/{problem}", "title": "Slow", "days": "1"})
    [link] = [one for one in ring.share_links.list(seeded_site) if one.revoked is None]
    assert f'hx-get="/shared/{link.token}/evidence"' in client.get(f"/shared/{link.token}").text
    evidence = client.get(f"/shared/{link.token}/evidence")
    assert evidence.status_code == 200
    assert "When it began" in evidence.text
    assert "Visits that met it" not in evidence.text
    assert "Visits that met it" in client.get(f"/problems/{problem}/evidence").text
    ring.unshare(THIS_MACHINE, seeded_site, link.id)


def test_opening_a_visit_and_looking_for_somebody_stand_in_the_audit_log(
    page: httpx.Client, ring: Keyring, seeded_site: str
) -> None:
    seen = page.get("/api/v1/visits").json()["visits"][0]["session_id"]
    page.get(f"/visits/{seen}")
    page.get("/visits", params={"find": "jana@shop.example"})
    page.get("/visits", params={"person": "7"})
    entries = ring.audit.read(Asked(site=seeded_site), limit=3)
    assert [entry.action for entry in entries] == ["person.view", "visit.search", "visit.view"]
    assert [entry.target for entry in entries] == ["7", "", seen]


def test_the_audit_log_is_filtered_paged_and_exported(
    page: httpx.Client, ring: Keyring, seeded_site: str
) -> None:
    for number in range(103):
        ring.audit.record(THIS_MACHINE, "test.many", f"=evil()-{number:03}", seeded_site)
    first = page.get("/settings/audit", params={"action": "test.many"}).text
    assert "=evil()-102" in first and "=evil()-002" not in first  # noqa: PT018
    older = re.search(r'href="(/settings/audit\?[^"]*before=[^"]*)"', first)
    assert older
    second = page.get(older[1].replace("&amp;", "&")).text
    assert "=evil()-002" in second and "=evil()-102" not in second  # noqa: PT018
    assert "Nothing fits" in page.get("/settings/audit", params={"who": "nobody of this name"}).text
    rows = list(
        csv.DictReader(io.StringIO(page.get("/settings/audit.csv", params={"action": "test.many"}).text))
    )
    assert len(rows) == 103
    assert rows[0]["target"] == "'=evil()-102"
    lines = page.get("/settings/audit.ndjson", params={"action": "test.many"}).text.splitlines()
    assert json.loads(lines[0])["target"] == "=evil()-102"
    assert [entry.action for entry in ring.audit.read(limit=2)] == ["audit.export", "audit.export"]
    assert "hold" in page.get("/settings/audit", params={"check": "1"}).text


@pytest.mark.parametrize(
    "query", [{"since": "soon"}, {"before": "x"}, {"until": "9999-12-31"}, {"before": "9" * 40}]
)
def test_a_filter_that_makes_no_sense_is_refused_in_a_sentence(
    page: httpx.Client, query: dict[str, str]
) -> None:
    assert page.get("/settings/audit", params=query).status_code == 400


class As:
    """The pages as somebody sees them."""

    def __init__(self, desk: web.Desk) -> None:
        self.viewer: Viewer = THIS_MACHINE

        def evidence(scope: Scope, problem: Problem) -> Evidence:
            return an_evidence(problem, (("visit", "page"),))

        self.app = dashboard(replace(desk, recognize=(self._recognize,), evidence=evidence))

    def _recognize(self, _: HTTPConnection) -> Viewer:
        return self.viewer


@pytest.fixture(scope="module")
def somebody(ring: Keyring, shop_desk: web.Desk) -> Iterator[tuple[As, httpx.Client]]:
    seen = As(shop_desk)
    with served(seen.app) as url, httpx.Client(base_url=url, timeout=30) as client:
        yield seen, client


def test_who_audits_one_site_reads_neither_anothers_entries_nor_the_installations(
    somebody: tuple[As, httpx.Client], ring: Keyring, seeded_site: str
) -> None:
    seen, client = somebody
    ring.audit.record(THIS_MACHINE, "scope.test", "elsewhere", "afterclick")
    ring.audit.record(THIS_MACHINE, "scope.test", "everywhere", "")
    ring.audit.record(THIS_MACHINE, "scope.test", "here", seeded_site)
    seen.viewer = with_roles("member", "p1", "a@shop.example", {seeded_site: Role.ADMINISTRATOR})
    for path in ("/settings/audit", "/settings/audit.csv", "/settings/audit.ndjson"):
        for query in ({}, {"of": "afterclick"}, {"of": ""}):
            text = client.get(path, params={"action": "scope.", **query}).text
            assert ("here" in text) is ("of" not in query or query["of"] == "")
            assert "elsewhere" not in text
            assert "everywhere" not in text


def test_an_api_key_or_link_of_somebody_else_is_neither_listed_nor_ended_by_a_colleague(
    somebody: tuple[As, httpx.Client], ring: Keyring, seeded_site: str
) -> None:
    seen, client = somebody
    made, _ = ring.create_api_key(THIS_MACHINE, seeded_site, "Machine", [Capability.VIEW], 7)
    seen.viewer = with_roles("member", "p2", "m@shop.example", {seeded_site: Role.MARKETING})
    assert made.prefix not in client.get("/settings/api-keys").text
    assert client.post(f"/settings/api-keys/{made.id}/revoke").status_code == 404
    assert client.get("/settings/keys").status_code == 403
    assert client.get("/settings/audit").status_code == 403
    seen.viewer = with_roles("member", "p3", "s@shop.example", {seeded_site: Role.SUPPORT})
    offered = client.get("/settings/api-keys").text
    named = {one.value for one in ROLES[Role.SUPPORT] if f'value="{one.value}"' in offered}
    assert named == {"view", "visits", "personal"}
