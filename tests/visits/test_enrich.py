"""What the drain adds to events: device, browser and system, route and step, channel."""

from collections.abc import Mapping

import msgspec
import pyarrow as pa
import pytest
import ua_parser

from afterclick.measure.bound import BOUND
from afterclick.signals import Event
from afterclick.store.drain.decode import decode
from afterclick.visits import enrich
from afterclick.visits.device_class import NO_CUSTOMER
from afterclick.visits.route_rules import RouteRules
from afterclick.visits.routes import Routes

BLINK = "AppleWebKit/537.36 (KHTML, like Gecko)"
PHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_6 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Mobile/15E148"
TABLET = f"Mozilla/5.0 (Linux; Android 14; SM-X810) {BLINK} Chrome/142.0.0.0 Safari/537.36"
DESKTOP = "Mozilla/5.0 (X11; Linux x86_64; rv:145.0) Gecko/20100101 Firefox/145.0"
CUBOT = f"Mozilla/5.0 (Linux; Android 9; CUBOT_X19) {BLINK} Chrome/80.0.1.1 Mobile Safari/537.36"
HEADLESS = f"Mozilla/5.0 (X11; Linux x86_64) {BLINK} HeadlessChrome/142.0.0.0 Safari/537.36"
GOOGLEBOT = "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)"


def enriched(
    *events: Mapping[str, object], routes: Routes | None = None, returns: enrich.Returns | None = None
) -> list[dict[str, object]]:
    """Events through the drain's steps, as rows."""
    base: dict[str, object] = {"site": "shop", "type": "page_view", "time": 1, "received": 1}
    body = b"".join(
        msgspec.json.encode(
            msgspec.convert({**base, "event_id": f"00000000-0000-4000-8000-{n:012d}", **event}, Event)
        )
        + b"\n"
        for n, event in enumerate(events)
    )
    rows: pa.Table = decode("events", [body])
    for step in enrich.steps(routes or Routes(), returns or (lambda _: frozenset())):
        rows = step.apply(rows)
    return rows.to_pylist()


@pytest.mark.parametrize(
    ("agent", "told"),
    [
        (PHONE, ("mobile", "Mobile Safari UI/WKWebView", "iOS")),
        (TABLET, ("tablet", "Chrome", "Android")),
        (DESKTOP, ("desktop", "Firefox", "Linux")),
        (CUBOT, ("mobile", "Chrome Mobile", "Android")),
        (HEADLESS, ("bot", "HeadlessChrome", "Linux")),
        (GOOGLEBOT, ("bot", "Googlebot", "")),
        ("", ("", "", "")),
    ],
)
def test_a_user_agent_tells_device_browser_and_system(agent: str, told: tuple[str, str, str]) -> None:
    [row] = enriched({"user_agent": agent})
    found = (row["device_class"], row["browser"], row["os"])
    assert found == told


def test_what_the_sender_filled_is_left_alone() -> None:
    own = {
        "device_class": "desktop",
        "browser": "Own",
        "os": "Own",
        "route": "/own",
        "step": "own",
        "channel": "own",
    }
    [row] = enriched({**own, "user_agent": PHONE, "path": "/p/1", "referrer": "www.google.com"})
    assert own.items() <= row.items()


def test_a_browser_that_a_program_drives_is_a_bot_though_the_sender_calls_it_a_desktop() -> None:
    rows = enriched(
        {"user_agent": HEADLESS, "device_class": "desktop", "browser": "Chrome"},
        {"user_agent": DESKTOP, "device_class": "tablet"},
    )
    assert [(row["device_class"], row["browser"]) for row in rows] == [
        ("bot", "Chrome"),
        ("tablet", "Firefox"),
    ]


def test_the_route_comes_from_the_path_and_the_step_from_the_route() -> None:
    rows = enriched(
        {"path": "/p/12"}, {"path": "/p/13", "step": "product"}, {}, {"path": "/x", "site": "other"}
    )
    assert [(row["route"], row["step"]) for row in rows] == [
        ("/p/:id", "/p/:id"),
        ("/p/:id", "product"),
        ("", ""),
        ("/x", "/x"),
    ]


def test_rules_give_routes_by_site_and_events_with_a_route_teach_nothing() -> None:
    routes = Routes(RouteRules("shop /x/* -> /x/:any"), values=3)
    rows = enriched(*[{"path": f"/y/{word}", "route": "/own"} for word in "abcdefgh"], routes=routes)
    assert {row["route"] for row in rows} == {"/own"}
    rows = enriched({"path": "/x/a"}, {"path": "/x/a", "site": "other"}, {"path": "/y/z"}, routes=routes)
    assert [row["route"] for row in rows] == ["/x/:any", "/x/a", "/y/z"]


def test_the_channel_is_the_campaign_or_the_kind_of_site_that_referred() -> None:
    rows = enriched(
        {"campaign": "spring", "referrer": "www.google.com"},
        {"referrer": "www.google.com"},
        {"referrer": "mail.google.com"},
        {"referrer": "m.facebook.com"},
        {"referrer": "blog.example"},
        {"referrer": "shop.example", "host": "shop.example"},
        {},
    )
    assert [row["channel"] for row in rows] == ["campaign", "search", "email", "social", "referral", "", ""]


def test_user_agents_are_parsed_by_the_compiled_engine() -> None:
    ua_parser.parse(DESKTOP)
    engine: object = vars(ua_parser.parser.resolver)["parser"]
    assert type(engine).__module__ == "ua_parser.regex"


def test_what_bots_open_teaches_nothing_of_the_routes_of_people() -> None:
    routes = Routes(values=5)
    crawled = [{"path": f"/help/{n}x", "device_class": "bot" if n % 2 else "program"} for n in range(20)]
    enriched(*crawled, routes=routes)
    assert [row["route"] for row in enriched({"path": "/help/returns"}, *crawled[:1], routes=routes)] == [
        "/help/returns",
        "/help/0x",
    ]


def test_what_is_nobodys_here_is_left_out_of_the_population() -> None:
    assert sorted(NO_CUSTOMER) == BOUND["left_out"]


def test_a_return_from_a_host_that_the_site_names_tells_no_channel_at_that_site_alone() -> None:
    views = [
        {"site": site, "referrer": "3ds.bank.example", "host": "shop.example"} for site in ("shop", "other")
    ]

    def returns(site: str) -> frozenset[str]:
        return frozenset({"bank.example"} if site == "shop" else ())

    assert [row["channel"] for row in enriched(*views, returns=returns)] == ["", "referral"]
