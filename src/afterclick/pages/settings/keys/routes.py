"""The write keys of a site, as a settings page."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Form, Request
from fastapi.responses import RedirectResponse, Response

from afterclick.accounts import Key, NewKey
from afterclick.errors import AfterclickError, InvalidInput, NotFound
from afterclick.web.desk import Desk
from afterclick.web.drawing import Pages
from afterclick.web.lens import Lens, look
from afterclick.words.figures import ago, plural, stamp

PATH = "/settings/keys"
Text = Annotated[str, Form()]
Ticked = Annotated[bool, Form()]


@dataclass(frozen=True)
class KeyLine:
    """One key as listed: `shown` is all of it when it is public, else how it starts. `used` and `until` in words."""

    prefix: str
    shown: str
    public: bool
    name: str
    senders: str
    origins: tuple[str, ...]
    browsers_only: bool
    capabilities: tuple[str, ...]
    used: str
    until: str
    valid: bool


@dataclass(frozen=True)
class KeysPage:
    """The page: the keys that open the site, those that have ended, `made` the secret of one just made (shown this
    once), and what was wrong with a form, empty for nothing.
    """

    answer: str
    valid: tuple[KeyLine, ...]
    ended: tuple[KeyLine, ...]
    made: str = ""
    wrong: str = ""


def routes(desk: Desk, pages: Pages) -> APIRouter:
    """`/settings/keys`, and `/settings/keys/PREFIX/…` to rotate, restrict and revoke one."""
    router = APIRouter(include_in_schema=False)
    ring = desk.keyring

    def draw(request: Request, made: str = "", error: AfterclickError | None = None) -> Response:
        lens = look(desk, request)
        page = _page(ring.keys.list(lens.scope.site), lens, lens.home.timezone, made, str(error or ""))
        status = error.status if error else 200
        return pages.draw(request, "settings/keys/page.html", lens, "Keys", page, timed=False, status=status)

    def changed(request: Request, change: Callable[[Lens], NewKey | None]) -> Response:
        lens = look(desk, request)
        try:
            made = change(lens)
        except (InvalidInput, NotFound) as error:
            return draw(request, error=error)
        return draw(request, made.secret) if made else RedirectResponse(lens.link(PATH), 303)

    @router.get(PATH)
    def page(request: Request) -> Response:
        return draw(request)

    @router.post(PATH)
    def create(
        request: Request,
        name: Text = "",
        origins: Text = "",
        browsers_only: Ticked = False,
        historical: Ticked = False,
    ) -> Response:
        may = ["historical"] if historical else []
        return changed(
            request,
            lambda lens: ring.create_key(
                lens.viewer, lens.scope.site, name, may, origins.split(), browsers_only
            ),
        )

    @router.post(PATH + "/{prefix}/rotate")
    def rotate(request: Request, prefix: str, hours: Annotated[float, Form()] = 24) -> Response:
        return changed(request, lambda lens: ring.rotate_key(lens.viewer, lens.scope.site, prefix, hours))

    @router.post(PATH + "/{prefix}/restrict")
    def restrict(
        request: Request, prefix: str, origins: Text = "", browsers_only: Ticked = False
    ) -> Response:
        def change(lens: Lens) -> None:
            ring.restrict_key(lens.viewer, lens.scope.site, prefix, origins.split(), browsers_only)

        return changed(request, change)

    @router.post(PATH + "/{prefix}/revoke")
    def revoke(request: Request, prefix: str) -> Response:
        return changed(request, lambda lens: ring.revoke_key(lens.viewer, lens.scope.site, prefix))

    return router


def _page(keys: list[Key], lens: Lens, zone: str, made: str, wrong: str) -> KeysPage:
    lines = [_line(key, lens.now, zone) for key in keys]
    valid = tuple(line for line in lines if line.valid)
    ended = tuple(line for line in lines if not line.valid)
    return KeysPage(_answer(valid, lens.scope.site), valid, ended, made, wrong)


def _answer(valid: tuple[KeyLine, ...], site: str) -> str:
    if not valid:
        return f"No key opens {site}: nothing can be sent to it until you make one."
    opening = f"{plural(len(valid), 'key opens', 'keys open')} {site} to data."
    loose = sum(not line.origins and line.public for line in valid)
    if not loose:
        return f"{opening} Each public one is held to its own pages."
    which = "It is" if len(valid) == 1 else f"{loose} of them {'is' if loose == 1 else 'are'}"
    return f"{opening} {which} public and taken from any page: name the pages that may send."


def _line(key: Key, now: int, zone: str) -> KeyLine:
    return KeyLine(
        prefix=key.prefix,
        shown=key.clear or f"{key.prefix}…",
        public=key.clear is not None,
        name=key.name or "unnamed",
        senders="browsers only" if key.browsers_only else "browsers and servers",
        origins=tuple(sorted(key.origins)),
        browsers_only=key.browsers_only,
        capabilities=tuple(sorted(key.capabilities)),
        used=ago(key.used, now) if key.used else "never",
        until=_until(key, now, zone),
        valid=key.is_valid(now),
    )


def _until(key: Key, now: int, zone: str) -> str:
    if key.revoked is not None:
        return f"revoked {stamp(key.revoked, zone)[:16]}"
    if key.ends is None:
        return "until revoked"
    return f"{'ends' if now < key.ends else 'ended'} {stamp(key.ends, zone)[:16]}"
