"""Who may do what on this site?"""

from collections.abc import Mapping, Sequence

from afterclick.accounts.invitations import Invitation
from afterclick.accounts.members import Member
from afterclick.accounts.policy import Capability, Role
from afterclick.accounts.viewer import EVERY_SITE
from afterclick.pages.settings.members.context import (
    ROLE_WORDS,
    InvitationLine,
    MemberLine,
    MembersPage,
    RoleLine,
)
from afterclick.web.desk import Desk
from afterclick.web.lens import Lens
from afterclick.web.page import Page, Section
from afterclick.words import figures
from afterclick.words.sentence import Sentence, sentence, strong


def read(desk: Desk, lens: Lens) -> MembersPage:
    """What the page shows. Blocks."""
    accounts = desk.accounts
    everywhere = lens.viewer.may(Capability.MEMBERS, EVERY_SITE)
    people, invitations = accounts.administration.of(lens.scope.site)
    with_factor = accounts.second_factors.who()
    names = {site.id: site.name for site in accounts.sites.list()} | {EVERY_SITE: "every site"}
    lines = tuple(_line(desk, lens, one, names, everywhere, one.id in with_factor) for one in people)
    return MembersPage(
        answer=_answer(people, lens.home.name),
        people=lines,
        invitations=tuple(_invited(one, lens, names) for one in invitations),
        choices=tuple((role.value, words) for role, words in ROLE_WORDS.items()),
        everywhere=everywhere,
        chosen=next((one for one in lines if one.id == lens.asked.get("who")), None),
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
) -> MemberLine:
    site = lens.scope.site
    roles = tuple(
        RoleLine(held, names.get(held, held), role.value, _fixed(held, everywhere))
        for held, role in sorted(person.roles.items())
        if everywhere or held in (site, EVERY_SITE)
    )
    sessions = desk.accounts.sign_ins.list(person.id)
    seen = figures.ago(sessions[0].seen, lens.now) if sessions else "not signed in"
    return MemberLine(person.id, person.email, person.name, roles, seen, factor, person.id == lens.viewer.id)


def _fixed(site: str, everywhere: bool) -> bool:
    return site == EVERY_SITE and not everywhere


def _invited(invitation: Invitation, lens: Lens, names: Mapping[str, str]) -> InvitationLine:
    roles = ", ".join(f"{role} on {names.get(site, site)}" for site, role in invitation.roles.items())
    until = figures.stamp(invitation.expires, lens.home.timezone)
    return InvitationLine(invitation.id, invitation.email, roles, invitation.invited_by, until)


PAGE = Page(
    path="/settings/people",
    name="Members",
    needs=Capability.MEMBERS,
    context=MembersPage,
    read=read,
    settings=Section(10),
)
