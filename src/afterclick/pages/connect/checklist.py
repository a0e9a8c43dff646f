"""The checklist: what has been seen of a site, why it matters, and the lines that bring what is missing."""

from dataclasses import dataclass
from typing import Literal

from afterclick.accounts import Site
from afterclick.pages.connect.frameworks import ERROR_HOOKS, TRACEPARENT
from afterclick.pages.connect.seen import Seen, Served, Visited
from afterclick.pages.connect.snippet import Snippet
from afterclick.words import figures
from afterclick.words.snippet import order_snippet

State = Literal["seen", "look", "nothing", "untold"]
"""Seen, wants a look, has not come, cannot be told from the data."""

LEAST_SHARE = 0.5
"""A share below which what should come with every page or order wants a look."""


@dataclass(frozen=True)
class Lines:
    """The lines that hold the reader's own key."""

    page: Snippet
    order: Snippet
    services: Snippet


@dataclass(frozen=True)
class Item:
    """One thing that a connected site sends: what has come of it, what it is good for, and how it is sent."""

    id: str
    name: str
    state: State
    value: str
    why: str
    snippets: tuple[Snippet, ...]


def checklist(site: Site, lines: Lines, seen: Seen, now: int) -> tuple[Item, ...]:
    """What of a site has come until `now` (UTC ms), in the order in which one connects it."""
    visited = seen.visited
    return (
        _pages(lines.page, visited, now),
        _services(lines.services, seen.served, now),
        _traced(visited),
        _orders(lines.order, site, visited, now),
        _thanks(site, visited),
        _steps(visited),
        _releases(visited),
        _users(visited),
        _errors(),
        _consent(visited),
    )


def _pages(line: Snippet, visited: Visited, now: int) -> Item:
    value = "none yet"
    if visited.page_views:
        value = f"{figures.count(visited.page_views)}, the last {figures.ago(visited.last_page_view, now)}"
    return Item(
        "pages",
        "Page views",
        "seen" if visited.page_views else "nothing",
        value,
        "What customers waited for and met, and which visits ended in an order.",
        (line,),
    )


def _services(line: Snippet, served: Served, now: int) -> Item:
    value = "none yet"
    if served.services:
        several = figures.plural(served.services, "service")
        value = f"{several}, the last {figures.ago(served.last_minute, now)}"
    return Item(
        "services",
        "Spans of services",
        "seen" if served.services else "nothing",
        value,
        "Which service or database a problem comes from.",
        (line,),
    )


def _traced(visited: Visited) -> Item:
    return Item(
        "traced",
        "Page views with a trace",
        _share(visited.traced, visited.page_views),
        _of(visited.traced, visited.page_views, "page views"),
        "Joins a slow or failed page to what your servers did for it. Requests by scripts carry a trace by themselves; "
        "the page itself needs one line of the server.",
        TRACEPARENT,
    )


def _orders(line: Snippet, site: Site, visited: Visited, now: int) -> Item:
    value = "none yet"
    if visited.ordering_visits:
        visits = figures.plural(visited.ordering_visits, "visit")
        value = f"by {visits}, the last {figures.ago(visited.last_order, now)}"
    return Item(
        "orders",
        "Orders",
        "seen" if visited.ordering_visits else "nothing",
        value,
        f"Without them no problem has a price. Amounts are in {site.currency}, unless the order says otherwise.",
        (line,),
    )


def _thanks(site: Site, visited: Visited) -> Item:
    missed, all_of_them = visited.thanked_without_order, visited.thanked_visits
    if not all_of_them:
        value, state = "no such page was opened", "nothing"
    elif missed:
        value, state = f"{figures.count(missed)} of {figures.plural(all_of_them, 'visit')}", "look"
    else:
        value, state = f"none of {figures.plural(all_of_them, 'visit')}", "seen"
    return Item(
        "thanks",
        "Thank-you pages without an order",
        state,
        value,
        "Visits that opened a page which follows an order, going by its address, and told of none: their orders are "
        "missing unless your server tells them.",
        (Snippet("thanks-order", "The order", "on that page", order_snippet(site.currency)),),
    )


def _steps(visited: Visited) -> Item:
    return Item(
        "steps",
        "Steps that a page names",
        "seen" if visited.named_steps else "nothing",
        _of(visited.named_steps, visited.page_views, "page views"),
        "A name such as checkout stays when addresses change. Pages without one are told apart by their address.",
        (
            Snippet(
                "step", "The step", "in <head> of the page", '<meta name="afterclick:step" content="product">'
            ),
        ),
    )


def _releases(visited: Visited) -> Item:
    return Item(
        "releases",
        "Releases",
        "seen" if visited.n_releases else "nothing",
        figures.plural(visited.n_releases, "release") if visited.n_releases else "none named",
        "Tells whether a problem came with a version, and which.",
        (
            Snippet(
                "release",
                "The release",
                "on the script that loads the SDK",
                'data-release="1.4.2"',
            ),
        ),
    )


def _users(visited: Visited) -> Item:
    return Item(
        "users",
        "User ids",
        "seen" if visited.known_visits else "nothing",
        _of(visited.known_visits, visited.visits, "visits"),
        "Joins the visits of one customer across devices, so that those whom a problem met can be told.",
        (
            Snippet(
                "identify",
                "The customer",
                "once a customer is signed in; an id, never an e-mail address",
                "afterclick.identify('customer-4711');",
            ),
        ),
    )


def _errors() -> Item:
    return Item(
        "errors",
        "Errors that a framework catches",
        "untold",
        "cannot be told from the data",
        "Vue, React, Angular and Svelte keep errors of components to themselves; a line hands them on.",
        ERROR_HOOKS,
    )


def _consent(visited: Visited) -> Item:
    return Item(
        "consent",
        "Consent",
        _share(visited.agreed_pages, visited.page_views),
        _agreed(visited),
        "Where your visitors are asked first: nothing is stored or sent before they agree.",
        (
            Snippet(
                "consent",
                "Ask first",
                "the attribute on the script that loads the SDK, the call where your banner hears the answer",
                "data-consent=\"required\"\n\nafterclick.consent('granted');  // anything else stops and erases",
            ),
        ),
    )


def _agreed(visited: Visited) -> str:
    if visited.page_views and not visited.agreed_pages:
        return "not asked: every page is recorded at once"
    return f"{_of(visited.agreed_pages, visited.page_views, 'page views')} after a yes"


def _share(part: int, whole: int) -> State:
    if not part:
        return "nothing"
    return "seen" if part >= LEAST_SHARE * whole else "look"


def _of(part: int, whole: int, what: str) -> str:
    if not whole:
        return "none yet"
    return f"{figures.count(part)} of {figures.count(whole)} {what}"
