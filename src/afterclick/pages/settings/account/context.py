"""What the page on your own account shows."""

from dataclasses import dataclass

from afterclick.accounts.accounts import Accounts
from afterclick.accounts.signins import SignIn
from afterclick.web.lens import Lens
from afterclick.words import figures


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


def account_page(accounts: Accounts, session: SignIn, lens: Lens, done: str, wrong: str) -> AccountPage:
    """What the page shows to who came by `session`. Blocks."""
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
