"""What the page on the members shows."""

from dataclasses import dataclass

from afterclick.accounts.policy import Role
from afterclick.words.sentence import Sentence

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
class MemberLine:
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
class MembersPage:
    """The page: people and invitations of a site, `choices` the roles with what each is for, `everywhere` whether the
    viewer administers every site, `chosen` the person to be changed; `link` was made just now and is shown this once,
    `link_for` says for whom.
    """

    answer: Sentence
    people: tuple[MemberLine, ...]
    invitations: tuple[InvitationLine, ...]
    choices: tuple[tuple[str, str], ...]
    everywhere: bool
    chosen: MemberLine | None = None
    link: str = ""
    link_for: str = ""
    wrong: str = ""
