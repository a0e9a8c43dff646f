"""Connect: the checklist turns as things arrive, the page never disagrees with itself, the lines can be pasted."""

import subprocess
import uuid
from pathlib import Path

import build_assets
import msgspec

from afterclick.accounts import Site
from afterclick.pages.connect.checklist import Item
from afterclick.pages.connect.context import DOORS, Arrived, ConnectPage, connect
from afterclick.pages.connect.frameworks import ERROR_HOOKS, TRACEPARENT
from afterclick.pages.connect.seen import Seen, Served, Visited, seen
from afterclick.signals import Event
from afterclick.store.schema.records import events_table
from afterclick.store.scope import Scope
from afterclick.store.store import Store
from afterclick.web.intake import Intake

NOW = 1_780_000_000_000
KEY, COLLECTOR = "ac_0123", "https://in.example.com"
SHOP = Site("shop", "Tent & Trail", "EUR", "UTC")
DOORS_USED = Intake(
    accepted={"events": 1200, "segment": 7},
    doors={"events": NOW - 3_000, "segment": NOW - 7_200_000},
    last_received=NOW - 3_000,
)


def page(intake: Intake = DOORS_USED, found: Seen | None = None) -> ConnectPage:
    return connect(SHOP, KEY, COLLECTOR, Arrived(intake, found or Seen()), NOW)


def items(visited: Visited, served: Served | None = None) -> dict[str, Item]:
    found = Seen(visited=visited, served=served or Served())
    return {item.id: item for item in page(found=found).checklist}


def test_every_door_says_when_it_last_took_something_and_how_much() -> None:
    lines = {line.name: (line.last, line.records) for line in page().doors}
    assert lines["Browser SDK and our own JSON"] == ("3\u00a0s ago", "1,200")
    assert lines["Segment"] == ("2\u00a0h ago", "7")
    assert lines["Sentry"] == ("", "0")


def test_every_door_has_a_snippet_with_the_readers_own_key() -> None:
    shown = page()
    texts = {one.id: one.text for one in (*shown.snippets, *(s for i in shown.checklist for s in i.snippets))}
    for name in DOORS:
        text = texts[DOORS[name][1]]
        wanted = {"mark": [], "hooks": ['site = "shop"', "in.example.com/hooks/shop"]}
        assert all(part in text for part in wanted.get(name, [KEY, "in.example.com"])), name


def test_the_answer_calls_the_site_by_its_name_and_the_snippets_by_its_id() -> None:
    assert page().answer.text.startswith("Tent & Trail is connected")
    assert page().site == "shop"


def test_a_site_that_only_services_send_for_is_connected() -> None:
    spans_only = page(Intake(accepted={"traces": 5}, doors={"traces": NOW - 9_000}, begun=True))
    assert spans_only.connected
    assert spans_only.answer.text == "Tent & Trail is connected; the last record came 9\u00a0s ago."


def test_a_site_that_was_connected_and_is_quiet_is_not_told_to_begin() -> None:
    quiet = page(Intake(begun=True))
    assert not quiet.connected
    assert quiet.answer.text == "Tent & Trail was connected, but nothing has come in the last 24 hours."


def test_of_a_new_site_nothing_is_seen_and_its_own_lines_are_there() -> None:
    checklist = {item.id: item for item in page(Intake()).checklist}
    assert {item.state for item in checklist.values()} == {"nothing", "untold"}
    assert all(item.snippets for item in checklist.values())
    assert KEY in checklist["pages"].snippets[0].text
    assert "'EUR'" in checklist["orders"].snippets[0].text


def test_a_part_that_few_pages_carry_wants_a_look() -> None:
    many = items(Visited(page_views=1000, last_page_view=NOW - 1000, traced=499))
    assert (many["traced"].state, many["traced"].value) == ("look", "499 of 1,000 page views")
    assert items(Visited(page_views=1000, traced=500))["traced"].state == "seen"


def test_thank_you_pages_without_an_order_want_a_look() -> None:
    missed = items(Visited(page_views=9, visits=3, thanked_visits=3, thanked_without_order=2))["thanks"]
    assert (missed.state, missed.value) == ("look", "2 of 3 visits")
    assert items(Visited(thanked_visits=3))["thanks"].state == "seen"


def test_each_row_turns_when_its_thing_arrives(store: Store, site: str) -> None:
    visit = str(uuid.uuid4())

    def came(type: str, **fields: object) -> dict[str, Item]:
        base = {"site": site, "event_id": str(uuid.uuid4()), "type": type, "time": NOW, "received": NOW}
        base |= {"session_id": visit, "session_start": NOW}
        store.insert("events", events_table([msgspec.convert(base | fields, Event)]), uuid.uuid4().hex)
        return items(seen(store, Scope(site), NOW - 1).visited)

    plain = came("page_view", path="/danke", route="/danke", step="/danke")
    assert {name for name, item in plain.items() if item.state in ("seen", "look")} == {"pages", "thanks"}
    assert plain["consent"].value == "not asked: every page is recorded at once"
    assert plain["thanks"].state == "look"
    more = came("page_view", trace_id="a" * 32, route="/", step="home", release="2.1")
    after = ("traced", "steps", "releases", "users", "orders")
    assert [more[name].state for name in after] == ["seen", "seen", "seen", "nothing", "nothing"]
    agreed = came("page_view", props='{"consent":"given"}')["consent"]
    assert (agreed.state, agreed.value) == ("look", "1 of 3 page views after a yes")
    paid = came("order", order_id="1", revenue=5.0, currency="EUR", user_id="u")
    assert [paid[name].state for name in ("orders", "users", "thanks")] == ["seen", "seen", "seen"]


def test_lines_for_scripts_are_scripts_and_those_for_python_are_python(tmp_path: Path) -> None:
    texts = {one.id: one.text for one in (*TRACEPARENT, *ERROR_HOOKS)}
    compile(texts["django"], "shop/trace.py", "exec")
    for name in ("express", "next", "vue", "react", "angular", "svelte"):
        file = tmp_path / f"{name}.mjs"
        file.write_text(texts[name])
        read = subprocess.run([build_assets.node(), "--check", file], capture_output=True, text=True)
        assert not read.returncode, f"{name}: {read.stderr}"


def test_what_a_server_writes_names_the_header_of_the_trace_standard() -> None:
    assert all("traceparent" in one.text for one in TRACEPARENT)


def test_the_order_is_shown_in_sums_that_the_sites_currency_has() -> None:
    shown = connect(Site("s", "S", "JPY", "Asia/Tokyo"), KEY, COLLECTOR, Arrived(DOORS_USED, Seen()), NOW)
    order = next(item for item in shown.checklist if item.id == "orders").snippets[0].text
    assert "revenue: 60, currency: 'JPY'" in order
