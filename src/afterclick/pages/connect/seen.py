"""What has come of a site since it was connected: pages, traces, orders, names."""

import msgspec

from afterclick.store.engine.query import Reader, statements
from afterclick.store.scope import Scope

_SQL = statements("afterclick.pages.connect", "seen.sql")

THANKS = (
    r"thank|danke|merci|gracias|grazie|obrigad|bedankt|tack-|dziekuj|confirmation|confirmed|bestaetig|"
    r"order[-_/]?(received|complete|completed|success|placed|done)|checkout/(success|complete|done|onepage/success)"
)
"""How paths of pages that follow an order are called, as a regular expression over small letters."""


class Visited(msgspec.Struct, frozen=True, kw_only=True):
    """Page views and visits, and how many of them carry what; `last_…` are UTC ms, 0 for never.

    `traced` page views carry the id of a trace, `named_steps` have a step that is not their route,
    `agreed_pages` were recorded because the customer agreed; of visits, `known`
    ones have a user id, `thanked` ones reached a page that follows an order, going by its path.
    """

    page_views: int = 0
    last_page_view: int = 0
    traced: int = 0
    named_steps: int = 0
    agreed_pages: int = 0
    n_releases: int = 0
    known_visits: int = 0
    visits: int = 0
    ordering_visits: int = 0
    last_order: int = 0
    thanked_visits: int = 0
    thanked_without_order: int = 0


class Served(msgspec.Struct, frozen=True, kw_only=True):
    """Services that sent spans, and how many; `last_minute` is the newest, UTC ms, 0 for never."""

    services: int = 0
    n_spans: int = 0
    last_minute: int = 0


class Seen(msgspec.Struct, frozen=True, kw_only=True):
    """What of a site has come in the last 24 hours; visits that are in no figure are not here either."""

    visited: Visited = Visited()
    served: Served = Served()


def seen(reader: Reader, scope: Scope, since: int) -> Seen:
    """What has come since the UTC ms. Blocks."""
    visited = reader.rows(scope, _SQL["seen"], Visited, {"since": since, "thanks": THANKS})
    served = reader.rows(scope, _SQL["seen_services"], Served, {"since": since})
    return Seen(visited=visited[0], served=served[0])
