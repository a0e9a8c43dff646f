"""Drawing pages: templates over contexts, inside one frame; and the same contexts as JSON."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TypedDict

import msgspec
from fastapi import Request
from fastapi.responses import HTMLResponse, Response
from jinja2 import ChoiceLoader, Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from afterclick.accounts.policy import Capability
from afterclick.accounts.viewer import Viewer
from afterclick.errors import NotFound
from afterclick.web.assets_built import Assets
from afterclick.web.desk import Desk
from afterclick.web.lens import Lens, own_sites
from afterclick.web.settings import SettingsPage, may_open, settings_pages
from afterclick.words import figures
from afterclick.words.scale import spark
from afterclick.words.snippet import page_snippet


class Place(TypedDict):
    """One entry of the rail."""

    path: str
    name: str
    icon: str
    key: str


RAIL: tuple[Place, ...] = (
    {"path": "/", "name": "Overview", "icon": "layout-dashboard", "key": "o"},
    {"path": "/problems", "name": "Problems", "icon": "alert-triangle", "key": "p"},
    {"path": "/visits", "name": "Visits", "icon": "route", "key": "v"},
    {"path": "/quality", "name": "Data quality", "icon": "filter-check", "key": "q"},
    {"path": "/connect", "name": "Connect", "icon": "plug-connected", "key": "c"},
    {"path": "/settings", "name": "Settings", "icon": "settings", "key": "s"},
)
THEMES = ("auto", "light", "dark")


@dataclass(frozen=True)
class Frame:
    """What stands around every page. `sites` names those that the viewer may look at, by id; `rail` and `settings`
    hold what the viewer may open. `own_key` is the write key that our own pages report with, empty for none; `snippet`
    is the line that connects the reader's site; `nonce` is what a script needs to run; `sharing` whether the viewer
    may share the page; `live` whether they may hear what happens, which who owes a second factor may not.
    """

    title: str
    here: str
    lens: Lens
    sites: Mapping[str, str]
    theme: str
    collector: str
    own_key: str
    snippet: str
    rail: tuple[Place, ...]
    viewer: Viewer
    settings: tuple[SettingsPage, ...]
    zone: str
    find: str
    timed: bool
    nonce: str
    sharing: bool
    live: bool


class Pages:
    """Draws templates; built once an app."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self.assets = Assets()
        self._templates = Environment(
            loader=ChoiceLoader([PackageLoader("afterclick.web"), PackageLoader("afterclick.pages", "")]),
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        self._tools: dict[str, object] = {
            "asset": self.assets.url,
            "icon": self.assets.icon,
            "fonts": self.assets.fonts(),
            "spark": spark,
            "embedded": embedded,
        }

    def draw(
        self,
        request: Request,
        template: str,
        lens: Lens,
        title: str,
        page: object,
        *,
        timed: bool = True,
        status: int = 200,
        base: str = "base.html",
    ) -> HTMLResponse:
        """Render a page in its frame; `timed` pages have the period control, `base` is what stands around them."""
        frame = self._frame(request, lens, title, timed)
        html = self._templates.get_template(template).render(
            frame=frame, page=page, lens=lens, base=base, **_words(lens), **self._tools
        )
        return HTMLResponse(html, status)

    def bare(
        self, request: Request, template: str, title: str, page: object, *, status: int = 200
    ) -> HTMLResponse:
        """Render a page for who has no site to look at: no rail, no top bar, nothing of the data."""
        html = self._templates.get_template(template).render(
            title=title, theme=_theme(request), nonce=request.state.nonce, page=page, **self._tools
        )
        return HTMLResponse(html, status)

    def part(self, template: str, lens: Lens, page: object) -> HTMLResponse:
        """Render a part of a page, without the frame."""
        return HTMLResponse(
            self._templates.get_template(template).render(page=page, lens=lens, **_words(lens), **self._tools)
        )

    def _frame(self, request: Request, lens: Lens, title: str, timed: bool) -> Frame:
        desk = self._desk
        return Frame(
            title=title,
            here=request.url.path,
            lens=lens,
            sites=_names(desk, lens),
            theme=_theme(request),
            collector=desk.collector,
            own_key=key_of(desk, desk.own_site),
            snippet=page_snippet(key_of(desk, lens.scope.site), desk.collector),
            rail=tuple(place for place in RAIL if may_open(lens, place["path"])),
            settings=settings_pages(lens),
            viewer=lens.viewer,
            zone=lens.home.timezone,
            find=request.query_params.get("find", "")[:200],
            timed=timed,
            nonce=request.state.nonce,
            sharing=lens.viewer.kind in ("member", "this machine") and lens.may(Capability.VIEW),
            live=not desk.accounts.authentication.owes_factor(lens.viewer),
        )


def _names(desk: Desk, lens: Lens) -> dict[str, str]:
    own = own_sites(desk, lens.viewer)
    if len(own) == 1:
        return {lens.scope.site: lens.home.name}
    names = {site.id: site.name for site in desk.accounts.sites.list()}
    return {site: names.get(site, site) for site in own}


def _words(lens: Lens) -> dict[str, object]:
    """What templates word times and figures with: the zone and the currency of the site."""
    zone, currency = lens.home.timezone, lens.home.currency

    def stamp(time: int) -> str:
        return figures.stamp(time, zone)

    def figure(value: float | None, unit: str) -> str:
        return figures.figure(value, unit, currency)

    return {"stamp": stamp, "figure": figure}


def _theme(request: Request) -> str:
    theme = request.cookies.get("theme", "auto")
    return theme if theme in THEMES else "auto"


def key_of(desk: Desk, site: str) -> str:
    """The public write key of a site, empty when it has none."""
    try:
        return desk.key(site)
    except NotFound:
        return ""


def embedded(value: object) -> Markup:
    """A context as JSON that may stand inside a script element: no "<", "&" or line separator can end it early."""
    text = msgspec.json.encode(value).decode()
    for character in "<>&\u2028\u2029":
        text = text.replace(character, f"\\u{ord(character):04x}")
    return Markup(text)  # noqa: S704 - escaped above


def json(context: object) -> Response:
    """A context as the API answers it."""
    return Response(msgspec.json.encode(context), media_type="application/json")
