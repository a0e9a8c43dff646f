"""A site is named, and another begun, by those who may; each is a world of its own."""

from collections.abc import Iterator

import pytest
from tests.web.signing import Guarded, guarded

from afterclick.accounts.policy import Role
from afterclick.store.store import Store

ANOTHER = {"site": "outlet", "name": "Outlet", "currency": "czk", "timezone": "Europe/Prague"}


@pytest.fixture(scope="module")
def dashboard(store: Store, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Guarded]:
    with guarded(store, tmp_path_factory.mktemp("sites")) as dashboard:
        dashboard.person("root@x.com", everywhere=Role.ADMINISTRATOR)
        dashboard.person("site@x.com", default=Role.ADMINISTRATOR)
        yield dashboard


def test_another_site_has_a_key_of_its_own_and_its_own_money_and_days(dashboard: Guarded) -> None:
    client = dashboard.signed_in("root@x.com")
    begun = client.post("/settings/sites", data=ANOTHER)
    assert (begun.status_code, begun.url.path, begun.url.params["site"]) == (200, "/connect", "outlet")
    assert "ac_" in client.get("/settings/keys", params={"site": "outlet"}).text
    assert (
        " counts in CZK and draws its days in Europe/Prague"
        in client.get("/settings/site", params={"site": "outlet"}).text
    )
    assert "Outlet" in client.get("/settings/site").text
    alone = client.get("/settings/people", params={"site": "outlet"}).text
    assert "1 person" in alone
    assert " may look at Outlet; 1 of them administers it." in alone
    assert '<option value="">Outlet</option>' in alone
    client.post("/settings/people", params={"site": "outlet"}, data={"email": "ida@x.com", "role": "support"})
    invited = client.get("/settings/people", params={"site": "outlet"}).text
    assert "support on Outlet" in invited
    assert {("site.add", "outlet")} <= {(one.action, one.site) for one in dashboard.accounts.audit.read()}


def test_what_is_no_site_is_told_in_one_sentence_and_stays_typed(dashboard: Guarded) -> None:
    client = dashboard.signed_in("root@x.com")
    for wrong, why in (
        ({"timezone": "Mars/Base"}, "is not a time zone"),
        ({"site": "A b"}, "A site id is made of"),
    ):
        page = client.post("/settings/sites", data={**ANOTHER, "name": "Typed already", **wrong})
        assert page.status_code == 400
        assert why in page.text
        assert "Typed already" in page.text
    taken = client.post("/settings/sites", data={**ANOTHER, "site": "default"})
    assert "exists already" in taken.text


def test_a_site_is_not_changed_under_the_id_of_another(dashboard: Guarded) -> None:
    client = dashboard.signed_in("site@x.com")
    told = client.get("/api/v1/site").json()
    reply = client.put("/api/v1/site", json={"id": "another", "name": "Mine now"})
    assert reply.status_code == 400
    assert "default, whose id stays" in reply.json()["detail"]
    assert client.get("/api/v1/site").json() == told


def test_who_administers_one_site_names_it_and_begins_none(dashboard: Guarded) -> None:
    client = dashboard.signed_in("site@x.com")
    assert "Begin another site" not in client.get("/settings/site").text
    assert client.post("/settings/sites", data={**ANOTHER, "site": "mine"}).status_code == 403
    changed = client.post("/settings/site", data={"name": "Shop", "currency": "EUR", "timezone": "UTC"})
    assert changed.status_code == 200
    assert dashboard.accounts.sites.get("default").name == "Shop"
    assert "mine" not in {site.id for site in dashboard.accounts.sites.list()}


def test_a_site_names_the_hosts_that_its_customers_come_back_from(dashboard: Guarded) -> None:
    client = dashboard.signed_in("site@x.com")
    told = {"name": "Shop", "currency": "EUR", "timezone": "UTC"}
    client.post("/settings/site", data=told | {"return_hosts": "Pay.bank.example\r\nlogin.bank.example"})
    kept = dashboard.accounts.sites.get("default").return_hosts
    assert kept == ("pay.bank.example", "login.bank.example")
    assert "pay.bank.example\nlogin.bank.example" in client.get("/settings/site").text
    many = " ".join(["pay.bank.example"] * 51)
    for wrong in ("https://pay.bank.example/", "bank", "10.0.0.1", "co.uk", "github.io", many):
        refused = client.post("/settings/site", data=told | {"return_hosts": wrong})
        assert (refused.status_code, "hosts to come back from" in refused.text) == (400, True)
    assert dashboard.accounts.sites.get("default").return_hosts == kept
