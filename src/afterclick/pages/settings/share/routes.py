"""Sharing one page by a link: making links, listing and ending them, and what a link shows."""

from dataclasses import dataclass, replace
from typing import Annotated

from fastapi import APIRouter, Form, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from afterclick.accounts.share_links import Shared, ShareLink
from afterclick.errors import NotFound
from afterclick.pages.overview import routes as overview
from afterclick.pages.problem import routes as problems
from afterclick.pages.settings.api_keys.routes import own
from afterclick.web.desk import Desk
from afterclick.web.drawing import Pages
from afterclick.web.lens import Lens, lens_of, look
from afterclick.words.figures import ago, plural, stamp

PATH = "/settings/share"
_PROBLEM = "/problems/"


@dataclass(frozen=True)
class LinkLine:
    """One link as listed, times in words; `address` is all of it."""

    id: str
    address: str
    title: str
    period: str
    money: bool
    maker: str
    used: str
    until: str


@dataclass(frozen=True)
class SharePage:
    """The page of links: those in force; `made` is the id of one just made, empty for none."""

    answer: str
    links: tuple[LinkLine, ...]
    made: str


@dataclass(frozen=True)
class SharedLens(Lens):
    """The lens of a link: what leads to the page itself stays within the link."""

    token: str
    page: str

    def link(self, path: str, **changed: str) -> str:
        """`path` within the link when it is the shared page or its evidence, else where a signed-in reader goes on."""
        for end in ("", "/evidence"):
            if path == self.page + end:
                return f"/shared/{self.token}{end}"
        return super().link(path, **changed)


def routes(desk: Desk, pages: Pages) -> APIRouter:
    """`POST /share`, `/settings/share` and `/settings/share/ID/revoke`."""
    router = APIRouter(include_in_schema=False)
    ring = desk.keyring

    @router.post("/share")
    def share(
        request: Request,
        page: Annotated[str, Form()],
        title: Annotated[str, Form()] = "",
        money: Annotated[bool, Form()] = False,
        days: Annotated[int, Form()] = 7,
    ) -> Response:
        lens = look(desk, request)
        shared = Shared(page, title, lens.scope.site, lens.period.since, lens.period.until, money)
        made = ring.share(lens.viewer, shared, days)
        return RedirectResponse(lens.link(PATH, made=made.id), 303)

    @router.get(PATH)
    def listed(request: Request, made: str = "") -> HTMLResponse:
        lens = look(desk, request)
        found = [
            link
            for link in ring.share_links.list(lens.scope.site)
            if link.is_valid(lens.now) and own(lens, link.member)
        ]
        page = _page(found, lens, lens.home.timezone, str(request.base_url), made)
        return pages.draw(request, "settings/share/page.html", lens, "Shared links", page, timed=False)

    @router.post(PATH + "/{link}/revoke")
    def revoke(request: Request, link: str) -> Response:
        lens = look(desk, request)
        site = lens.scope.site
        if not any(one.id == link and own(lens, one.member) for one in ring.share_links.list(site)):
            raise NotFound("This site has no such share link.")
        ring.unshare(lens.viewer, site, link)
        return RedirectResponse(lens.link(PATH), 303)

    return router


def shown(desk: Desk, pages: Pages) -> APIRouter:
    """`/shared/TOKEN`: what a link shows, to whoever has it."""
    router = APIRouter(include_in_schema=False)

    def opened(token: str) -> SharedLens:
        link, viewer = desk.keyring.share_links.open(token)
        of = link.shared
        lens = lens_of(desk, viewer, {"site": of.site, "period": f"{of.since}..{of.until}"})
        return SharedLens(lens.scope, lens.period, lens.now, (), viewer, lens.home, token, of.page)

    @router.get("/shared/{token}")
    def page(request: Request, token: str) -> HTMLResponse:
        lens = opened(token)
        if lens.page == "/":
            context, template, title = overview.read(desk, lens), "overview/page.html", "Overview"
        else:
            context = problems.read(desk, lens, lens.page.removeprefix(_PROBLEM))
            template, title = "problem/page.html", context.title
        return _unlisted(pages.draw(request, template, lens, title, context, base="shared.html"))

    @router.get("/shared/{token}/evidence")
    def evidence(token: str) -> HTMLResponse:
        lens = opened(token)
        if lens.page == "/":
            raise NotFound("This link shows no problem.")
        proof = problems.proof(desk, lens, lens.page.removeprefix(_PROBLEM))
        return _unlisted(pages.part("problem/evidence.html", lens, replace(proof, samples=())))

    return router


def _unlisted(response: HTMLResponse) -> HTMLResponse:
    response.headers["X-Robots-Tag"] = "noindex"
    return response


def _page(links: list[ShareLink], lens: Lens, zone: str, base: str, made: str) -> SharePage:
    site = lens.scope.site
    if links:
        has = "it" if len(links) == 1 else "one"
        answer = f"{plural(len(links), 'link shows', 'links show')} a page of {site} to whoever has {has}."
    else:
        answer = f"No link shows a page of {site}: Share, on the Overview and on each problem, makes one."
    return SharePage(answer, tuple(_line(link, lens.now, zone, base) for link in links), made)


def _line(link: ShareLink, now: int, zone: str, base: str) -> LinkLine:
    of = link.shared
    return LinkLine(
        id=link.id,
        address=f"{base}shared/{link.token}",
        title=of.title or of.page,
        period=f"{stamp(of.since, zone)[:16]} to {stamp(of.until, zone)[:16]}",
        money=of.money,
        maker=link.maker,
        used=ago(link.used, now) if link.used else "never",
        until=stamp(link.expires, zone)[:16],
    )
