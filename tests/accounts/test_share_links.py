"""Share links: signed, expiring, one page."""

from dataclasses import replace

import pytest
from sqlalchemy import Engine
from tests.accounts.ticking import Ticking

from afterclick.accounts import Site, Sites
from afterclick.accounts.accounts import Accounts
from afterclick.accounts.policy import Capability, Role
from afterclick.accounts.secrets import Secrets
from afterclick.accounts.share_links import DAY_MS, Shared, ShareLinks
from afterclick.accounts.viewer import THIS_MACHINE, Viewer
from afterclick.errors import Forbidden, InvalidInput, NotFound

PAGE = Shared("/", "Overview", "shop", 0, 86_400_000, money=False)


@pytest.fixture
def share_links(control: Engine, clock: Ticking) -> ShareLinks:
    Sites(control).create(Site("shop", "Shop", "EUR", "UTC"))
    return ShareLinks(control, Secrets((b"k" * 32,)), clock)


@pytest.fixture
def jana(accounts: Accounts, share_links: ShareLinks) -> Viewer:
    return accounts.members.create("jana@shop.example", "Jana", None, {"shop": Role.PRODUCT}).viewer


def test_a_link_shows_its_page_without_money_unless_asked_for(share_links: ShareLinks, jana: Viewer) -> None:
    made = share_links.create(jana, PAGE, 7)
    link, viewer = share_links.open(made.token)
    assert (link.shared, viewer.kind) == (PAGE, "share link")
    assert dict(viewer.grants) == {"shop": {Capability.VIEW}}
    rich = share_links.create(jana, replace(PAGE, money=True), 7)
    assert dict(share_links.open(rich.token)[1].grants) == {"shop": {Capability.VIEW, Capability.MONEY}}


def test_a_forged_or_foreign_token_opens_nothing(
    share_links: ShareLinks, jana: Viewer, control: Engine
) -> None:
    made = share_links.create(jana, PAGE, 7)
    foreign = ShareLinks(control, Secrets((b"x" * 32,))).list("shop")[0].token
    for token in ("", made.id, f'"{made.id}".x', made.token[:-1], foreign, "x" * 100_000, "\ud800"):
        with pytest.raises(NotFound):
            share_links.open(token)


def test_a_link_outlives_a_rotation_of_the_installations_key(
    share_links: ShareLinks, jana: Viewer, control: Engine, clock: Ticking
) -> None:
    made = share_links.create(jana, PAGE, 7)
    rotated = ShareLinks(control, Secrets((b"n" * 32, b"k" * 32)), clock)
    assert rotated.open(made.token)[0].id == made.id
    assert rotated.list("shop")[0].token != made.token


def test_a_link_expires_and_can_be_revoked(share_links: ShareLinks, jana: Viewer, clock: Ticking) -> None:
    made = share_links.create(jana, PAGE, 1)
    other = share_links.create(jana, PAGE, 90)
    with pytest.raises(NotFound):
        share_links.revoke("blog", other.id)
    share_links.revoke("shop", other.id)
    clock.later(DAY_MS)
    for token in (made.token, other.token):
        with pytest.raises(NotFound):
            share_links.open(token)


def test_a_link_shows_no_more_than_its_maker_may_see_now(
    share_links: ShareLinks, jana: Viewer, accounts: Accounts
) -> None:
    link = share_links.create(jana, replace(PAGE, money=True), 7)
    accounts.members.create("root@shop.example", "Root", None, {"*": Role.ADMINISTRATOR})
    accounts.members.give(jana.id, "shop", Role.ENGINEERING)
    assert dict(share_links.open(link.token)[1].grants) == {"shop": {Capability.VIEW}}
    accounts.members.take(jana.id, "shop")
    with pytest.raises(NotFound):
        share_links.open(link.token)


def test_what_may_not_be_shared_is_refused(share_links: ShareLinks, accounts: Accounts, jana: Viewer) -> None:
    support = accounts.members.create("s@shop.example", "S", None, {"shop": Role.SUPPORT}).viewer
    with pytest.raises(Forbidden):
        share_links.create(support, replace(PAGE, money=True), 7)
    with pytest.raises(Forbidden):
        share_links.create(jana, replace(PAGE, site="blog"), 7)
    for page, days in (
        ("//elsewhere", 7),
        ("/problems/../visits", 7),
        ("/visits?find=x", 7),
        ("/", 0),
        ("/", 91),
    ):
        with pytest.raises(InvalidInput):
            share_links.create(THIS_MACHINE, replace(PAGE, page=page), days)
    viewer = share_links.open(share_links.create(jana, PAGE, 7).token)[1]
    with pytest.raises(Forbidden):
        share_links.create(viewer, PAGE, 7)
