"""The page behind an invitation's link, or a link for a new password."""

from typing import Annotated

from fastapi import Form, Request
from fastapi.responses import RedirectResponse, Response

from afterclick.accounts.viewer import EVERY_SITE
from afterclick.errors import InvalidInput
from afterclick.pages.front.invitation.context import InvitationPage
from afterclick.pages.front.invitation.page import PAGE
from afterclick.web.desk import Desk
from afterclick.web.drawing import Drawing
from afterclick.web.routing import Routes
from afterclick.web.sessions import keep, origin_of

Text = Annotated[str, Form()]


def routes(desk: Desk, drawing: Drawing) -> Routes:
    """`/invitation`."""
    added = Routes()
    accounts = desk.accounts

    def form(request: Request, token: str, name: str = "", wrong: str = "", status: int = 200) -> Response:
        found = accounts.invitations.find(token)
        roles = tuple(
            f"{role} on {'every site' if site == EVERY_SITE else site}" for site, role in found.roles.items()
        )
        page = InvitationPage(token, found.email, found.invited_by, roles, name[:200], wrong)
        return drawing.bare(request, PAGE, page, status=status)

    @added.get(PAGE.path, needs=PAGE.needs)
    def page(request: Request, token: str = "") -> Response:
        return form(request, token)

    @added.post(PAGE.path, needs=PAGE.needs)
    def accept(request: Request, token: Text = "", name: Text = "", password: Text = "") -> Response:
        joins = bool(accounts.invitations.find(token).roles)
        try:
            member = accounts.invitations.accept(token, name, password)
        except InvalidInput as error:
            return form(request, token, name, str(error), error.status)
        accounts.sign_ins.end_all(member.id)
        accounts.audit.record(member.viewer, "member.join" if joins else "member.password", member.email)
        if accounts.second_factors.has(member.id):
            return RedirectResponse("/sign-in", 303)
        return keep(
            RedirectResponse("/", 303), request, accounts.authentication.admit(member.id, origin_of(request))
        )

    return added
