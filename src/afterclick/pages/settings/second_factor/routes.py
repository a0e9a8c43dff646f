"""Taking a second factor, turning it off, and new recovery codes, as a settings page."""

from typing import Annotated

import segno
from fastapi import Form, Request
from fastapi.responses import RedirectResponse, Response
from markupsafe import Markup

from afterclick.accounts.authentication import InvalidPassword
from afterclick.accounts.members import Member
from afterclick.errors import InvalidInput, TooMany
from afterclick.pages.settings.account.page import PAGE as ACCOUNT
from afterclick.pages.settings.account.routes import back_to_account
from afterclick.pages.settings.second_factor.context import FactorPage
from afterclick.pages.settings.second_factor.page import PAGE
from afterclick.web.desk import Desk
from afterclick.web.drawing import Drawing
from afterclick.web.lens import look
from afterclick.web.routing import Routes
from afterclick.web.sessions import keep, origin_of, session_of

Text = Annotated[str, Form()]


class _Drawn:
    """Draws the page."""

    def __init__(self, desk: Desk, drawing: Drawing) -> None:
        self._desk = desk
        self._drawing = drawing

    def enrolment(self, request: Request, member: Member, wrong: str = "", status: int = 200) -> Response:
        found = self._desk.accounts.second_factors.enrol(member.id, member.email)
        spaced = " ".join(found.secret[at : at + 4] for at in range(0, len(found.secret), 4))
        page = FactorPage(_picture(found.uri), spaced, required=self._required(), wrong=wrong)
        return self._draw(request, page, status)

    def codes(self, request: Request, codes: list[str]) -> Response:
        return self._draw(request, FactorPage(Markup(""), "", tuple(codes), self._required()))

    def _required(self) -> bool:
        return self._desk.accounts.authentication.factor_required

    def _draw(self, request: Request, page: FactorPage, status: int = 200) -> Response:
        lens = look(self._desk, request)
        return self._drawing.page(request, PAGE, lens, page, status=status)


def routes(desk: Desk, drawing: Drawing) -> Routes:
    """`/settings/account/factor`."""
    added = Routes()
    accounts, drawn = desk.accounts, _Drawn(desk, drawing)
    factors, own = accounts.second_factors, accounts.authentication

    @added.get(PAGE.path, needs=PAGE.needs)
    def page(request: Request) -> Response:
        member = accounts.members.get(session_of(accounts, request).member)
        if factors.has(member.id):
            return RedirectResponse(ACCOUNT.path, 303)
        return drawn.enrolment(request, member)

    @added.post(PAGE.path, needs=PAGE.needs)
    def confirm(request: Request, code: Text = "", password: Text = "") -> Response:
        session = session_of(accounts, request)
        member = accounts.members.get(session.member)
        if factors.has(member.id):
            return RedirectResponse(ACCOUNT.path, 303)
        try:
            _prove(desk, member, password, request)
            codes = factors.confirm(member.id, code)
        except (InvalidInput, InvalidPassword, TooMany) as error:
            return drawn.enrolment(request, member, str(error), error.status)
        accounts.audit.record(request.state.viewer, "member.factor", member.email, detail="on")
        return keep(drawn.codes(request, codes), request, own.renewed(session, origin_of(request)))

    @added.post(f"{PAGE.path}/codes", needs=PAGE.needs)
    def codes(request: Request, password: Text = "") -> Response:
        member = accounts.members.get(session_of(accounts, request).member)
        _prove(desk, member, password, request)
        if not factors.has(member.id):
            return RedirectResponse(ACCOUNT.path, 303)
        accounts.audit.record(
            request.state.viewer, "member.factor", member.email, detail="new recovery codes"
        )
        return drawn.codes(request, factors.new_recovery_codes(member.id))

    @added.post(f"{PAGE.path}/off", needs=PAGE.needs)
    def off(request: Request, password: Text = "") -> Response:
        session = session_of(accounts, request)
        member = accounts.members.get(session.member)
        if own.factor_required:
            raise InvalidInput("This installation requires a second factor of everyone with a password.")
        _prove(desk, member, password, request)
        factors.forget(member.id)
        accounts.audit.record(request.state.viewer, "member.factor", member.email, detail="off")
        return keep(back_to_account("factor"), request, own.renewed(session, origin_of(request)))

    return added


def _prove(desk: Desk, member: Member, password: str, request: Request) -> None:
    if member.has_password:
        desk.accounts.authentication.proves(member.id, password, origin_of(request))


def _picture(uri: str) -> Markup:
    """The QR code (ISO/IEC 18004) as an SVG element without any style of its own, dark on light in every theme."""
    drawn = segno.make(uri, error="m").svg_inline(
        border=3, dark="#000", light="#fff", svgclass="qr", lineclass=None, omitsize=True
    )
    return Markup(drawn)  # noqa: S704 - a drawing of squares
