"""Your own account, as a settings page: password, second factor, and where you are signed in."""

from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Form, Request
from fastapi.responses import RedirectResponse, Response

from afterclick.accounts.authentication import InvalidPassword
from afterclick.accounts.signins import SignIn
from afterclick.errors import AfterclickError, InvalidInput, TooMany
from afterclick.web.desk import Desk
from afterclick.web.drawing import Pages
from afterclick.web.lens import Lens, look
from afterclick.web.sessions import drop, keep, origin_of, session_of
from afterclick.words import figures

PATH = "/settings/account"
Text = Annotated[str, Form()]


@dataclass(frozen=True)
class SessionLine:
    """One place where the member is signed in; `here` is this one."""

    id: str
    what: str
    address: str
    since: str
    seen: str
    here: bool


@dataclass(frozen=True)
class AccountPage:
    """The page. `has_password` is False for who comes by another way; a `factor_required` cannot be turned off;
    `codes_left` counts recovery codes; `done` says what was changed, `wrong` what was not and why.
    """

    email: str
    name: str
    roles: tuple[str, ...]
    has_password: bool
    factor: bool
    factor_required: bool
    codes_left: int
    sessions: tuple[SessionLine, ...]
    done: str = ""
    wrong: str = ""


def routes(desk: Desk, pages: Pages) -> APIRouter:
    """`/settings/account`: the account itself, its password and its sessions."""
    router = APIRouter(include_in_schema=False)
    accounts = desk.accounts
    own = accounts.authentication

    def draw(request: Request, done: str = "", error: AfterclickError | None = None) -> Response:
        lens = look(desk, request)
        page = _page(desk, session_of(accounts, request), lens, done, str(error or ""))
        status = error.status if error else 200
        return pages.draw(
            request, "settings/account/page.html", lens, "Your account", page, timed=False, status=status
        )

    @router.get(PATH)
    def page(request: Request, done: str = "") -> Response:
        return draw(request, _DONE.get(done, ""))

    @router.post(f"{PATH}/password")
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

    @router.post(f"{PATH}/sessions/{{session}}/end")
    def end(request: Request, session: str) -> Response:
        here = session_of(accounts, request)
        accounts.sign_ins.end(here.member, session)
        if session == here.id:
            return drop(RedirectResponse("/sign-in", 303), request)
        return back_to_account("session")

    @router.post(f"{PATH}/sessions/end-others")
    def end_others(request: Request) -> Response:
        session = session_of(accounts, request)
        return keep(back_to_account("others"), request, own.renewed(session, origin_of(request)))

    return router


_DONE = {
    "password": "Your password is changed; every other place was signed out.",
    "session": "That place was signed out.",
    "others": "Every other place was signed out.",
    "factor": "Your second factor is off.",
}


def back_to_account(done: str) -> Response:
    """Lead back to the page, which says what was done."""
    return RedirectResponse(f"{PATH}?done={done}", 303)


def _page(desk: Desk, session: SignIn, lens: Lens, done: str, wrong: str) -> AccountPage:
    accounts = desk.accounts
    member = accounts.members.get(session.member)
    roles = tuple(
        f"{role} on {'every site' if site == '*' else site}" for site, role in sorted(member.roles.items())
    )
    sessions = tuple(
        SessionLine(
            one.id, _agent(one.agent), one.address, figures.stamp(one.created, lens.home.timezone),
            figures.ago(one.seen, lens.now), one.id == session.id,
        )
        for one in accounts.sign_ins.list(member.id)
    )  # fmt: skip
    return AccountPage(
        email=member.email,
        name=member.name,
        roles=roles,
        has_password=member.has_password,
        factor_required=accounts.authentication.factor_required,
        factor=accounts.second_factors.has(member.id),
        codes_left=accounts.second_factors.recovery_codes_left(member.id),
        sessions=sessions,
        done=done,
        wrong=wrong,
    )


def _agent(agent: str) -> str:
    """The browser and the system in a user agent, as far as they are told."""
    browsers = {
        "Edg/": "Edge",
        "OPR/": "Opera",
        "Firefox/": "Firefox",
        "Chrome/": "Chrome",
        "Safari/": "Safari",
    }
    systems = {
        "Windows": "Windows", "iPhone": "iPhone", "iPad": "iPad", "Android": "Android", "Mac OS": "macOS",
        "Linux": "Linux",
    }  # fmt: skip
    browser = next((name for mark, name in browsers.items() if mark in agent), "")
    system = next((name for mark, name in systems.items() if mark in agent), "")
    return " on ".join(word for word in (browser, system) if word) or agent[:60] or "unknown browser"
