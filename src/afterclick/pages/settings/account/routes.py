"""Your own account, as a settings page: password, second factor, and where you are signed in."""

from typing import Annotated

from fastapi import Form, Request
from fastapi.responses import RedirectResponse, Response

from afterclick.accounts.authentication import InvalidPassword
from afterclick.errors import AfterclickError, InvalidInput, TooMany
from afterclick.pages.settings.account.context import account_page
from afterclick.pages.settings.account.page import PAGE
from afterclick.web.desk import Desk
from afterclick.web.drawing import Drawing
from afterclick.web.lens import look
from afterclick.web.routing import Routes
from afterclick.web.sessions import drop, keep, origin_of, session_of

Text = Annotated[str, Form()]


def routes(desk: Desk, drawing: Drawing) -> Routes:
    """`/settings/account`: the account itself, its password and its sessions."""
    added = Routes()
    accounts = desk.accounts
    own = accounts.authentication

    def draw(request: Request, done: str = "", error: AfterclickError | None = None) -> Response:
        lens = look(desk, request)
        page = account_page(accounts, session_of(accounts, request), lens, done, str(error or ""))
        status = error.status if error else 200
        return drawing.page(request, PAGE, lens, page, status=status)

    @added.get(PAGE.path, needs=PAGE.needs)
    def page(request: Request, done: str = "") -> Response:
        return draw(request, _DONE.get(done, ""))

    @added.post(f"{PAGE.path}/password", needs=PAGE.needs)
    def change_password(request: Request, current: Text = "", password: Text = "") -> Response:
        session, origin = session_of(accounts, request), origin_of(request)
        try:
            if accounts.members.get(session.member).has_password:
                own.proves(session.member, current, origin)
            accounts.members.set_password(session.member, password)
        except (InvalidInput, InvalidPassword, TooMany) as error:
            return draw(request, error=error)
        accounts.audit.record(request.state.viewer, "member.password", request.state.viewer.name)
        return keep(back_to_account("password"), request, own.renewed(session, origin))

    @added.post(f"{PAGE.path}/sessions/{{session}}/end", needs=PAGE.needs)
    def end(request: Request, session: str) -> Response:
        here = session_of(accounts, request)
        accounts.sign_ins.end(here.member, session)
        if session == here.id:
            return drop(RedirectResponse("/sign-in", 303), request)
        return back_to_account("session")

    @added.post(f"{PAGE.path}/sessions/end-others", needs=PAGE.needs)
    def end_others(request: Request) -> Response:
        session = session_of(accounts, request)
        return keep(back_to_account("others"), request, own.renewed(session, origin_of(request)))

    return added


_DONE = {
    "password": "Your password is changed; every other place was signed out.",
    "session": "That place was signed out.",
    "others": "Every other place was signed out.",
    "factor": "Your second factor is off.",
}


def back_to_account(done: str) -> Response:
    """Lead back to the page, which says what was done."""
    return RedirectResponse(f"{PAGE.path}?done={done}", 303)
