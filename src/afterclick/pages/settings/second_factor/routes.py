"""Taking a second factor, turning it off, and new recovery codes, as a settings page."""

from dataclasses import dataclass
from typing import Annotated

import segno
from fastapi import APIRouter, Form, Request
from fastapi.responses import RedirectResponse, Response
from markupsafe import Markup

from afterclick.accounts.authentication import InvalidPassword
from afterclick.accounts.members import Member
from afterclick.errors import InvalidInput, TooMany
from afterclick.pages.settings.account.routes import PATH as ACCOUNT
from afterclick.pages.settings.account.routes import back_to_account
from afterclick.web.desk import Desk
from afterclick.web.drawing import Pages
from afterclick.web.lens import look
from afterclick.web.sessions import keep, origin_of, session_of

PATH = f"{ACCOUNT}/factor"
Text = Annotated[str, Form()]


@dataclass(frozen=True)
class FactorPage:
    """Taking a second factor: its picture and its secret; once it is confirmed, the recovery `codes`, shown once.
    `required` where everyone with a password needs one.
    """

    picture: Markup
    secret: str
    codes: tuple[str, ...] = ()
    required: bool = False
    wrong: str = ""


class _Drawn:
    """Draws the page."""

    def __init__(self, desk: Desk, pages: Pages) -> None:
        self._desk = desk
        self._pages = pages

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
        return self._pages.draw(
            request,
            "settings/second_factor/page.html",
            lens,
            "Second factor",
            page,
            timed=False,
            status=status,
        )


def routes(desk: Desk, pages: Pages) -> APIRouter:
    """`/settings/account/factor`."""
    router = APIRouter(include_in_schema=False)
    accounts, drawn = desk.accounts, _Drawn(desk, pages)
    factors, own = accounts.second_factors, accounts.authentication

    @router.get(PATH)
    def page(request: Request) -> Response:
        member = accounts.members.get(session_of(accounts, request).member)
        if factors.has(member.id):
            return RedirectResponse(ACCOUNT, 303)
        return drawn.enrolment(request, member)

    @router.post(PATH)
    def confirm(request: Request, code: Text = "", password: Text = "") -> Response:
        session = session_of(accounts, request)
        member = accounts.members.get(session.member)
        if factors.has(member.id):
            return RedirectResponse(ACCOUNT, 303)
        try:
            _prove(desk, member, password, request)
            codes = factors.confirm(member.id, code)
        except (InvalidInput, InvalidPassword, TooMany) as error:
            return drawn.enrolment(request, member, str(error), error.status)
        accounts.audit.record(request.state.viewer, "member.factor", member.email, detail="on")
        return keep(drawn.codes(request, codes), request, own.renewed(session, origin_of(request)))

    @router.post(f"{PATH}/codes")
    def codes(request: Request, password: Text = "") -> Response:
        member = accounts.members.get(session_of(accounts, request).member)
        _prove(desk, member, password, request)
        if not factors.has(member.id):
            return RedirectResponse(ACCOUNT, 303)
        accounts.audit.record(
            request.state.viewer, "member.factor", member.email, detail="new recovery codes"
        )
        return drawn.codes(request, factors.new_recovery_codes(member.id))

    @router.post(f"{PATH}/off")
    def off(request: Request, password: Text = "") -> Response:
        session = session_of(accounts, request)
        member = accounts.members.get(session.member)
        if own.factor_required:
            raise InvalidInput("This installation requires a second factor of everyone with a password.")
        _prove(desk, member, password, request)
        factors.forget(member.id)
        accounts.audit.record(request.state.viewer, "member.factor", member.email, detail="off")
        return keep(back_to_account("factor"), request, own.renewed(session, origin_of(request)))

    return router


def _prove(desk: Desk, member: Member, password: str, request: Request) -> None:
    if member.has_password:
        desk.accounts.authentication.proves(member.id, password, origin_of(request))


def _picture(uri: str) -> Markup:
    """The QR code (ISO/IEC 18004) as an SVG element without any style of its own, dark on light in every theme."""
    drawn = segno.make(uri, error="m").svg_inline(
        border=3, dark="#000", light="#fff", svgclass="qr", lineclass=None, omitsize=True
    )
    return Markup(drawn)  # noqa: S704 - a drawing of squares
