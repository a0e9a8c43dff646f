"""API keys, as a settings page."""

from dataclasses import dataclass, replace
from typing import Annotated

from fastapi import APIRouter, Form, Request
from fastapi.responses import RedirectResponse, Response

from afterclick.accounts.api_keys import ApiKey
from afterclick.accounts.policy import Capability
from afterclick.errors import AfterclickError, Forbidden, InvalidInput, NotFound
from afterclick.web.desk import Desk
from afterclick.web.drawing import Pages
from afterclick.web.lens import Lens, look
from afterclick.words.figures import ago, plural, stamp

PATH = "/settings/api-keys"
USES: dict[Capability, str] = {
    Capability.VIEW: "see the site's figures and problems",
    Capability.MONEY: "see money",
    Capability.VISITS: "read single visits",
    Capability.PERSONAL: "see who a customer is",
    Capability.MARK: "record releases and other marks",
}
"""What is of use to a program, in words; the API has nothing for the other capabilities."""


@dataclass(frozen=True)
class ApiKeyLine:
    """One key as listed, times in words."""

    id: str
    prefix: str
    name: str
    maker: str
    may: tuple[str, ...]
    used: str
    until: str
    valid: bool


@dataclass(frozen=True)
class ApiKeysPage:
    """The page: keys in force and ended, what the viewer may choose from, our own `origin`, `made` the secret of
    one just made (shown this once), and what was wrong, empty for nothing.
    """

    answer: str
    valid: tuple[ApiKeyLine, ...]
    ended: tuple[ApiKeyLine, ...]
    choices: tuple[tuple[str, str], ...]
    origin: str
    made: str = ""
    wrong: str = ""


def routes(desk: Desk, pages: Pages) -> APIRouter:
    """`/settings/api-keys`, and `/settings/api-keys/ID/revoke`."""
    router = APIRouter(include_in_schema=False)
    ring = desk.keyring

    def draw(request: Request, made: str = "", error: AfterclickError | None = None) -> Response:
        lens = look(desk, request)
        found = [key for key in ring.api_keys.list(lens.scope.site) if own(lens, key.member)]
        page = _page(found, lens, lens.home.timezone, str(request.base_url).rstrip("/"))
        page = replace(page, made=made, wrong=str(error or ""))
        status = error.status if error else 200
        return pages.draw(
            request, "settings/api_keys/page.html", lens, "API keys", page, timed=False, status=status
        )

    @router.get(PATH)
    def page(request: Request) -> Response:
        return draw(request)

    @router.post(PATH)
    def create(
        request: Request,
        name: Annotated[str, Form()] = "",
        may: Annotated[list[Capability] | None, Form()] = None,
        days: Annotated[int, Form()] = 90,
    ) -> Response:
        lens = look(desk, request)
        try:
            _, secret = ring.create_api_key(lens.viewer, lens.scope.site, name, may or [], days)
        except (InvalidInput, Forbidden) as error:
            return draw(request, error=error)
        return draw(request, secret)

    @router.post(PATH + "/{key}/revoke")
    def revoke(request: Request, key: str) -> Response:
        lens = look(desk, request)
        site = lens.scope.site
        if not any(one.id == key and own(lens, one.member) for one in ring.api_keys.list(site)):
            raise NotFound("This site has no such API key.")
        ring.revoke_api_key(lens.viewer, site, key)
        return RedirectResponse(lens.link(PATH), 303)

    return router


def own(lens: Lens, member: str | None) -> bool:
    """Whether what this member made is the viewer's own, or the viewer changes the site anyway."""
    return lens.may(Capability.SITE) or (member is not None and member == lens.viewer.id)


def _page(keys: list[ApiKey], lens: Lens, zone: str, origin: str) -> ApiKeysPage:
    lines = [_line(key, lens.now, zone) for key in keys]
    valid = tuple(line for line in lines if line.valid)
    ended = tuple(line for line in lines if not line.valid)
    choices = tuple((one.value, words) for one, words in USES.items() if lens.may(one))
    site = lens.scope.site
    read = plural(len(valid), "API key reads", "API keys read") if valid else "No API key reads"
    answer = f"{read} {site}: a program asks /api with one, in the name of who made it."
    return ApiKeysPage(answer, valid, ended, choices, origin)


def _line(key: ApiKey, now: int, zone: str) -> ApiKeyLine:
    ended = "expires" if now < key.expires else "expired"
    return ApiKeyLine(
        id=key.id,
        prefix=key.prefix,
        name=key.name,
        maker=key.maker,
        may=tuple(USES.get(one, one.value) for one in Capability if one in key.capabilities),
        used=ago(key.used, now) if key.used else "never",
        until=f"revoked {stamp(key.revoked, zone)[:16]}"
        if key.revoked
        else f"{ended} {stamp(key.expires, zone)[:16]}",
        valid=key.is_valid(now),
    )
