"""The site itself, and the others of the installation, as a settings page."""

from dataclasses import dataclass, replace
from typing import Annotated
from zoneinfo import available_timezones

from fastapi import APIRouter, Form, Request
from fastapi.responses import RedirectResponse, Response

from afterclick.accounts import Site
from afterclick.accounts.policy import Capability
from afterclick.accounts.viewer import EVERY_SITE
from afterclick.errors import InvalidInput
from afterclick.web.desk import Desk
from afterclick.web.drawing import Pages
from afterclick.web.lens import Lens, look, own_sites
from afterclick.words import figures
from afterclick.words.sentence import Sentence, sentence, strong

PATH = "/settings/site"
Text = Annotated[str, Form()]


@dataclass(frozen=True)
class SitesPage:
    """The site looked at, the `others` on which the viewer has a role, and whether they may begin another. `new` holds
    what was typed for one, `wrong` why it could not be.
    """

    answer: Sentence
    site: Site
    others: tuple[Site, ...]
    everywhere: bool
    zones: tuple[str, ...]
    new: Site
    wrong: str = ""


def routes(desk: Desk, pages: Pages) -> APIRouter:
    """`/settings/site` shows and changes the site looked at; posting to `/settings/sites` begins another."""
    router = APIRouter(include_in_schema=False)
    administration = desk.accounts.administration

    def draw(request: Request, **told: object) -> Response:
        lens = look(desk, request)
        page = replace(_page(desk, lens), **told)
        status = InvalidInput.status if page.wrong else 200
        return pages.draw(request, "settings/site/page.html", lens, "Site", page, timed=False, status=status)

    @router.get(PATH)
    def page(request: Request) -> Response:
        return draw(request)

    @router.post(PATH)
    def change(request: Request, name: Text = "", currency: Text = "", timezone: Text = "") -> Response:
        lens = look(desk, request)
        wanted = _typed(lens.scope.site, name, currency, timezone)
        try:
            administration.change_site(lens.viewer, wanted)
        except InvalidInput as error:
            return draw(request, site=wanted, wrong=str(error))
        return RedirectResponse(lens.link(PATH), 303)

    @router.post("/settings/sites")
    def add(
        request: Request, site: Text = "", name: Text = "", currency: Text = "", timezone: Text = ""
    ) -> Response:
        lens = look(desk, request)
        wanted = _typed(site.strip(), name, currency, timezone)
        try:
            administration.add_site(lens.viewer, wanted)
        except InvalidInput as error:
            return draw(request, new=wanted, wrong=str(error))
        return RedirectResponse(lens.link("/connect", site=wanted.id), 303)

    return router


def _typed(site: str, name: str, currency: str, timezone: str) -> Site:
    return Site(site, name.strip(), currency.strip().upper(), timezone.strip())


def _page(desk: Desk, lens: Lens) -> SitesPage:
    home, own = lens.home, own_sites(desk, lens.viewer)
    others = tuple(site for site in desk.accounts.sites.list() if site.id in own and site.id != home.id)
    beside = (
        f"; {figures.plural(len(others), 'other site')} stand beside it."
        if len(others) > 1
        else ("; one other site stands beside it." if others else "; it is the only site here.")
    )
    return SitesPage(
        answer=sentence(
            strong(home.name), f" counts in {home.currency} and draws its days in {home.timezone}", beside
        ),
        site=home,
        others=others,
        everywhere=lens.viewer.may(Capability.MEMBERS, EVERY_SITE),
        zones=tuple(sorted(available_timezones())),
        new=Site("", "", home.currency, home.timezone),
    )
