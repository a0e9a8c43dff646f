"""What the reader looks at, as the URL says it: which site, which period; and links that keep it."""

from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlencode

from starlette.requests import Request

from afterclick.accounts import Site
from afterclick.accounts.policy import Capability
from afterclick.accounts.viewer import Viewer
from afterclick.errors import Forbidden, NotFound
from afterclick.store.scope import Scope
from afterclick.web.desk import Desk
from afterclick.words.period import Period, period

DEFAULT_PERIOD = "7d"


@dataclass(frozen=True)
class Lens:
    """The site and the period of a page, who looks, and `kept`: the parameters that links carry along.

    `scope.permissions` holds what the viewer may do on the site; `home` is the site's name, currency and zone. `asked`
    holds whatever else the address says, by name: what stands in it, and behind the question mark, the last of several.
    `origin` is how the reader's browser reached us, such as https://afterclick.example.
    """

    scope: Scope
    period: Period
    now: int
    kept: tuple[tuple[str, str], ...]
    viewer: Viewer
    home: Site
    asked: Mapping[str, str]
    origin: str

    def may(self, capability: Capability) -> bool:
        """Whether the viewer may do so on this site."""
        return self.viewer.may(capability, self.scope.site)

    def owns(self, member: str | None) -> bool:
        """Whether what this member made is the viewer's own, or the viewer changes the site anyway."""
        return self.may(Capability.SITE) or (member is not None and member == self.viewer.id)

    def link(self, path: str, **changed: str) -> str:
        """`path` with the kept parameters and the `changed` ones; an empty value takes its parameter away."""
        place, _, fragment = path.partition("#")
        pairs = {name: value for name, value in {**dict(self.kept), **changed}.items() if value}
        query = f"?{urlencode(pairs)}" if pairs else ""
        return f"{place}{query}{'#' + fragment if fragment else ''}"


def own_sites(desk: Desk, viewer: Viewer) -> tuple[str, ...]:
    """The sites on which the viewer has a role, the desk's own first."""
    every = dict.fromkeys((desk.scope.site, *desk.sites()))
    return tuple(site for site in every if viewer.capabilities(site))


def chosen_site(desk: Desk, viewer: Viewer, query: Mapping[str, str]) -> str:
    """The site that the URL names, else the viewer's first.

    Raises NotFound for a site that this installation does not have or the viewer has no role on (which of the two is
    not told), Forbidden for a viewer without a role on any.
    """
    return _site(own_sites(desk, viewer), query)


def _site(own: tuple[str, ...], query: Mapping[str, str]) -> str:
    wanted = query.get("site")
    if wanted and wanted not in own:
        raise NotFound(f"There is no site {wanted[:64]!r} here; choose another.")
    if not own:
        raise Forbidden("You have no role on any site; ask an administrator for one.")
    return wanted or own[0]


def _choice(query: Mapping[str, str]) -> str:
    first, last = query.get("from", ""), query.get("to", "")
    return f"{first}..{last}" if first or last else query.get("period") or DEFAULT_PERIOD


def look(desk: Desk, request: Request) -> Lens:
    """The lens of a request, for who makes it.

    Raises what `chosen_site` raises, and InvalidInput for a period that is none.
    """
    return lens_of(desk, request, request.state.viewer, {**request.query_params, **request.path_params})


def lens_of(desk: Desk, request: Request, viewer: Viewer, asked: Mapping[str, str]) -> Lens:
    """The lens that an address names for the viewer; raises what `look` raises."""
    own, choice, now = own_sites(desk, viewer), _choice(asked), desk.clock()
    site = _site(own, asked)
    kept: list[tuple[str, str]] = []
    if site != own[0]:
        kept.append(("site", site))
    if choice != DEFAULT_PERIOD:
        kept.append(("period", choice))
    home = _home(desk, site)
    return Lens(
        scope=Scope(site, frozenset(one.value for one in viewer.capabilities(site))),
        period=period(choice, now, home.timezone),
        now=now,
        kept=tuple(kept),
        viewer=viewer,
        home=home,
        asked=asked,
        origin=str(request.base_url).rstrip("/"),
    )


def _home(desk: Desk, site: str) -> Site:
    try:
        return desk.accounts.sites.get(site)
    except NotFound:
        return Site(site, site, desk.settings.currency, desk.settings.timezone)
