import gzip
import random
import re
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import httpx
import pytest
from tests.web.desks import BUSY, a_desk, accounts_of, served
from tests.web.markup import Page
from tests.web.records import EXAMPLES, PAGES, walk
from tests.web.shopfront import DAY, NOW, Shopper
from tests.web.troubles import a_problem

from afterclick import web
from afterclick.accounts import Site
from afterclick.drops import REASONS
from afterclick.pages import dashboard, folders
from afterclick.resolve import Cause
from afterclick.settings import Settings, load
from afterclick.signals import Event
from afterclick.store.engine.query import Statement
from afterclick.store.schema.records import events_table
from afterclick.store.scope import Scope
from afterclick.store.store import Store
from afterclick.web.assets_built import STATIC

OF_EACH_KIND = ("/problems/reserve", "/problems/rage", "/problems/badge")
EMPTY = [page.path for page in PAGES if page.rail and page.read]


def read(client: httpx.Client, path: str, status: int = 200) -> Page:
    reply = client.get(path)
    assert reply.status_code == status, reply.text[:300]
    return Page(reply.text)


def first_visit(client: httpx.Client) -> str:
    return next(
        one.get("href") for one in read(client, "/visits").all("a") if one.get("href").startswith("/visits/")
    )


@pytest.fixture
def every_page(shop: httpx.Client) -> list[str]:
    return [
        *walk(folders(), {**EXAMPLES, "visit_id": first_visit(shop).removeprefix("/visits/")}),
        *OF_EACH_KIND,
        "/nowhere",
    ]


@pytest.mark.parametrize("path", EMPTY)
def test_a_site_without_data_gets_a_page_that_says_what_to_do(empty: httpx.Client, path: str) -> None:
    assert len(read(empty, path).answer) >= 19


def test_the_empty_overview_holds_the_snippet_with_the_readers_own_key(empty: httpx.Client) -> None:
    page = read(empty, "/")
    assert page.answer == "No visit has been received yet; connect your site to see the first."
    assert 'data-key="ac_0123456789abcdef0123456789abcdef"' in page.all("pre")[0].text


def test_the_overview_answers_with_the_problem_that_costs_most(shop: httpx.Client) -> None:
    said = read(shop, "/").answer
    assert said == (
        "Payment for card network amex has been losing about €4,200 a day (€2,900 to €5,600) since Monday 23:20, "
        "€6,300 in all, because payment → acquirer takes 3.1\u00a0s more than usual."
    ).replace("\u00a0", " ")


def test_the_overview_shows_felt_did_and_paid_with_their_comparison(shop: httpx.Client) -> None:
    page = read(shop, "/")
    tiles = {one.get("id").removeprefix("tile-") for one in page.by_class("tile")}
    assert tiles == {
        "good_session",
        "lcp",
        "inp",
        "cls",
        "error",
        "rating",
        "visits",
        "people",
        "conversion",
        "revenue",
        "orders",
        "risk",
        "everything",
    }
    said = [" ".join(one.text.split()) for one in page.by_class("change")]
    assert all("no clear change" in one or "which is" in one or "to tell a change" in one for one in said), (
        said
    )
    assert "€5,200 to €11,300" in page.by_class("wide")[0].text


def test_the_overview_says_of_a_problem_whose_price_was_refused_that_its_cost_is_unknown(
    shop: httpx.Client,
) -> None:
    rows = [" ".join(one.text.split()) for one in read(shop, "/").all("li")]
    (refused,) = [row for row in rows if row.startswith("Checkout fails")]
    assert refused.endswith("cost unknown")


def test_the_overview_calls_a_loss_that_may_be_none_no_clear_loss(shop: httpx.Client) -> None:
    rows = [" ".join(one.text.split()) for one in read(shop, "/").all("li")]
    (photo,) = [row for row in rows if row.startswith("Product is slow")]
    assert photo.endswith("no clear loss (−€240 to €4,300)")


def test_problems_stand_dearest_first_then_unpriced_then_closed(shop: httpx.Client) -> None:
    titles = [one.text.strip() for one in read(shop, "/problems").all("h3")]
    assert titles == [
        "Payment is slow for card network amex",
        "Product is slow",
        "Checkout fails",
        "Cart frustrates on phones",
        "List is slow",
    ]


@pytest.mark.parametrize(
    ("problem", "words"),
    [
        ("reserve", "its cost is unknown: no visit without the error is left to compare with"),
        ("rage", "not priced yet: 18 visits met it; a price needs 30"),
        ("photo", "so far no clear loss (−€240 to €4,300)"),
        ("badge", "lost about €6,300 (€4,350 to €8,400) from 9 Nov 11:20 until 10 Nov 11:20"),
    ],
)
def test_a_problem_that_is_not_priced_and_open_says_how_it_stands(
    shop: httpx.Client, problem: str, words: str
) -> None:
    assert words in read(shop, f"/problems/{problem}").answer


def test_a_problems_evidence_shows_both_sides_the_onset_and_the_culprit(shop: httpx.Client) -> None:
    page = read(shop, "/problems/amex-payment/evidence")
    words = " ".join(one.text for one in page.all("section"))
    assert "median 3.61\u00a0s against 260\u00a0ms" in words
    assert "98 of 212" in words
    embedded = next(one.text for one in page.all("script") if one.get("id") == "exposure-data")
    assert '"kind":"onset"' in embedded


def test_a_visit_tells_its_trail_with_the_trace_inline(
    shop: httpx.Client, store: Store, seeded_site: str
) -> None:
    paid = read(shop, "/visits?paid=yes").all("tbody")[0].inside
    page = read(shop, next(one.get("href") for one in paid if one.tag == "a"))
    assert "and paid €" in page.answer
    steps = [one.text.split()[0] for one in page.all("h3")]
    assert steps == ["Home", "List", "Product", "Cart", "Checkout", "Payment", "Thanks"]
    assert [one.text for one in page.by_class("waterfall")[0].inside if one.tag == "b"] == [
        "storefront",
        "checkout",
        "payment",
        "payment",
    ]


def test_traces_that_a_simulator_wrote_are_labelled(
    shop: httpx.Client, store: Store, seeded_site: str
) -> None:
    sql = (
        "SELECT toString(session_id) AS id FROM trace_visits WHERE site = {site:String} AND trace_id IN "
        "(SELECT trace_id FROM spans WHERE site = {site:String} GROUP BY trace_id HAVING min(generated) = 1) LIMIT 1"
    )
    found = store.arrow(Scope(seeded_site), Statement("generated", sql)).to_pylist()[0]["id"]
    assert any(one.text == "generated" for one in read(shop, f"/visits/{found}").by_class("tag"))


def test_data_quality_counts_what_was_dropped_by_reason(shop: httpx.Client) -> None:
    page = read(shop, "/quality")
    assert (
        page.answer
        == "245,252 records were accepted in the last 24 hours and 359 (0.15%) were dropped; the newest came 2 s ago."
    )
    [dropped] = [row for row in page.all("tr") if row.text.startswith("future")]
    reason = REASONS["future"]
    assert reason.words in dropped.text
    assert reason.remedy.replace("`", "") in dropped.text
    assert "sent so" in dropped.text
    assert any(
        "412 records of the last 24 hours had the sender's clock put right" in one.text
        for one in page.all("dd")
    )


def test_before_anybody_has_an_account_the_page_of_people_says_what_to_do(
    empty_desk: web.Desk, tmp_path: Path
) -> None:
    accounts = accounts_of(load({"AFTERCLICK_DATA": str(tmp_path)}))
    accounts.sites.create(Site(empty_desk.scope.site, "Shop", "EUR", "UTC"))
    desk = replace(empty_desk, accounts=accounts)
    with served(dashboard(desk), desk.live) as url, httpx.Client(base_url=url, timeout=30) as client:
        page = read(client, "/settings/people")
    assert page.answer.startswith("Nobody has an account on ")
    assert page.answer.endswith("invite the first below.")


def test_connect_shows_otlp_settings_and_the_last_record(shop: httpx.Client) -> None:
    page = read(shop, "/connect")
    assert "the last record came 2 s ago" in page.answer
    assert any("OTEL_EXPORTER_OTLP_ENDPOINT=http://127.0.0.1:4318" in one.text for one in page.all("pre"))


def test_filters_and_period_are_in_the_url_and_narrow_the_visits(shop: httpx.Client) -> None:
    whole = len(read(shop, "/visits?period=30d&device=desktop").all("tbody")[0].text)
    page = read(shop, "/visits?period=30d&device=desktop&felt=slow&step=payment")
    rows = page.all("tbody")[0]
    assert 0 < len(rows.text) < whole
    assert "mobile" not in rows.text
    assert all("slow page" in one.text for one in rows.inside if one.tag == "tr")
    chosen = {one.get("value") for one in page.all("option") if "selected" in one.attributes}
    assert chosen == {"desktop", "slow", "payment"}


def test_older_visits_go_on_where_the_page_ended(shop: httpx.Client) -> None:
    first = read(shop, "/visits?period=30d")
    older = next(one.get("href") for one in first.all("a") if "before=" in one.get("href"))
    ids = [
        {one.get("href") for one in page.all("tbody")[0].inside if one.tag == "a"}
        for page in (first, read(shop, older))
    ]
    assert len(ids[0]) == len(ids[1]) == 50
    assert not ids[0] & ids[1]


def test_search_finds_a_visit_by_its_id_and_by_its_order(
    shop: httpx.Client, store: Store, seeded_site: str
) -> None:
    visit = first_visit(shop).split("/")[2].split("?")[0]
    assert shop.get("/visits", params={"find": visit}).headers["location"].startswith(f"/visits/{visit}")
    sql = "SELECT order_id, toString(session_id) AS id FROM orders WHERE site = {site:String} LIMIT 1"
    order = store.arrow(Scope(seeded_site), Statement("order", sql)).to_pylist()[0]
    assert order["id"] in shop.get("/visits", params={"find": order["order_id"], "period": "30d"}).text


def test_dates_make_a_period_that_links_keep(shop: httpx.Client) -> None:
    page = read(shop, "/?from=2026-11-10&to=2026-11-12")
    assert "2026-11-10 to 2026-11-12" in page.by_class("eyebrow")[0].text
    assert "/problems?period=2026-11-10..2026-11-12" in {one.get("href") for one in page.all("a")}


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/?period=forever", 400),
        ("/?period=2026-02-30..2026-03-01", 400),
        ("/?from=2026-11-10", 400),
        ("/?site=elsewhere", 404),
        ("/problems/none", 404),
        ("/visits/not-a-uuid", 404),
        ("/visits/01a00000-0000-7000-8000-000000000000", 404),
        ("/visits?before=x", 400),
        ("/visits?felt=bad", 400),
        ("/nowhere", 404),
    ],
)
def test_a_bad_address_gets_its_status_and_one_sentence(shop: httpx.Client, path: str, status: int) -> None:
    assert read(shop, path, status).answer.endswith(".")


def test_nothing_is_inline_and_every_page_has_the_policy_that_forbids_it(
    shop: httpx.Client, every_page: list[str]
) -> None:
    for path in [*every_page, "/problems/amex-payment/evidence"]:
        reply = shop.get(path)
        page = Page(reply.text)
        assert "'unsafe" not in reply.headers["content-security-policy"]
        assert all(one.get("src") or one.get("type") == "application/json" for one in page.all("script"))
        assert not page.all("style")
        assert not [
            name
            for one in page.elements
            for name in one.attributes
            if name == "style" or name.startswith("on")
        ]


def test_every_control_has_a_name_and_every_page_one_h1_and_an_order_of_headings(
    shop: httpx.Client, every_page: list[str]
) -> None:
    for path in every_page:
        page = Page(shop.get(path).text)
        assert len(page.all("h1")) == 1, path
        levels = [int(one.tag[1]) for one in page.all("h1", "h2", "h3", "h4")]
        assert all(after - before <= 1 for before, after in pairwise(levels)), (path, levels)
        labelled = {label.get("for") for label in page.all("label")} - {""}
        for one in page.all("input", "select", "button", "a"):
            if one.get("type") == "hidden":
                continue
            named = (
                one.text.strip()
                or one.get("aria-label")
                or one.get("id") in labelled
                or any(parent.tag == "label" for parent in one.parents)
            )
            assert named, (path, one.tag, one.attributes)
        ids = [one.get("id") for one in page.elements if one.get("id")]
        assert len(ids) == len(set(ids)), path
        assert {one.get("aria-labelledby") for one in page.elements} - {""} <= set(ids), path
        assert page.all("html")[0].get("lang") == "en"


def test_hostile_content_is_shown_as_text(store: Store, settings: Settings, site: str) -> None:
    evil = "</script><script>alert(1)</script>\"'><img src=x onerror=alert(2)>"
    one = Shopper(
        site, random.Random(1), NOW - 3_600_000, {"country": evil, "campaign": evil, "user_id": evil}
    )
    one.open(0, 10, 900.0)
    one.add("error", 5, name=evil, message=evil, source=evil)
    one.add("rating", 5, value=1.0, message=evil)
    mark = Event(
        site=site,
        event_id="7f000000-0000-4000-8000-000000000001",
        type="mark",
        time=NOW - 7_200_000,
        received=NOW,
        name="note",
        message=evil,
    )
    store.insert("events", events_table([*one.events, mark]), f"evil-{site}")
    cause = Cause(kind="page", element=evil, sentence=f"`{evil}` is slow")
    problem = a_problem(site, segment={evil: evil}, cause=cause, step=evil)
    desk = a_desk(store, settings, site, [problem], BUSY)
    with served(dashboard(desk), desk.live) as url, httpx.Client(base_url=url, timeout=30) as client:
        for path in (
            "/",
            "/problems",
            "/problems/amex-payment",
            "/problems/amex-payment/evidence",
            "/visits",
            f"/visits/{one.session_id}",
            f"/visits?find={evil}",
        ):
            reply = client.get(path)
            assert reply.status_code == 200, path
            assert "<img" not in reply.text, path
            assert "<script>" not in reply.text, path


def test_a_page_with_all_it_loads_weighs_under_400_kilobytes_gzipped(shop: httpx.Client) -> None:
    page = shop.get("/")
    sent = len(gzip.compress(page.content)) + sum(
        len(gzip.compress(file.read_bytes()))
        for file in STATIC.iterdir()
        if re.search(r"\.(js|css)$|-latin-(wght|400)", file.name)
    )
    assert sent < 400_000


def test_files_are_kept_for_ever_and_pages_never(shop: httpx.Client) -> None:
    page = shop.get("/")
    style = next(one.get("href") for one in Page(page.text).all("link") if one.get("rel") == "stylesheet")
    assert "immutable" in shop.get(style).headers["cache-control"]
    assert page.headers["cache-control"] == "no-store"
    assert page.headers["content-encoding"] == "gzip"


def test_our_own_pages_report_to_a_site_of_their_own(store: Store, settings: Settings, site: str) -> None:
    desk = a_desk(store, settings, site, [], BUSY)

    def key(wanted: str) -> str:
        return f"ac_{wanted}"

    desk = replace(desk, key=key)
    with served(dashboard(desk), desk.live) as url:
        page = Page(httpx.get(url).text)
    sdk = next(one for one in page.all("script") if one.get("src").endswith("/sdk/afterclick.js"))
    assert sdk.get("src") == "http://127.0.0.1:4318/sdk/afterclick.js"
    assert sdk.get("data-key") == "ac_afterclick"


def test_seven_days_and_the_seven_before_them_are_told_apart_to_the_minute(
    store: Store, settings: Settings, site: str
) -> None:
    rng, events = random.Random(2), list[Event]()
    # Forty visits begin within the seven days, thirty-five within those before, ten before all of them.
    for offset, n in (
        (7 * DAY - 60_000, 40),
        (7 * DAY + 60_000, 15),
        (14 * DAY - 60_000, 20),
        (14 * DAY + 60_000, 10),
    ):
        for _ in range(n):
            one = Shopper(site, rng, NOW - offset, {"device_class": "mobile"})
            one.open(0, 10, 900.0)
            events += one.events
    store.insert("events", events_table(events), f"compare-{site}")
    desk = a_desk(store, settings, site, [], BUSY)
    with served(dashboard(desk), desk.live) as url:
        tile = next(
            one for one in httpx.get(f"{url}/api/v1/overview").json()["did"] if one["key"] == "visits"
        )
    assert (tile["value"], tile["before"]) == (40, 35)


def test_a_period_with_hardly_a_visit_is_nothing_to_compare_with(
    store: Store, settings: Settings, site: str
) -> None:
    rng, events = random.Random(3), list[Event]()
    for offset, n in ((3_600_000, 40), (7 * DAY + 3_600_000, 3)):
        for _ in range(n):
            one = Shopper(site, rng, NOW - offset, {"device_class": "mobile"})
            one.open(0, 10, 900.0)
            events += one.events
    store.insert("events", events_table(events), f"hardly-{site}")
    desk = a_desk(store, settings, site, [], BUSY)
    with served(dashboard(desk), desk.live) as url:
        tile = next(
            one for one in httpx.get(f"{url}/api/v1/overview").json()["did"] if one["key"] == "visits"
        )
    assert (tile["value"], tile["change"]) == (40, None)
    assert tile["no_change"] == "only 3 visits before; 100 are compared"
