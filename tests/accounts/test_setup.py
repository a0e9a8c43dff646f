from dataclasses import replace

import pytest
from sqlalchemy import Engine
from tests.accounts.conftest import PASSWORD

from afterclick.accounts import DEFAULT_SITE, Site, first_run
from afterclick.accounts.accounts import Accounts
from afterclick.accounts.policy import Role
from afterclick.accounts.setup import Wanted
from afterclick.accounts.viewer import EVERY_SITE
from afterclick.errors import Forbidden, InvalidInput
from afterclick.settings import Settings

pytestmark = [
    pytest.mark.usefixtures("quick_hashes"),
    pytest.mark.parametrize("control_settings", ["sqlite"], indirect=True),
]

WANTED = Wanted("jana@x.com", "Jana", PASSWORD, "Acme shop", "CZK", "Europe/Prague")


@pytest.fixture
def fresh(accounts: Accounts, control: Engine, control_settings: Settings) -> Accounts:
    first_run(control, control_settings)
    return accounts


def test_set_up_makes_the_first_administrator_and_the_site_once(fresh: Accounts) -> None:
    assert fresh.set_up.is_open()
    member = fresh.set_up.finish(fresh.set_up.token, WANTED)
    assert member.roles == {EVERY_SITE: Role.ADMINISTRATOR}
    assert fresh.sites.get(DEFAULT_SITE) == Site(DEFAULT_SITE, "Acme shop", "CZK", "Europe/Prague")
    assert not fresh.set_up.is_open()
    with pytest.raises(Forbidden, match="set up already"):
        fresh.set_up.finish(fresh.set_up.token, replace(WANTED, email="other@x.com"))
    assert [one.action for one in fresh.audit.read()] == ["setup.done"]


@pytest.mark.parametrize("token", ["", "x", "\ud800", "é"])
def test_only_the_token_of_the_terminal_opens_set_up(fresh: Accounts, token: str) -> None:
    with pytest.raises(Forbidden, match="set-up link"):
        fresh.set_up.finish(token, WANTED)
    assert fresh.set_up.is_open()


@pytest.mark.parametrize(
    "wrong",
    [{"currency": "euros"}, {"timezone": "Prague"}, {"email": "jana"}, {"password": "password123"}],
)
def test_what_is_wrong_is_told_and_nothing_is_kept(fresh: Accounts, wrong: dict[str, str]) -> None:
    with pytest.raises(InvalidInput):
        fresh.set_up.finish(fresh.set_up.token, replace(WANTED, **wrong))
    assert fresh.set_up.is_open()
    assert fresh.members.list() == []
    assert fresh.sites.get(DEFAULT_SITE).name == "Default"
