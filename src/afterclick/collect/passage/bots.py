"""Drops what crawlers send. What a crawler is, the maintained list `crawler-user-agents` says.

Of that list two kinds are kept: HTTP libraries, because apps and servers use them, and automated browsers (headless
Chromium, Selenium), because tests and synthetic journeys are driven with them. The latter are marked as bots.
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


_DROPPED = tuple(_expressions(one for one in _CRAWLERS if _KEPT.isdisjoint(one.get("tags", []))))
_AUTOMATED = tuple(_expressions(one for one in _CRAWLERS if _AUTOMATION in one.get("tags", [])))


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
    return any(expression.search(agent[:_LONGEST]) for expression in _DROPPED)


@lru_cache(_REMEMBERED)
def is_automated(agent: str) -> bool:
    """Whether this User-Agent is a browser that a program drives."""
    return any(expression.search(agent[:_LONGEST]) for expression in _AUTOMATED)
