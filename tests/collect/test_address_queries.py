"""Queries of addresses in texts: cut however they are spelled, and nothing but them."""

import json

import pytest
from tests.collect.conftest import House

from afterclick.collect.passage.cleaning import scrubbed

SCRIPT = "https://h.example/app.js"
FORMS = {
    r"https:\/\/h.example\/cb?code=X": r"https:\/\/h.example\/cb",
    r"https:\\/\\/h.example\\/cb?code=X": r"https:\\/\\/h.example\\/cb",
    "https%3A%2F%2Fh.example%2Fcb%3Fcode%3DX": "https%3A%2F%2Fh.example%2Fcb",
    "https%253A%252F%252Fh.example%252Fcb%253Fcode%253DX": "https%253A%252F%252Fh.example%252Fcb",
    "next=https%3A%2F%2Fh.example%2Fcb%3Fcode%3DX": "next=https%3A%2F%2Fh.example%2Fcb",
    "next=https%3A%2F%2Fh.example%2Fcb%3Fcode%3DX%26b%3Dc&plan=gold": "next=https%3A%2F%2Fh.example%2Fcb&plan=gold",
    "next=https%3A%2F%2Fh.example%2Fcb%3Fname%3DAda%20L&plan=gold": "next=https%3A%2F%2Fh.example%2Fcb&plan=gold",
    "https://h.example/cb%3Fcode=X": "https://h.example/cb",
    "https://h.example/cb&#63;code=X": "https://h.example/cb",
    "https://h.example/cb&quest;code=X": "https://h.example/cb",
    r"https://h.example/cb\u003fcode=X": "https://h.example/cb",
    r"https://h.example/cb?code=X\u0026name=Ada": "https://h.example/cb",
    "https://h.example/cb\uff1fcode=X": "https://h.example/cb",
    "url=/x?code=X": "url=/x",
    "(/x?code=X)": "(/x)",
    "h.example/cb?code=X": "h.example/cb",
    "www.h.example?code=X": "www.h.example",
    "login.php?code=X": "login.php",
    "./x?code=X": "./x",
    "x/y?code=X": "x/y",
    "/my%20page?q=Ada%20L": "/my%20page",
    "https://h.example/#/route?code=X": "https://h.example/#/route",
    "#/route?code=X": "#/route",
    "/a#/b?code=X": "/a#/b",
    "app://cb?code=X": "app://cb",
    "myshop://order/5?email=jane": "myshop://order/5",
    "myshop://order/5?jane": "myshop://order/5",
    "https://h.example/cb#access_tok=X": "https://h.example/cb",
    "https%3A%2F%2Fh.example%2Fcb%23access_tok%3DX": "https%3A%2F%2Fh.example%2Fcb",
    "https://h.example/cb?code=X": "https://h.example/cb",
    "/p?code": "/p",
    "//host/p?code": "//host/p",
    "wss://h.example/p?code": "wss://h.example/p",
    "https://[2001:db8::1]:8443/p?code": "https://[2001:db8::1]:8443/p",
    "https://b\u00fccher.example/p?code": "https://b\u00fccher.example/p",
}


@pytest.mark.parametrize(("text", "becomes"), FORMS.items(), ids=ascii)
def test_a_query_is_cut_however_it_is_spelled(text: str, becomes: str) -> None:
    assert scrubbed(text) == becomes
    assert scrubbed(f"GET {text} failed, see '{text}'") == f"GET {becomes} failed, see '{becomes}'"
    assert scrubbed(becomes) == becomes


def test_a_query_leaves_messages_and_props_of_events(house: House) -> None:
    props = {"href": "https%3A%2F%2Fh.example%2Fcb%3Fcode%3DX"}
    house.post(*(house.event(type="track", name="n", message=text, props=props) for text in FORMS))
    events = house.events()
    assert [event.message for event in events] == list(FORMS.values())
    assert {event.props for event in events} == {
        json.dumps({"href": FORMS[props["href"]]}, separators=(",", ":"))
    }


@pytest.mark.parametrize(
    "text",
    [
        "Is it 3/4? yes=no", "and/or?", "Why?", "a/b?", "Why?x=1", "why%20not%20a/b%3F%20yes=no",
        "\u898b https://h.example/x\uff1f\u53ef\u4ee5", "a/b?c==d", "a/b?x=>1", "WHERE a/2=? AND b=?",
        r"Invalid regular expression: /^\/foo\/?$/: missing /", "Invalid regular expression: /(?:a|b)/",
        "undefined is not an object (evaluating 'e.type?n=1:t=2')", "https://h.example/docs#section-2",
        "https://h.example/#/route", "#price > .a[x=1]", "@scope/pkg@1.2.3", "2026/11/30 12:30", "1Z999AA10123456784",
        "at f (webpack:///./src/App.vue:12:5)", "https://h.example/app.js:12:5", r"C:\new\table",
    ],
)  # fmt: skip
def test_what_asks_or_only_has_a_slash_is_no_query(text: str) -> None:
    assert scrubbed(text) == text


def test_an_error_keeps_its_place_in_a_script_whose_address_has_a_query(house: House) -> None:
    house.post(
        house.event(type="error", source=f"{SCRIPT}?v=3:12:5", message=f"at f ({SCRIPT}?v=3:12:5)"),
        house.event(type="error", source="/app.js?v=3:12", message="failed"),
    )
    one, other = house.events()
    assert (one.source, one.message) == (f"{SCRIPT}:12:5", f"at f ({SCRIPT}:12:5)")
    assert other.source == "/app.js:12"


@pytest.mark.parametrize(
    ("text", "becomes"),
    [
        (f"f@{SCRIPT}?v=3:12:5\ng@{SCRIPT}?v=3:99:5", f"f@{SCRIPT}:12:5\ng@{SCRIPT}:99:5"),
        (f"at g ({SCRIPT}?token=a1b2c3d4:12:5)", f"at g ({SCRIPT}:12:5)"),
        ("at https://h.example/cart?id=7:120:5", "at https://h.example/cart:120:5"),
        ("(see https://h.example/help?a=1), then", "(see https://h.example/help), then"),
        ("https://h.example/cart?id=7.", "https://h.example/cart."),
        ("https%3A%2F%2Fh.example%2Fapp.js%3Fv%3D3%3A12%3A5", "https%3A%2F%2Fh.example%2Fapp.js%3A12%3A5"),
        ("/search?q=f%28x%29 failed", "/search failed"),
        (
            r"{\"url\":\"https:\/\/h.example\/x?a=1\",\"b\":2}",
            r"{\"url\":\"https:\/\/h.example\/x\",\"b\":2}",
        ),
        ("&quot;https://h.example/x?a=1&quot;, b", "&quot;https://h.example/x&quot;, b"),
    ],
)
def test_the_place_and_the_bracket_behind_a_query_stay(text: str, becomes: str) -> None:
    assert scrubbed(text) == becomes


@pytest.mark.parametrize(
    "text",
    [
        "https://h.example/api?user=ann:123456",
        "https://h.example/api?since=2026-11-30T12:30:15",
        "https://h.example/api?since=2026-11-30T12:30:15Z",
        "https://h.example/api?a=1:2:abc",
    ],
)
def test_what_only_looks_like_a_place_goes_with_its_query(text: str) -> None:
    assert scrubbed(text) == "https://h.example/api"
