"""Finding, exporting and erasing one person's records, and changing what a site keeps of anybody."""

import re
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import Annotated

import msgspec
from fastapi import Form, Request
from fastapi.responses import RedirectResponse, Response

from afterclick.accounts.policy import Capability
from afterclick.accounts.site_privacy import SiteRules
from afterclick.errors import InvalidInput, NotFound
from afterclick.pages.settings.privacy.archive import archive
from afterclick.pages.settings.privacy.context import person_shown
from afterclick.pages.settings.privacy.page import PAGE, read
from afterclick.web.desk import Desk
from afterclick.web.drawing import Drawing
from afterclick.web.lens import look
from afterclick.web.routing import Routes

_MISTYPED = "Nothing was erased: what you typed is not the id of the person you looked for."
_LONGEST = 256
Text = Annotated[str, Form()]


def routes(desk: Desk, drawing: Drawing) -> Routes:
    """`/settings/privacy`; ids of people stand in the bodies of requests, never in an address."""
    added = Routes()
    draw = partial(_draw, desk, drawing)

    @added.post(PAGE.path, needs=PAGE.needs)
    def find(request: Request, who: Text = "") -> Response:
        lens, who = look(desk, request), who.strip()[:_LONGEST]
        try:
            found = desk.privacy.find(lens.viewer, lens.scope.site, who)
        except InvalidInput as error:
            return draw(request, who=who, wrong=str(error))
        return draw(request, who=who, person=person_shown(found, who, lens))

    @added.post(PAGE.path + "/export", needs=PAGE.needs)
    def export(request: Request, who: Text = "") -> Response:
        lens = look(desk, request)
        try:
            return archive(desk, lens, who)
        except (InvalidInput, NotFound) as error:
            return draw(request, who=who, wrong=str(error))

    @added.post(PAGE.path + "/erase", needs=PAGE.needs)
    def erase(request: Request, who: Text = "", typed: Text = "") -> Response:
        lens = look(desk, request)
        if typed.strip() != who.strip():
            return draw(request, who=who, wrong=_MISTYPED)
        try:
            desk.privacy.ask_erasure(lens.viewer, lens.scope.site, who)
        except InvalidInput as error:
            return draw(request, who=who, wrong=str(error))
        return RedirectResponse(lens.link(PAGE.path), 303)

    @added.post(PAGE.path + "/allow", needs=PAGE.needs)
    def allow(request: Request, who: Text = "") -> Response:
        lens = look(desk, request)
        lifted = desk.privacy.allow(lens.viewer, lens.scope.site, who)
        return draw(request, done="New records of this person are kept again." if lifted else "")

    _add_rules(added, desk, draw)
    return added


def _add_rules(added: Routes, desk: Desk, draw: Callable[..., Response]) -> None:
    @added.post(PAGE.path + "/rules", needs=Capability.SITE)
    def rules(
        request: Request,
        retention_days: Text = "",
        without_consent: Text = "keep",
        honour_signals: Annotated[bool, Form()] = False,
        place: Text = "region",
        kept_query: Text = "",
        internal_networks: Text = "",
    ) -> Response:
        lens = look(desk, request)
        given = {
            "retention_days": retention_days.strip(),
            "without_consent": without_consent,
            "honour_signals": honour_signals,
            "place": place,
            "kept_query": _listed(kept_query),
            "internal_networks": _listed(internal_networks),
        }
        try:
            days = given["retention_days"] or "0"
            wanted = msgspec.convert({**given, "retention_days": days}, SiteRules, strict=False)
            desk.site_privacy.put(lens.viewer, lens.scope.site, wanted)
        except msgspec.ValidationError as error:
            return draw(request, rules=given, wrong=f"This cannot be kept: {error}.")
        except InvalidInput as error:
            return draw(request, rules=given, wrong=str(error))
        return draw(request, done="Kept; collectors follow within seconds.")


def _listed(text: str) -> list[str]:
    return [one.strip() for one in re.split(r"[,\n]", text) if one.strip()]


def _draw(desk: Desk, drawing: Drawing, request: Request, **shown: object) -> Response:
    """The page with what a request brought; a form that was refused answers 400."""
    lens = look(desk, request)
    page = replace(read(desk, lens), **shown)  # pyright: ignore[reportArgumentType] - fields of the page
    status = 400 if page.wrong else 200
    return drawing.page(request, PAGE, lens, page, status=status)
