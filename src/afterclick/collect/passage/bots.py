"""Drops what crawlers send. What a crawler is, the maintained list `crawler-user-agents` says.

Of that list two kinds are kept: HTTP libraries, because apps and servers use them, and automated browsers (headless
Chromium, Selenium), because tests and synthetic journeys are driven with them. The latter are marked as bots, and what
names an HTTP library and no phone is marked as a program. The list's bare words are also names of phones (`Butterfly`,
`Sonic`) and of apps with a browser in them (`Viber`): a model is never searched, and an app's name tells a crawler only
where nothing tells a browser.
"""

import re
from collections.abc import Iterable, Iterator
from functools import lru_cache
from itertools import islice
from typing import TypedDict, cast

from crawleruseragents import CRAWLER_USER_AGENTS_DATA  # pyright: ignore[reportMissingTypeStubs]

from afterclick.collect.event.wire import WireEvent
from afterclick.collect.passage.passage import House, Passage
from afterclick.collect.passage.sender import customer_agent

_REMEMBERED = 8192
_MOST_AGENTS = 256  # distinct agents of one request that are looked at: an unknown one costs 0.1 ms
_LONGEST = 512
_TOGETHER = 25  # patterns in one expression; more make Python's engine slower, as do fewer
_AUTOMATION = "browser-automation"
_KEPT = frozenset({_AUTOMATION, "http-library"})


class _Crawler(TypedDict):
    pattern: str
    tags: list[str]


_CRAWLERS = cast("list[_Crawler]", CRAWLER_USER_AGENTS_DATA)


def _expressions(crawlers: Iterable[_Crawler]) -> Iterator[re.Pattern[str]]:
    patterns = iter([crawler["pattern"] for crawler in crawlers])
    while together := list(islice(patterns, _TOGETHER)):
        yield re.compile("|".join(together))


_IN_APPS = frozenset(
    {
        "AppInsights", "Bluesky\\/", "CapitalOneShopping", "Disqus", "Feedly", "Fever", "Goodreads", "Grammarly\\/",
        "HubSpot", "Instapaper\\/", "Mastodon", "MetaIAB Facebook", "Notion\\/", "PayPal\\/", "Salesforce\\.com",
        "Sonic", "Trove", "Tumblr\\/", "Valve\\/Steam", "Viber", "WhatsApp", "^Silk\\/", "speedy",
    }
)  # fmt: skip
"""Patterns of the list that customers' browsers meet, too: apps and shells that show pages."""
_A_PROXY = "Amazon CloudFront"
"""Writes its own name over that of each customer who comes by it."""


def _tagged(tag: str) -> tuple[re.Pattern[str], ...]:
    found = [one for one in _CRAWLERS if tag in one.get("tags", []) and one["pattern"] != _A_PROXY]
    return tuple(_expressions(found))


_CRAWL = [one for one in _CRAWLERS if _KEPT.isdisjoint(one.get("tags", []))]
_DROPPED = tuple(_expressions(one for one in _CRAWL if one["pattern"] not in _IN_APPS))
_DROPPED_UNLESS_BROWSER = tuple(_expressions(one for one in _CRAWL if one["pattern"] in _IN_APPS))
_AUTOMATED, _LIBRARIES = _tagged(_AUTOMATION), _tagged("http-library")
_BROWSER = re.compile(
    r"Mozilla/5\.0 \([^)]*(?:iPhone|iPad|Android|Windows NT|Macintosh|X11)[^)]*\) (?:AppleWebKit|Gecko)/"
)
_MODEL = re.compile(
    r"(\(Linux; (?:U; )?Android [\d.]+;)(?:(?!compatible|https?:|@)[^()]|\((?!compatible)[^()]*\))*\)"
)
"""What Android's browsers say of the phone, behind the version: language, model and build."""


def drop_bots(_: House, passage: Passage) -> None:
    """Refuse events whose User-Agent, the event's own or else the sending device's, is a crawler's."""
    asked = customer_agent(passage.headers)
    agents = dict.fromkeys([event.user_agent or asked for _, event in passage.events])
    if bots := [agent for agent in islice(agents, _MOST_AGENTS) if is_crawler(agent)]:
        passage.events = list(_people(passage, asked, set(bots)))


def _people(passage: Passage, asked: str, bots: set[str]) -> Iterator[tuple[int, WireEvent]]:
    for index, event in passage.events:
        if (event.user_agent or asked) in bots:
            passage.drop(index, "bot", "The User-Agent is a crawler's; crawlers are no customers.")
        else:
            yield index, event


@lru_cache(_REMEMBERED)
def is_crawler(agent: str) -> bool:
    """Whether this User-Agent is one of the list's search engines, scanners, monitors or the like."""
    text = _without_model(agent)
    return _any(_DROPPED, text) or (_BROWSER.match(text) is None and _any(_DROPPED_UNLESS_BROWSER, text))


@lru_cache(_REMEMBERED)
def is_automated(agent: str) -> bool:
    """Whether this User-Agent is a browser that a program drives."""
    return _any(_AUTOMATED, _without_model(agent))


@lru_cache(_REMEMBERED)
def is_library(agent: str) -> bool:
    """Whether this User-Agent names an HTTP library; an app of a customer's may name one beside its phone."""
    return _any(_LIBRARIES, _without_model(agent))


def _without_model(agent: str) -> str:
    return _MODEL.sub(r"\1)", agent[:_LONGEST])


def _any(expressions: tuple[re.Pattern[str], ...], text: str) -> bool:
    return any(expression.search(text) for expression in expressions)
