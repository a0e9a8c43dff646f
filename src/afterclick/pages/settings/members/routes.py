"""Inviting members, changing their roles, and removing them."""

from collections.abc import Callable
from dataclasses import replace
from typing import Annotated

from fastapi import Form, Request
from fastapi.responses import RedirectResponse, Response

from afterclick.accounts.policy import Role
from afterclick.accounts.viewer import EVERY_SITE
from afterclick.errors import InvalidInput, NotFound
from afterclick.pages.settings.members.page import PAGE, read
from afterclick.web.desk import Desk
from afterclick.web.drawing import Drawing
from afterclick.web.lens import Lens, look, own_sites
from afterclick.web.routing import Routes

Text = Annotated[str, Form()]


class _Drawn:
    """Draws the page, as it is or after a change."""

    def __init__(self, desk: Desk, drawing: Drawing) -> None:
        self._desk = desk
        self._drawing = drawing

    def page(self, request: Request, token: str = "", link_for: str = "", wrong: str = "") -> Response:
        lens = look(self._desk, request)
        link = f"{lens.origin}/invitation?token={token}" if token else ""
        shown = replace(read(self._desk, lens), link=link, link_for=link_for, wrong=wrong)
        return self._drawing.page(request, PAGE, lens, shown, status=InvalidInput.status if wrong else 200)

    def after(self, request: Request, change: Callable[[], object]) -> Response:
        try:
            change()
        except (InvalidInput, NotFound) as error:
            return self.page(request, wrong=str(error))
        return RedirectResponse(look(self._desk, request).link(PAGE.path), 303)

    def with_link(self, request: Request, link_for: str, make: Callable[[], str]) -> Response:
        try:
            token = make()
        except (InvalidInput, NotFound) as error:
            return self.page(request, wrong=str(error))
        return self.page(request, token, link_for)


def routes(desk: Desk, drawing: Drawing) -> Routes:
    """Posting to the page invites, to `/settings/people/MEMBER/…` changes one."""
    added = Routes()
    administration, people = desk.accounts.administration, desk.accounts.members
    drawn = _Drawn(desk, drawing)

    @added.post(PAGE.path, needs=PAGE.needs)
    def invite(request: Request, email: Text = "", role: Text = "", where: Text = "") -> Response:
        lens = look(desk, request)

        def make() -> str:
            return administration.invite(lens.viewer, email, _where(where, desk, lens), _role(role))

        return drawn.with_link(request, email.strip(), make)

    @added.post(f"{PAGE.path}/{{person}}/role", needs=PAGE.needs)
    def change(request: Request, person: str, role: Text = "", where: Text = "") -> Response:
        lens = look(desk, request)

        def give() -> None:
            chosen = _role(role) if role else None
            administration.change(lens.viewer, person, _where(where, desk, lens), chosen)

        return drawn.after(request, give)

    @added.post(f"{PAGE.path}/invitations/{{invitation}}/withdraw", needs=PAGE.needs)
    def withdraw(request: Request, invitation: str) -> Response:
        return drawn.after(request, lambda: administration.withdraw(request.state.viewer, invitation))

    @added.post(f"{PAGE.path}/{{person}}/reset", needs=PAGE.needs)
    def reset(request: Request, person: str) -> Response:
        known = next((one.email for one in people.list() if one.id == person), "")
        return drawn.with_link(request, known, lambda: administration.reset(request.state.viewer, person))

    @added.post(f"{PAGE.path}/{{person}}/forget-factor", needs=PAGE.needs)
    def forget_factor(request: Request, person: str) -> Response:
        return drawn.after(request, lambda: administration.forget_factor(request.state.viewer, person))

    @added.post(f"{PAGE.path}/{{person}}/remove", needs=PAGE.needs)
    def remove(request: Request, person: str) -> Response:
        return drawn.after(request, lambda: administration.remove(request.state.viewer, person))

    return added


def _role(given: str) -> Role:
    for role in Role:
        if role.value == given:
            return role
    raise InvalidInput(f"A role is one of {', '.join(Role)}.")


def _where(given: str, desk: Desk, lens: Lens) -> str:
    if given and given != EVERY_SITE and given not in own_sites(desk, lens.viewer):
        raise NotFound(f"There is no site {given[:64]!r} here.")
    return given or lens.scope.site
