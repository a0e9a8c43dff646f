"""What is kept of Sentry's errors beside name and message."""

import json
from typing import Any

import pytest
from tests.collect.conftest import NOW, House

from afterclick.signals import Event

PATH = "/api/1/envelope/"
SECONDS = NOW / 1000 - 10
TRACE = "a5b625d567c04ec6a4641537f224b93a"


def send(house: House, **more: object) -> list[Event]:
    event: dict[str, object] = {
        "timestamp": SECONDS,
        "platform": "javascript",
        "exception": {"values": [{"type": "TypeError", "value": "no cart"}]},
        "contexts": {"trace": {"trace_id": TRACE, "span_id": "bdcd4603f24236bb"}},
    }
    house.send(b'{}\n{"type":"event"}\n' + json.dumps(event | more).encode(), PATH)
    return house.events()


def props(event: Event) -> dict[str, Any]:
    return json.loads(event.props)


def frames(number: int) -> list[dict[str, object]]:
    return [{"filename": f"/{one}.py", "function": f"f{one}", "lineno": one + 1} for one in range(number)]


@pytest.mark.parametrize("number", [1, 3, 100])
def test_every_frame_is_kept_the_innermost_first(house: House, number: int) -> None:
    thrown = {"type": "E", "value": "x", "stacktrace": {"frames": frames(number)}}
    [event] = send(house, exception={"values": [thrown]})
    lines = props(event)["stack"].split("\n")
    told = [f"at f{one} (/{one}.py:{one + 1})" for one in reversed(range(number))]
    assert lines == told[: len(lines)]
    assert len(lines) == number or sum(map(len, told)) > 2048 - 100


def test_a_stack_without_end_is_cut_in_its_middle_and_says_so(house: House) -> None:
    short = [{"function": "f", "filename": "a"} for _ in range(5000)]
    [event] = send(house, exception={"values": [{"type": "E", "stacktrace": {"frames": short}}]})
    assert "... 4900 more" in props(event)["stack"]
    assert props(event)["stack"].count("\n") == 100


def test_the_causes_of_a_chain_are_kept_the_nearest_first(house: House) -> None:
    chain = [{"type": "OSError", "value": "disk"}, {"type": "KeyError", "value": "cart of ada@example.org"}]
    [event] = send(house, exception={"values": [*chain, {"type": "ShopError", "value": "no order"}]})
    assert (event.name, event.message) == ("ShopError", "no order")
    assert props(event)["causes"] == "KeyError: cart of [email]\nOSError: disk"


def test_browser_os_environment_server_and_fingerprint_are_kept(house: House) -> None:
    contexts = {"browser": {"name": "Firefox", "version": "145"}, "os": {"name": "Linux"}, "device": {"x": 1}}
    [event] = send(
        house, contexts=contexts, environment="staging", server_name="web-3", fingerprint=["{{ default }}", 7]
    )
    assert (event.browser, event.os, event.tags) == ("Firefox", "Linux", ["environment=staging"])
    assert (props(event)["server_name"], props(event)["fingerprint"]) == ("web-3", "{{ default }} 7")


CRUMBS = [
    {"timestamp": SECONDS - 2, "category": "ui.click", "message": "button#pay"},
    {
        "timestamp": SECONDS - 1,
        "category": "fetch",
        "data": {"url": "/api/pay?token=x", "status_code": 500},
        "level": "error",
    },
    {"category": "console", "message": "without a time"},
]


@pytest.mark.parametrize("told", [CRUMBS, {"values": CRUMBS}])
def test_breadcrumbs_are_entries_of_the_visit_once_however_often_they_come(
    house: House, told: object
) -> None:
    send(house, breadcrumbs=told)
    error, click, fetch, second = send(house, breadcrumbs=told, timestamp=SECONDS + 1)
    assert (error.type, second.type) == ("error", "error")
    assert [(one.type, one.name, one.time) for one in (click, fetch)] == [
        ("track", "breadcrumb", round((SECONDS - 2) * 1000)),
        ("track", "breadcrumb", round((SECONDS - 1) * 1000)),
    ]
    assert click.message == "button#pay"
    assert props(fetch) == {"category": "fetch", "level": "error", "url": "/api/pay", "status_code": 500}
    assert {(one.session_key, one.page_view_id, one.trace_id) for one in (click, fetch)} == {
        (error.session_key, error.page_view_id, error.trace_id)
    }


FIRST, SECOND = "https://shop.example/product/42", "https://shop.example/checkout?step=1"
LATER = "b5b625d567c04ec6a4641537f224b93b"
ROUTED = [
    {"timestamp": SECONDS - 5, "category": "ui.click", "message": "button#add"},
    {"timestamp": SECONDS - 4, "category": "navigation", "data": {"from": "/product/42", "to": "/checkout"}},
    {"timestamp": SECONDS - 3, "category": "ui.click", "message": "button#pay"},
]


def on_page(url: str, trace: str, integrations: list[str]) -> dict[str, object]:
    return {
        "request": {"url": url, "headers": {"User-Agent": "Mozilla/5.0 (Test)"}},
        "contexts": {"trace": {"trace_id": trace, "span_id": "bdcd4603f24236bb"}},
        "sdk": {"name": "sentry.javascript.browser", "integrations": integrations},
    }


def test_a_breadcrumb_from_before_a_change_of_the_route_stands_once_on_its_own_page(house: House) -> None:
    tracing = ["Breadcrumbs", "BrowserTracing"]
    send(house, breadcrumbs=ROUTED[:1], **on_page(FIRST, TRACE, tracing))
    after = on_page(SECOND, LATER, tracing) | {"user": {"id": "7"}}
    found = send(house, breadcrumbs=ROUTED, timestamp=SECONDS + 1, **after)
    crumbs = [one for one in found if one.name == "breadcrumb"]
    assert [(one.message, one.path, one.session_key, one.trace_id) for one in crumbs] == [
        ("button#add", "/product/42", TRACE, TRACE),
        ("", "/checkout", LATER, LATER),
        ("button#pay", "/checkout", LATER, LATER),
    ]


@pytest.mark.parametrize(
    ("integrations", "visit", "trace"), [(["BrowserTracing"], "", ""), (["Breadcrumbs"], TRACE, TRACE)]
)
def test_what_was_before_a_change_of_the_route_has_its_path_and_no_visit_that_began_later(
    house: House, integrations: list[str], visit: str, trace: str
) -> None:
    _, before, *_ = send(house, breadcrumbs=ROUTED, **on_page(SECOND, TRACE, integrations))
    assert (before.message, before.path) == ("button#add", "/product/42")
    assert (before.session_key, before.trace_id) == (visit, trace)


def test_a_visit_that_the_site_names_goes_on_where_the_route_changes(house: House) -> None:
    tags = {"session.id": "visit-7"}
    found = send(house, breadcrumbs=ROUTED, tags=tags, **on_page(SECOND, TRACE, ["BrowserTracing"]))
    assert {one.session_key for one in found} == {"visit-7"}
    assert [bool(one.trace_id) for one in found] == [True, False, True, True]


def test_a_route_that_was_left_without_an_address_leaves_the_path_empty(house: House) -> None:
    gone = {"timestamp": SECONDS - 4, "category": "navigation", "data": {"to": "/checkout"}}
    _, before, _ = send(house, breadcrumbs=[ROUTED[0], gone], **on_page(SECOND, TRACE, []))
    assert before.path == ""


@pytest.mark.parametrize("platform", ["node", "python", "javascript"])
def test_a_servers_own_system_describes_no_customer(house: House, platform: str) -> None:
    contexts = {
        "os": {"name": "Debian"},
        "runtime": {"name": "node"},
        "trace": {"trace_id": TRACE, "span_id": "bdcd4603f24236bb"},
    }
    [event] = send(house, platform=platform, contexts=contexts, user={"id": "7"})
    assert (event.os, event.browser, event.user_id) == ("", "", "7")
    assert (event.session_key, event.trace_id) == ("", TRACE)


def test_an_apps_system_describes_its_customer(house: House) -> None:
    [event] = send(house, platform="java", contexts={"os": {"name": "Android"}})
    assert event.os == "Android"


def test_of_many_breadcrumbs_the_last_thirty_are_kept_and_none_of_nobody(house: House) -> None:
    crumbs = [{"timestamp": SECONDS - 100 + one, "message": str(one)} for one in range(100)]
    found = [one.message for one in send(house, breadcrumbs=crumbs) if one.name == "breadcrumb"]
    assert found == [str(one) for one in range(70, 100)]
    assert len(send(house, breadcrumbs=crumbs, contexts={}, timestamp=SECONDS + 1)) == 32


def test_queries_and_fragments_that_have_names_of_their_own_are_not_kept_of_a_breadcrumb(
    house: House,
) -> None:
    data = {
        "url": "https://acquirer.example/authorize?name=Ada#frag=secretfrag",
        "http.query": "name=Ada+Lovelace&reset=9f8e7d6c5b4a",
        "http.fragment": "frag=secretfrag",
        "http.method": "GET",
    }
    crumb = {"timestamp": SECONDS - 1, "category": "httplib", "type": "http", "data": data}
    _, kept = send(house, breadcrumbs=[crumb])
    assert props(kept) == {
        "category": "httplib",
        "http.method": "GET",
        "url": "https://acquirer.example/authorize",
    }
