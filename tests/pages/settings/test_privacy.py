"""The Privacy page: a person looked up, exported and erased with a typed confirmation; what the site keeps."""

import io
import re
import uuid
import zipfile
from collections.abc import Iterator
from dataclasses import replace

import httpx
import pytest
from starlette.requests import HTTPConnection
from tests.web.desks import a_desk, served

from afterclick import web
from afterclick.accounts.policy import Role
from afterclick.accounts.site_privacy import RulesWanted, SiteRules
from afterclick.accounts.viewer import Viewer, with_roles
from afterclick.pages import dashboard
from afterclick.settings import Settings
from afterclick.signals import Event
from afterclick.store.schema.records import events_table
from afterclick.store.store import Store
from afterclick.web.intake import Intake

NOON = 1_780_315_200_000
"""2026-06-01 12:00 UTC."""
PATH = "/settings/privacy"


@pytest.fixture(scope="module")
def desk(store: Store, settings: Settings) -> web.Desk:
    return a_desk(store, settings, f"site-{uuid.uuid4().hex[:12]}", [], Intake())


@pytest.fixture(scope="module")
def client(desk: web.Desk) -> Iterator[httpx.Client]:
    with served(dashboard(desk), desk.live) as url, httpx.Client(base_url=url, timeout=60) as opened:
        yield opened


@pytest.fixture
def ada(store: Store, desk: web.Desk) -> str:
    """A customer with two events."""
    who = f"ada-{uuid.uuid4().hex[:12]}"
    events = [
        Event(
            site=desk.scope.site,
            event_id=str(uuid.uuid4()),
            type="search",
            time=NOON,
            received=NOON,
            user_id=who,
        )
        for _ in range(2)
    ]
    store.insert("events", events_table(events), who)
    return who


def words(answer: httpx.Response) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.text))


def test_before_anything_was_asked_the_page_says_what_to_do(store: Store, settings: Settings) -> None:
    bare = a_desk(store, settings, f"site-{uuid.uuid4().hex[:12]}", [], Intake())
    with served(dashboard(bare), bare.live) as url:
        page = words(httpx.get(url + PATH))
    assert "nobody has asked for theirs yet" in page
    assert "when they ask to be forgotten, erase them" in page


def test_a_person_is_shown_by_counts_and_never_stands_in_an_address(client: httpx.Client, ada: str) -> None:
    answer = client.post(PATH, data={"who": ada})
    assert "2 records" in words(answer)
    assert ada not in str(answer.url)
    assert all(ada not in address for address in re.findall(r'(?:href|action|hx-get)="([^"]*)"', answer.text))


def test_the_archive_is_downloaded_and_listed_without_naming_the_person(
    client: httpx.Client, ada: str
) -> None:
    answer = client.post(PATH + "/export", data={"who": ada})
    assert answer.headers["content-type"] == "application/zip"
    assert "attachment" in answer.headers["content-disposition"]
    assert ada.encode() in zipfile.ZipFile(io.BytesIO(answer.content)).read("events.ndjson")
    page = client.get(PATH)
    assert "Export" in page.text
    assert ada not in page.text


def test_nobody_is_erased_before_their_id_is_typed_again(
    client: httpx.Client, desk: web.Desk, ada: str
) -> None:
    refused = client.post(PATH + "/erase", data={"who": ada, "typed": "ad"})
    assert refused.status_code == 400
    assert "Nothing was erased" in refused.text
    assert "2 records" in words(client.post(PATH, data={"who": ada}))
    assert client.post(PATH + "/erase", data={"who": ada, "typed": ada}).status_code == 303
    page = client.get(PATH)
    assert "<progress" in page.text
    assert 'hx-trigger="every 1s"' in page.text
    desk.privacy.run_due()
    assert "<progress" not in client.get(PATH).text
    after = words(client.post(PATH, data={"who": ada}))
    assert "No record" in after
    assert "erased before" in after
    allowed = client.post(PATH + "/allow", data={"who": ada})
    assert "kept again" in allowed.text
    assert "erased before" not in client.post(PATH, data={"who": ada}).text


@pytest.mark.parametrize("who", ["", "guest", "user:null"])
def test_an_id_that_stands_for_nobody_is_refused_in_one_sentence(client: httpx.Client, who: str) -> None:
    for path in (PATH, PATH + "/export", PATH + "/erase"):
        answer = client.post(path, data={"who": who, "typed": who})
        assert answer.status_code == 400
        assert "names no" in answer.text


def test_what_the_site_keeps_is_changed_and_shown(client: httpx.Client, desk: web.Desk) -> None:
    rules = {
        "retention_days": "90", "without_consent": "anonymise", "place": "country", "kept_query": "sort, category",
        "internal_networks": "203.0.113.9/24, 2001:DB8::1",
    }  # fmt: skip
    page = client.post(PATH + "/rules", data=rules)
    assert "Kept; collectors follow" in page.text
    kept = desk.site_privacy.get(desk.scope.site)
    assert (kept.retention_days, kept.without_consent, kept.honour_signals, kept.place, kept.kept_query) == (
        90, "anonymise", False, "country", ("sort", "category"),
    )  # fmt: skip
    assert kept.internal_networks == ("203.0.113.0/24", "2001:db8::1/128")
    assert "203.0.113.0/24, 2001:db8::1/128" in client.get(PATH).text
    assert "Records are kept for 90 days" in words(client.get(PATH))
    most = desk.settings.retention_days
    longer = client.post(PATH + "/rules", data=rules | {"retention_days": str(most + 100)})
    assert f'max="{most}" value="{most}"' in longer.text
    client.post(PATH + "/rules", data=rules)
    refused = client.post(PATH + "/rules", data=rules | {"kept_query": "a b", "retention_days": "ninety"})
    assert refused.status_code == 400
    for typed in ('value="ninety"', 'value="a b"', 'value="anonymise" selected', "203.0.113.9/24"):
        assert typed in refused.text
    assert client.post(PATH + "/rules", data=rules | {"place": "street"}).status_code == 400
    for odd in ("10.0.0.0/33", "office", "0.0.0.0/0", "::/0"):
        assert client.post(PATH + "/rules", data=rules | {"internal_networks": odd}).status_code == 400, odd
    assert desk.site_privacy.get(desk.scope.site) == kept


def test_support_may_erase_but_not_change_what_the_site_keeps(desk: web.Desk, ada: str) -> None:
    support = with_roles("member", "s", "sam@x.com", {desk.scope.site: Role.SUPPORT})

    def recognize(_: HTTPConnection) -> Viewer:
        return support

    app = dashboard(replace(desk, recognize=(recognize,), live=web.Broadcaster()))
    with served(app) as url, httpx.Client(base_url=url, timeout=60) as client:
        page = client.post(PATH, data={"who": ada})
        assert "Erase this person" in page.text
        assert "Keep these rules" not in page.text
        assert client.post(PATH + "/rules", data={}).status_code == 403


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("retention_days", 9),
        ("without_consent", "drop"),
        ("honour_signals", True),
        ("place", "none"),
        ("kept_query", ["b"]),
        ("internal_networks", ["198.51.100.0/24"]),
    ],
)
def test_rules_that_are_left_out_stay_as_they_are(client: httpx.Client, name: str, value: object) -> None:
    rules = {
        "retention_days": 30, "without_consent": "anonymise", "honour_signals": False, "place": "country",
        "kept_query": ["a"], "internal_networks": ["2001:db8::/48"],
    }  # fmt: skip
    assert client.put("/api/v1/privacy/rules", json=rules).status_code == 204
    assert client.put("/api/v1/privacy/rules", json={name: value}).status_code == 204
    assert client.get("/api/v1/privacy/rules").json() == rules | {name: value}
    assert client.put("/api/v1/privacy/rules", json={}).status_code == 204
    assert client.get("/api/v1/privacy/rules").json() == rules | {name: value}
    assert set(RulesWanted.__struct_fields__) == set(SiteRules.__struct_fields__) == set(rules)
