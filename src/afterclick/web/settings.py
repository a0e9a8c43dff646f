"""The settings section: its pages in one list, each in the frame of `settings.html`."""

from dataclasses import dataclass

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse

from afterclick.accounts.policy import Capability
from afterclick.accounts.viewer import EVERY_SITE
from afterclick.errors import Forbidden
from afterclick.web.access import NEEDS, Everywhere, Open
from afterclick.web.desk import Desk
from afterclick.web.lens import Lens, look


@dataclass(frozen=True)
class SettingsPage:
    """One entry of the list at the left. What it needs stands in `access.NEEDS`, like for every route; one
    `of_a_member` is for who has an account, not for keys and links.
    """

    path: str
    name: str
    of_a_member: bool = False


SETTINGS_PAGES: tuple[SettingsPage, ...] = (
    SettingsPage("/settings/people", "People"),
    SettingsPage("/settings/site", "Site"),
    SettingsPage("/settings/keys", "Write keys"),
    SettingsPage("/settings/api-keys", "API keys"),
    SettingsPage("/settings/share", "Shared links"),
    SettingsPage("/settings/privacy", "Privacy"),
    SettingsPage("/settings/audit", "Audit log"),
    SettingsPage("/settings/system", "System"),
    SettingsPage("/settings/installation", "Installation"),
    SettingsPage("/settings/account", "Your account", of_a_member=True),
)


def may_open(lens: Lens, path: str) -> bool:
    """Whether the viewer may open the page at `path`."""
    need = NEEDS["GET", path]
    if isinstance(need, Everywhere):
        return lens.viewer.may(need.capability, EVERY_SITE)
    return lens.may(need) if isinstance(need, Capability) else need is Open.ANYONE or bool(lens.viewer.grants)


def settings_pages(lens: Lens) -> tuple[SettingsPage, ...]:
    """The pages of the section that the viewer may open."""
    member = lens.viewer.kind == "member"
    return tuple(
        page for page in SETTINGS_PAGES if may_open(lens, page.path) and (member or not page.of_a_member)
    )


def routes(desk: Desk) -> APIRouter:
    """`GET /settings`: leads to the first page that the viewer may open."""
    router = APIRouter()

    @router.get("/settings", include_in_schema=False)
    def first(request: Request) -> RedirectResponse:
        lens = look(desk, request)
        for page in settings_pages(lens):
            return RedirectResponse(lens.link(page.path), 303)
        raise Forbidden("There is no settings page for your role.")

    return router
