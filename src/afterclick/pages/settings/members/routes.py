"""Who may do what on a site, as a settings page."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Annotated

from fastapi import APIRouter, Form, Request
from fastapi.responses import RedirectResponse, Response

from afterclick.accounts.invitations import Invitation
from afterclick.accounts.members import Member
from afterclick.accounts.policy import Capability, Role
from afterclick.accounts.viewer import EVERY_SITE
from afterclick.errors import InvalidInput, NotFound
from afterclick.web.desk import Desk
from afterclick.web.drawing import Pages
from afterclick.web.lens import Lens, look, own_sites
from afterclick.words import figures
from afterclick.words.sentence import Sentence, sentence, strong

PATH = "/settings/people"
Text = Annotated[str, Form()]

ROLE_WORDS = {
    Role.EXECUTIVE: "pages and money; no single visits",
    Role.MARKETING: "pages, money and SQL; no single visits",
    Role.PRODUCT: "pages, money, visits without names, release marks, SQL",
    Role.ENGINEERING: "pages, visits without names, release marks, SQL, keys; no money",
    Role.SUPPORT: "pages, visits and who the customer is, privacy requests; no money",
    Role.ADMINISTRATOR: "everything, and who else may",
}


@dataclass(frozen=True)
class RoleLine:
    """One role that somebody has: `where` in words, `site` as forms send it; `fixed` when the viewer may not change
    it.
    """

    site: str
    where: str
    role: str
    fixed: bool


@dataclass(frozen=True)
class PersonLine:
    """One person as listed. `seen` says when they were here last; `own` that it is the viewer."""

    id: str
    email: str
    name: str
    roles: tuple[RoleLine, ...]
    seen: str
    factor: bool
    own: bool


@dataclass(frozen=True)
class InvitationLine:
    """One open invitation as listed."""

    id: str
    email: str
    roles: str
    invited_by: str
    until: str


@dataclass(frozen=True)
class PeoplePage:
    """The page: people and invitations of a site, `choices` the roles with what each is for, `everywhere` whether the
    viewer administers every site, `chosen` the person to be changed; `link` was made just now and is shown this once,
    `link_for` says for whom.
    """

    answer: Sentence
    people: tuple[PersonLine, ...]
    invitations: tuple[InvitationLine, ...]
    choices: tuple[tuple[str, str], ...]
    everywhere: bool
    chosen: PersonLine | None = None
    link: str = ""
    link_for: str = ""
    wrong: str = ""


class _Drawn:
    """Draws the page, as it is or after a change."""

    def __init__(self, desk: Desk, pages: Pages) -> None:
        self._desk = desk
        self._pages = pages

    def page(self, request: Request, token: str = "", link_for: str = "", wrong: str = "") -> Response:
        lens = look(self._desk, request)
        link = f"{request.base_url}invitation?token={token}" if token else ""
        page = _page(self._desk, lens, link, link_for, wrong)
        who = request.query_params.get("who", "")
        page = replace(page, chosen=next((one for one in page.people if one.id == who), None))
        status = InvalidInput.status if wrong else 200
        return self._pages.draw(
            request, "settings/members/page.html", lens, "People", page, timed=False, status=status
        )

    def after(self, request: Request, change: Callable[[], object]) -> Response:
        try:
            change()
        except (InvalidInput, NotFound) as error:
            return self.page(request, wrong=str(error))
        return RedirectResponse(look(self._desk, request).link(PATH), 303)

    def with_link(self, request: Request, link_for: str, make: Callable[[], str]) -> Response:
        try:
            token = make()
        except (InvalidInput, NotFound) as error:
            return self.page(request, wrong=str(error))
        return self.page(request, token, link_for)


def routes(desk: Desk, pages: Pages) -> APIRouter:
    """`/settings/people`, and `/settings/people/PERSON/…` to change one."""
    router = APIRouter(include_in_schema=False)
    administration, people = desk.accounts.administration, desk.accounts.members
    drawn = _Drawn(desk, pages)

    @router.get(PATH)
    def page(request: Request) -> Response:
        return drawn.page(request)

    @router.post(PATH)
    def invite(request: Request, email: Text = "", role: Text = "", where: Text = "") -> Response:
        lens = look(desk, request)

        def make() -> str:
            return administration.invite(lens.viewer, email, _where(where, desk, lens), _role(role))

        return drawn.with_link(request, email.strip(), make)

    @router.post(f"{PATH}/{{person}}/role")
    def change(request: Request, person: str, role: Text = "", where: Text = "") -> Response:
        lens = look(desk, request)

        def give() -> None:
            chosen = _role(role) if role else None
            administration.change(lens.viewer, person, _where(where, desk, lens), chosen)

        return drawn.after(request, give)

    @router.post(f"{PATH}/invitations/{{invitation}}/withdraw")
    def withdraw(request: Request, invitation: str) -> Response:
        return drawn.after(request, lambda: administration.withdraw(request.state.viewer, invitation))

    @router.post(f"{PATH}/{{person}}/reset")
    def reset(request: Request, person: str) -> Response:
        known = next((one.email for one in people.list() if one.id == person), "")
        return drawn.with_link(request, known, lambda: administration.reset(request.state.viewer, person))

    @router.post(f"{PATH}/{{person}}/forget-factor")
    def forget_factor(request: Request, person: str) -> Response:
        return drawn.after(request, lambda: administration.forget_factor(request.state.viewer, person))

    @router.post(f"{PATH}/{{person}}/remove")
    def remove(request: Request, person: str) -> Response:
        return drawn.after(request, lambda: administration.remove(request.state.viewer, person))

    return router


def _role(given: str) -> Role:
    for role in Role:
        if role.value == given:
            return role
    raise InvalidInput(f"A role is one of {', '.join(Role)}.")


def _where(given: str, desk: Desk, lens: Lens) -> str:
    if given and given != EVERY_SITE and given not in own_sites(desk, lens.viewer):
        raise NotFound(f"There is no site {given[:64]!r} here.")
    return given or lens.scope.site


def _page(desk: Desk, lens: Lens, link: str, link_for: str, wrong: str) -> PeoplePage:
    accounts = desk.accounts
    everywhere = lens.viewer.may(Capability.MEMBERS, EVERY_SITE)
    people, invitations = accounts.administration.of(lens.scope.site)
    with_factor = accounts.second_factors.who()
    names = {site.id: site.name for site in accounts.sites.list()} | {EVERY_SITE: "every site"}
    lines = tuple(_line(desk, lens, one, names, everywhere, one.id in with_factor) for one in people)
    return PeoplePage(
        answer=_answer(people, lens.home.name),
        people=lines,
        invitations=tuple(_invited(one, lens, names) for one in invitations),
        choices=tuple((role.value, words) for role, words in ROLE_WORDS.items()),
        everywhere=everywhere,
        link=link,
        link_for=link_for,
        wrong=wrong,
    )


def _answer(people: Sequence[Member], site: str) -> Sentence:
    if not people:
        return sentence(strong("Nobody has an account"), f" on {site} yet; invite the first below.")
    administrators = sum(1 for one in people if Role.ADMINISTRATOR in one.roles.values())
    return sentence(
        strong("1 person" if len(people) == 1 else f"{len(people)} people"),
        f" may look at {site}; {administrators} of them ",
        "administers it." if administrators == 1 else "administer it.",
    )


def _line(
    desk: Desk, lens: Lens, person: Member, names: Mapping[str, str], everywhere: bool, factor: bool
) -> PersonLine:
    site = lens.scope.site
    roles = tuple(
        RoleLine(held, names.get(held, held), role.value, _fixed(held, everywhere))
        for held, role in sorted(person.roles.items())
        if everywhere or held in (site, EVERY_SITE)
    )
    sessions = desk.accounts.sign_ins.list(person.id)
    seen = figures.ago(sessions[0].seen, lens.now) if sessions else "not signed in"
    return PersonLine(person.id, person.email, person.name, roles, seen, factor, person.id == lens.viewer.id)


def _fixed(site: str, everywhere: bool) -> bool:
    return site == EVERY_SITE and not everywhere


def _invited(invitation: Invitation, lens: Lens, names: Mapping[str, str]) -> InvitationLine:
    roles = ", ".join(f"{role} on {names.get(site, site)}" for site, role in invitation.roles.items())
    until = figures.stamp(invitation.expires, lens.home.timezone)
    return InvitationLine(invitation.id, invitation.email, roles, invitation.invited_by, until)
