"""API keys: scoped, hashed, expiring, and never more than their maker."""

import pytest
from sqlalchemy import Engine, text
from tests.accounts.ticking import Ticking

from afterclick.accounts import Site, Sites
from afterclick.accounts.accounts import Accounts
from afterclick.accounts.api_keys import DAY_MS, ApiKeys
from afterclick.accounts.policy import Capability, Role
from afterclick.accounts.viewer import THIS_MACHINE, Viewer
from afterclick.errors import Forbidden, InvalidInput, NotFound, Unauthorized

READ = {Capability.VIEW, Capability.VISITS}


@pytest.fixture
def api_keys(control: Engine, clock: Ticking) -> ApiKeys:
    for site in ("shop", "blog"):
        Sites(control).create(Site(site, site, "EUR", "UTC"))
    return ApiKeys(control, clock)


@pytest.fixture
def jana(accounts: Accounts, api_keys: ApiKeys) -> Viewer:
    return accounts.members.create("jana@shop.example", "Jana", None, {"shop": Role.PRODUCT}).viewer


def test_a_key_opens_its_site_with_its_capabilities_and_nothing_else(api_keys: ApiKeys, jana: Viewer) -> None:
    made, secret = api_keys.create(jana, "shop", "nightly report", READ, 30)
    viewer = api_keys.viewer(secret)
    assert (viewer.kind, viewer.id, dict(viewer.grants)) == ("api key", made.id, {"shop": READ})
    assert viewer.name == "nightly report of jana@shop.example"


def test_only_a_digest_of_the_key_is_kept(api_keys: ApiKeys, jana: Viewer, control: Engine) -> None:
    made, secret = api_keys.create(jana, "shop", "report", READ, 30)
    with control.begin() as connection:
        [row] = connection.execute(text("SELECT * FROM api_keys"))
    assert secret.startswith("ack_") and len(secret) > 43  # noqa: PT018
    assert secret not in str(row)
    assert secret.startswith(made.prefix)


def test_a_key_gets_no_more_than_its_maker_has(api_keys: ApiKeys, jana: Viewer) -> None:
    with pytest.raises(Forbidden, match="members"):
        api_keys.create(jana, "shop", "report", {Capability.VIEW, Capability.MEMBERS}, 30)
    with pytest.raises(Forbidden, match="view"):
        api_keys.create(jana, "blog", "report", {Capability.VIEW}, 30)


def test_a_key_loses_what_its_maker_loses_and_ends_with_them(
    api_keys: ApiKeys, jana: Viewer, accounts: Accounts
) -> None:
    _, secret = api_keys.create(jana, "shop", "report", READ, 30)
    accounts.members.create("root@shop.example", "Root", None, {"*": Role.ADMINISTRATOR})
    accounts.members.give(jana.id, "shop", Role.MARKETING)
    assert dict(api_keys.viewer(secret).grants) == {"shop": {Capability.VIEW}}
    accounts.members.remove(jana.id)
    with pytest.raises(Unauthorized):
        api_keys.viewer(secret)


def test_a_key_expires_and_can_be_revoked(api_keys: ApiKeys, jana: Viewer, clock: Ticking) -> None:
    _, secret = api_keys.create(jana, "shop", "report", READ, 2)
    clock.later(2 * DAY_MS - 1)
    assert api_keys.viewer(secret).grants
    clock.later(1)
    with pytest.raises(Unauthorized):
        api_keys.viewer(secret)
    other, secret = api_keys.create(jana, "shop", "report", READ, 2)
    with pytest.raises(NotFound):
        api_keys.revoke("blog", other.id)
    assert api_keys.revoke("shop", other.id).revoked == clock.now
    with pytest.raises(Unauthorized):
        api_keys.viewer(secret)


def test_a_key_tells_when_it_was_last_used(api_keys: ApiKeys, jana: Viewer, clock: Ticking) -> None:
    _, secret = api_keys.create(jana, "shop", "report", READ, 2)
    assert api_keys.list("shop")[0].used is None
    api_keys.viewer(secret)
    assert api_keys.list("shop")[0].used == clock.now


def test_a_key_makes_no_key(api_keys: ApiKeys, jana: Viewer) -> None:
    _, secret = api_keys.create(jana, "shop", "report", READ, 2)
    with pytest.raises(Forbidden):
        api_keys.create(api_keys.viewer(secret), "shop", "child", {Capability.VIEW}, 2)


@pytest.mark.parametrize("secret", ["", "ack_", "ack_wrong", "\ud800", "x" * 100_000])
def test_what_is_no_key_opens_nothing(api_keys: ApiKeys, secret: str) -> None:
    with pytest.raises(Unauthorized):
        api_keys.viewer(secret)


def test_a_key_without_name_use_or_end_is_refused(api_keys: ApiKeys) -> None:
    for name, capabilities, days in (
        (" ", READ, 2),
        ("x", set[Capability](), 2),
        ("x", READ, 0),
        ("x", READ, 366),
    ):
        with pytest.raises(InvalidInput):
            api_keys.create(THIS_MACHINE, "shop", name, capabilities, days)
    with pytest.raises(NotFound):
        api_keys.create(THIS_MACHINE, "nowhere", "x", READ, 2)
