"""The query of a page's address: what tells the campaign and the channel, what is kept, what is dropped."""

import json
from collections.abc import Callable
from urllib.parse import urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.collect.conftest import House

from afterclick.collect.event.channel import channel_of
from afterclick.collect.event.page_address import page_of

CHANNELS = [
    ("utm_source=google&utm_medium=cpc", "paid-search"),
    ("utm_source=bing&utm_medium=PPC", "paid-search"),
    ("gclid=abc", "paid-search"),
    ("msclkid=abc&utm_source=bing", "paid-search"),
    ("utm_source=facebook&utm_medium=paid", "paid-social"),
    ("utm_source=ig&utm_medium=paid_social", "paid-social"),
    ("ttclid=abc", "paid-social"),
    ("utm_source=youtube.com&utm_medium=cpv", "paid-video"),
    ("utm_source=partner.example&utm_medium=cpc", "paid-other"),
    ("utm_source=google&utm_medium=display", "display"),
    ("utm_source=x&utm_medium=banner", "display"),
    ("utm_source=google&utm_medium=cpm", "display"),
    ("gclid=abc&utm_medium=display", "display"),
    ("dclid=abc", "display"),
    ("utm_source=news&utm_medium=email", "email"),
    ("utm_source=newsletter", "email"),
    ("utm_medium=e-mail", "email"),
    ("utm_source=awin&utm_medium=affiliate", "affiliate"),
    ("utm_medium=affiliates", "affiliate"),
    ("utm_medium=social", "social"),
    ("utm_source=facebook", "social"),
    ("utm_medium=organic&utm_source=google", "search"),
    ("utm_medium=referral", "referral"),
    ("utm_medium=sms", "sms"),
    ("utm_medium=web_push", "push"),
    ("utm_medium=audio", "audio"),
    ("utm_source=poster&utm_medium=print", ""),
    ("fbclid=abc", "social"),
    ("q=boots", ""),
]


@pytest.mark.parametrize(("query", "channel"), CHANNELS)
def test_campaign_parameters_tell_the_channel(house: House, query: str, channel: str) -> None:
    house.post(house.event(path=None, url=f"https://shop.example/?{query}"))
    assert [event.channel for event in house.events()] == [channel]


def test_a_channel_and_a_campaign_that_were_sent_stay(house: House) -> None:
    url = "https://shop.example/?utm_campaign=a&utm_medium=cpc&utm_source=google"
    house.post(house.event(url=url, channel="own", campaign="b"))
    assert [(event.channel, event.campaign) for event in house.events()] == [("own", "b")]


def test_page_views_keep_the_parameters_that_are_allowed_and_no_others(
    open_house: Callable[..., House],
) -> None:
    house = open_house(kept_query="variant, q")
    url = "https://shop.example/?utm_source=news&utm_content=a%40b.cz&variant=b+c&token=secret&q=" + "x" * 200
    house.post(house.event(url=url, props={"own": 1}), house.event(url=url, type="track", name="t"))
    page, track = house.events()
    assert json.loads(page.props) == {
        "own": 1,
        "query.utm_source": "news",
        "query.utm_content": "[email]",
        "query.variant": "b c",
        "query.q": "x" * 128,
    }
    assert track.props == ""


@pytest.mark.parametrize(
    ("url", "parts"),
    [
        ("https://me:pw@Shop.Example:8443/a/b?x=1#y", ("shop.example", "/a/b", "x=1")),
        ("https://shop.example", ("shop.example", "/", "")),
        ("http://[2001:db8::1]:80/a", ("2001:db8::1", "/a", "")),
        ("//cdn.example/x", ("cdn.example", "/x", "")),
        ("/a?b", ("", "/a", "b")),
        ("http://[bad", ("", "", "")),
        ("https://shop.example:abc/x", ("", "", "")),
        ("", ("", "", "")),
    ],
)
def test_an_address_is_taken_apart(url: str, parts: tuple[str, str, str]) -> None:
    assert page_of(url) == parts


HOSTS = st.lists(st.text("abcxyz019-", min_size=1, max_size=12), min_size=1, max_size=4).map(".".join)
TAILS = st.text("abz019/-._~%=&+;:@!?#[\\é ", max_size=40).map(str.strip)


@given(st.sampled_from(["http", "https"]), HOSTS, st.sampled_from(["", "/", "?", "#"]), TAILS)
def test_a_usual_address_is_taken_apart_as_the_standard_library_does(
    scheme: str, host: str, sign: str, tail: str
) -> None:
    url = f"{scheme}://{host}{sign}{tail if sign else ''}"
    expected = urlsplit(url)
    assert page_of(url) == (host, expected.path or "/", expected.query)


def test_the_medium_goes_before_a_networks_click_id() -> None:
    assert channel_of({"gclid": "1", "utm_medium": "email"}) == "email"
