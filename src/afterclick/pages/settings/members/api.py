"""Who may sign in and what they may do, for programs. Members are named by id in an address, which is logged."""

from collections.abc import Collection

from afterclick.accounts.members import Member
from afterclick.accounts.policy import Capability, Role
from afterclick.accounts.viewer import EVERY_SITE
from afterclick.api.records import (
    AdministratorWanted,
    InvitationWanted,
    JoinLink,
    MemberData,
    Nothing,
    RoleWanted,
)
from afterclick.web.endpoint import Call, Endpoint
from afterclick.web.need import Everywhere, Open


def members(call: Call[Nothing]) -> list[MemberData]:
    """Everyone."""
    accounts = call.desk.accounts
    return _told(accounts.members.list(), accounts.second_factors.who())


def of_site(call: Call[Nothing]) -> list[MemberData]:
    """Those of one site, with what they are there and on every one."""
    accounts, here = call.desk.accounts, {call.site, EVERY_SITE}
    found, _ = accounts.administration.of(call.site)
    return _told(found, accounts.second_factors.who(), here)


def add(call: Call[AdministratorWanted]) -> MemberData:
    """Make an administrator of every site."""
    wanted = call.body
    made = call.desk.accounts.administration.add(call.lens.viewer, wanted.email, wanted.name, wanted.password)
    return _one(made, factor=False)


def invite(call: Call[InvitationWanted]) -> JoinLink:
    """A link for who is new; who has an account gets the role at once."""
    wanted = call.body
    place = EVERY_SITE if wanted.everywhere else call.site
    return _link(
        call.desk.accounts.administration.invite(call.lens.viewer, wanted.email, place, Role(wanted.role))
    )


def change(call: Call[RoleWanted]) -> MemberData:
    """Give a role, or take it away."""
    wanted, member, accounts = call.body, call.part("member"), call.desk.accounts
    place, role = EVERY_SITE if wanted.everywhere else call.site, Role(wanted.role) if wanted.role else None
    accounts.administration.change(call.lens.viewer, member, place, role)
    factor = member in accounts.second_factors.who()
    return _one(accounts.members.get(member), factor, {call.site, EVERY_SITE})


def reset(call: Call[Nothing]) -> JoinLink:
    """A link for another password."""
    return _link(call.desk.accounts.administration.reset(call.lens.viewer, call.part("member")))


def forget_factor(call: Call[Nothing]) -> Nothing:
    """Turn it off."""
    call.desk.accounts.administration.forget_factor(call.lens.viewer, call.part("member"))
    return Nothing()


def remove(call: Call[Nothing]) -> Nothing:
    """Remove the account."""
    call.desk.accounts.administration.remove(call.lens.viewer, call.part("member"))
    return Nothing()


def _link(token: str) -> JoinLink:
    return JoinLink(f"/invitation?token={token}" if token else "")


def _told(
    found: list[Member], factors: Collection[str], places: Collection[str] | None = None
) -> list[MemberData]:
    return [_one(member, member.id in factors, places) for member in found]


def _one(member: Member, factor: bool, places: Collection[str] | None = None) -> MemberData:
    """The member, with the roles in these places alone."""
    return MemberData(
        id=member.id,
        email=member.email,
        name=member.name,
        roles={
            place: role.value for place, role in member.roles.items() if places is None or place in places
        },
        second_factor=factor,
        created=member.created,
    )


_ALL = Everywhere(Capability.MEMBERS)

ENDPOINTS = (
    Endpoint(
        "GET", "/members", _ALL, "Everyone who may sign in, with all their roles.", list[MemberData], members, query=()
    ),
    Endpoint(
        "GET", "/site/members", Capability.MEMBERS, "Who has a role on the site, and which.", list[MemberData], of_site
    ),
    Endpoint(
        "POST", "/members", Open.HERE, "Makes an administrator of every site, with a password.", MemberData, add,
        takes=AdministratorWanted, query=(), status=201,
    ),
    Endpoint(
        "POST", "/members/invitations", Capability.MEMBERS,
        "Makes a link by which somebody joins with a role; who has an account gets the role at once.", JoinLink, invite,
        takes=InvitationWanted, status=201,
    ),
    Endpoint(
        "PUT", "/members/{member}/role", Capability.MEMBERS, "Gives a member a role, or takes it away.", MemberData,
        change, takes=RoleWanted,
    ),
    Endpoint(
        "POST", "/members/{member}/reset", _ALL, "Makes a link by which a member chooses another password.", JoinLink,
        reset, query=(), status=201,
    ),
    Endpoint(
        "DELETE", "/members/{member}/factor", _ALL, "Turns a member's second factor off and signs them out.", Nothing,
        forget_factor, query=(), status=204,
    ),
    Endpoint(
        "DELETE", "/members/{member}", _ALL, "Removes a member's account.", Nothing, remove, query=(), status=204
    ),
)  # fmt: skip
