"""Routes that servers name themselves: `http.route` of the span that a page view is linked to by its trace.

The span comes in another batch than the page view, so a job reads the newest of both and teaches patterns, which give
later page views their route. A template counts once it matches the paths of at least two page views that it served.
"""

from collections import Counter
from functools import partial
from typing import Protocol

import msgspec

from afterclick.accounts import Sites
from afterclick.clock import now_ms
from afterclick.jobs import Job, Stop, each
from afterclick.store.engine.query import Reader, statements
from afterclick.store.scope import Scope
from afterclick.visits.path_parts import parts
from afterclick.visits.route_templates import template
from afterclick.visits.routes import Routes

VIEWS = 2
"""Page views that a template must have served before it is believed."""
_EVERY_S = 60
_BACK_MS = 5 * 60_000
_SQL = statements("afterclick.visits", "served_routes.sql")


class Served(msgspec.Struct, frozen=True):
    """Page views of one path whose trace has a server span with this route."""

    path: str
    template: str
    views: int


class _Parts(Protocol):
    @property
    def store(self) -> Reader: ...
    @property
    def sites(self) -> Sites: ...
    @property
    def routes(self) -> Routes: ...


def proven(served: list[Served]) -> list[str]:
    """The templates that match the paths that they served, often enough; the others of a trace are its inner calls'."""
    views: Counter[str] = Counter()
    for one in served:
        pattern = template(one.template)
        if pattern and pattern.of(parts(one.path)):
            views[one.template] += one.views
    return [text for text, n in views.most_common() if n >= VIEWS]


def teach(parts: _Parts, stop: Stop) -> None:
    """Teach every site's routes what its servers said in the last minutes."""
    each((site.id for site in parts.sites.list()), partial(_site, parts, now_ms()), stop)


def _site(parts: _Parts, now: int, site: str) -> None:
    window = {"since": now - _BACK_MS, "until": now + _EVERY_S * 1000}
    served = parts.store.rows(Scope(site), _SQL["served"], Served, window)
    parts.routes.teach(site, proven(served))


ROUTES_OF_SERVERS = Job(
    "routes of servers",
    _EVERY_S,
    teach,
    "learns page patterns from `http.route` of the server spans that page views are linked to",
    rest=3,
)
