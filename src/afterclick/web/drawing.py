"""Drawing pages: templates over contexts, inside one frame; and the same contexts as JSON."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from typing import Any

import msgspec
from fastapi import Request
from fastapi.responses import HTMLResponse, Response
from jinja2 import ChoiceLoader, Environment, FileSystemLoader, PackageLoader, StrictUndefined
from markupsafe import Markup

from afterclick.accounts.policy import Capability
from afterclick.accounts.viewer import Viewer
from afterclick.errors import NotFound
from afterclick.web.assets_built import Assets
from afterclick.web.desk import Desk
from afterclick.web.fed import problems_checked
from afterclick.web.lens import Lens, own_sites
from afterclick.web.need import is_met
from afterclick.web.page import Context, Page, Rail, Section, View
from afterclick.words import figures
from afterclick.words.freshness import checked
from afterclick.words.scale import spark
from afterclick.words.snippet import page_snippet


@dataclass(frozen=True)
class Entry:
    """One entry of the rail or of the settings' list; one of the settings has neither icon nor key."""

    path: str
    name: str
    icon: str = ""
    key: str = ""


@dataclass(frozen=True)
class Together:
    """Entries of the rail that stand together, under a heading unless it is empty."""

    heading: str
    entries: tuple[Entry, ...]


THEMES = ("auto", "light", "dark")


@dataclass(frozen=True)
class Frame:
    """What stands around every page. `sites` names those that the viewer may look at, by id; `rail` and `settings` hold
    what the viewer may open. `own_key` is the write key that our own pages report with, empty for none; `snippet` is
    the line that connects the reader's site, with its key for who may see keys; `nonce` is what a script needs to
    run; `stays` whether another site has this very page; `sharing` whether the viewer may share the page; `live`
    whether they may hear what happens, which who owes a second factor may not; `checked` says when problems were last
    looked for, empty where nobody knows, and `late` that it is too long ago.
    """

    title: str
    here: str
    lens: Lens
    sites: Mapping[str, str]
    theme: str
    collector: str
    own_key: str
    snippet: str
    rail: tuple[Together, ...]
    viewer: Viewer
    settings: tuple[Entry, ...]
    zone: str
    find: str
    timed: bool
    nonce: str
    stays: bool
    sharing: bool
    live: bool
    checked: str
    late: bool


class Drawing:
    """Draws pages from their templates; built once an app.

    `pages` are all there are, by the name of their folder; `roots` is where the folders lie.
    """

    def __init__(self, desk: Desk, pages: Mapping[str, Page[Any]], roots: Sequence[Path]) -> None:
        self._desk = desk
        self._folders = {page.path: folder for folder, page in pages.items()}
        self._in_rail = sorted(((page.rail, page) for page in pages.values() if page.rail), key=_in_rail)
        self._in_settings = sorted(
            ((page.settings, page) for page in pages.values() if page.settings), key=_in_settings
        )
        self.shared = tuple(page for page in pages.values() if page.shared)
        self.assets = Assets()
        self._templates = Environment(
            loader=ChoiceLoader([PackageLoader("afterclick.web"), FileSystemLoader(roots)]),
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

    def page(
        self,
        request: Request,
        page: Page[Context],
        lens: Lens,
        context: Context,
        *,
        status: int = 200,
        base: str = "base.html",
    ) -> HTMLResponse:
        """A page in its frame; `base` is what stands around it."""
        frame = self._frame(request, lens, page.titled(context), timed=page.view is View.PERIOD)
        return self._framed(self._template(page, "page"), frame, lens, context, status, base)

    def bare(
        self, request: Request, page: Page[Context], context: Context, *, status: int = 200
    ) -> HTMLResponse:
        """A page for who has no site to look at: no rail, no top bar, nothing of the data."""
        return self._unframed(request, self._template(page, "page"), page.titled(context), context, status)

    def part(self, page: Page[Any], part: str, lens: Lens, context: object) -> HTMLResponse:
        """A part of a page, without the frame."""
        template = self._templates.get_template(self._template(page, part))
        return HTMLResponse(template.render(page=context, lens=lens, **_words(lens), **self._tools))

    def not_shown(self, request: Request, lens: Lens | None, sentence: str, status: int) -> HTMLResponse:
        """Why a page is not shown: in the frame where there is a lens to look through, else bare."""
        if lens is None:
            return self._unframed(request, "refused.html", "Not shown", sentence, status)
        frame = self._frame(request, lens, "Not shown", timed=False)
        return self._framed("error.html", frame, lens, sentence, status, "base.html")

    def settings(self, lens: Lens) -> tuple[Entry, ...]:
        """The pages of the settings that the viewer may open."""
        member = lens.viewer.kind == "member"
        return tuple(
            Entry(page.path, page.name)
            for section, page in self._in_settings
            if _may_open(lens, page) and (member or not section.of_a_member)
        )

    def _template(self, page: Page[Any], name: str) -> str:
        return f"{self._folders[page.path]}/{name}.html"

    def _framed(
        self, template: str, frame: Frame, lens: Lens, context: object, status: int, base: str
    ) -> HTMLResponse:
        html = self._templates.get_template(template).render(
            frame=frame, page=context, lens=lens, base=base, **_words(lens), **self._tools
        )
        return HTMLResponse(html, status)

    def _unframed(
        self, request: Request, template: str, title: str, context: object, status: int
    ) -> HTMLResponse:
        html = self._templates.get_template(template).render(
            title=title, theme=_theme(request), nonce=request.state.nonce, page=context, **self._tools
        )
        return HTMLResponse(html, status)

    def _frame(self, request: Request, lens: Lens, title: str, *, timed: bool) -> Frame:
        desk = self._desk
        fresh = problems_checked(desk)
        return Frame(
            title=title,
            here=request.url.path,
            lens=lens,
            sites=_names(desk, lens),
            theme=_theme(request),
            collector=desk.collector,
            own_key=key_of(desk, desk.own_site),
            snippet=page_snippet(_shown_key(desk, lens), desk.collector),
            rail=self._rail(lens),
            viewer=lens.viewer,
            settings=self.settings(lens),
            zone=lens.home.timezone,
            find=request.query_params.get("find", "")[:200],
            timed=timed,
            nonce=request.state.nonce,
            stays=any(page.path == request.url.path for _, page in self._in_rail),
            sharing=lens.viewer.kind in ("member", "this machine") and lens.may(Capability.VIEW),
            live=not desk.accounts.authentication.owes_factor(lens.viewer),
            checked=checked(fresh, lens.now) if fresh else "",
            late=fresh is not None and fresh.late,
        )

    def _rail(self, lens: Lens) -> tuple[Together, ...]:
        shown = [(rail, page) for rail, page in self._in_rail if _may_open(lens, page)]
        return tuple(
            Together(
                group.heading, tuple(Entry(one.path, one.name, rail.icon, rail.key) for rail, one in entries)
            )
            for group, entries in groupby(shown, key=lambda entry: entry[0].group)
        )


def _in_rail(entry: tuple[Rail, Page[Any]]) -> tuple[int, str, int]:
    rail = entry[0]
    return rail.group.position, rail.group.heading, rail.position


def _in_settings(entry: tuple[Section, Page[Any]]) -> int:
    return entry[0].position


def _may_open(lens: Lens, page: Page[Any]) -> bool:
    return is_met(page.needs, lens.viewer, lens.scope.site)


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


def _shown_key(desk: Desk, lens: Lens) -> str:
    """The write key of the site that is looked at, for who may see keys; empty for others and for a link's readers."""
    site = lens.scope.site
    return key_of(desk, site) if lens.viewer.may(Capability.CONNECT, site) else ""


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
