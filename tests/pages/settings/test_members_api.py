"""The members of an installation as programs read and change them, each as far as their role reaches."""

import uuid
from collections.abc import Iterator
from dataclasses import replace
from typing import Any, get_args

import httpx
import pytest
from starlette.requests import HTTPConnection
from tests.web.desks import BUSY, a_desk, served

from afterclick import web
from afterclick.accounts.policy import Role
from afterclick.accounts.viewer import Viewer, with_roles
from afterclick.api.records import RoleName
from afterclick.pages import dashboard
from afterclick.settings import Settings
from afterclick.store.store import Store


@pytest.fixture
def desk(store: Store, settings: Settings, site: str) -> web.Desk:
    return a_desk(store, settings, site, [], BUSY)


@pytest.fixture
def asked(desk: web.Desk) -> Iterator[httpx.Client]:
    """`x-as` says where who asks is an administrator."""

    def recognize(connection: HTTPConnection) -> Viewer:
        place = connection.headers.get("x-as", desk.scope.site)
        return with_roles("member", "p", "root@x.com", {place: Role.ADMINISTRATOR})

    app = dashboard(replace(desk, recognize=(recognize,)))
    with served(app, desk.live) as url, httpx.Client(base_url=f"{url}/api/v1", timeout=30) as client:
        yield client


EVERYWHERE = {"x-as": "*"}


def a_member(desk: web.Desk, **roles: Role) -> tuple[str, str]:
    made = desk.accounts.members.create(f"{uuid.uuid4().hex[:8]}@x.com", "Jana", None, roles)
    return made.id, made.email


def of_site(client: httpx.Client) -> dict[str, Any]:
    return {one["email"]: one["roles"] for one in client.get("/site/members").json()}


def test_a_role_is_called_the_same_in_every_room() -> None:
    assert get_args(RoleName) == tuple(role.value for role in Role)


def test_who_administers_one_site_sees_and_changes_what_members_are_there_alone(
    asked: httpx.Client, desk: web.Desk, site: str
) -> None:
    a_member(desk, **{"*": Role.ADMINISTRATOR})
    jana, email = a_member(desk, **{site: Role.SUPPORT, "elsewhere": Role.PRODUCT})
    other, unseen = a_member(desk, elsewhere=Role.PRODUCT)
    assert of_site(asked)[email] == {site: "support"}
    assert unseen not in of_site(asked)
    assert asked.put(f"/members/{jana}/role", json={"role": "marketing"}).json()["roles"] == {
        site: "marketing"
    }
    assert asked.put(f"/members/{jana}/role", json={"role": "product", "everywhere": True}).status_code == 403
    assert asked.put(f"/members/{jana}/role", json={"role": None}).json()["roles"] == {}
    assert desk.accounts.members.get(jana).roles == {"elsewhere": "product"}
    assert asked.get("/members").status_code == 403
    for method, path in (("DELETE", ""), ("DELETE", "/factor"), ("POST", "/reset")):
        assert asked.request(method, f"/members/{other}{path}").status_code == 403


def test_who_administers_every_site_lists_everyone_and_ends_an_account(
    asked: httpx.Client, desk: web.Desk
) -> None:
    administrator, _ = a_member(desk, **{"*": Role.ADMINISTRATOR})
    jana, email = a_member(desk, elsewhere=Role.PRODUCT)
    listed = {one["email"]: one["roles"] for one in asked.get("/members", headers=EVERYWHERE).json()}
    assert listed[email] == {"elsewhere": "product"}
    link = asked.post(f"/members/{jana}/reset", headers=EVERYWHERE).json()["path"]
    assert desk.accounts.invitations.find(link.partition("=")[2]).email == email
    assert asked.delete(f"/members/{jana}", headers=EVERYWHERE).status_code == 204
    assert desk.accounts.members.by_email(email) is None
    desk.accounts.members.get(administrator)


def test_who_is_invited_gets_a_link_that_works_once_and_who_is_known_the_role(
    asked: httpx.Client, desk: web.Desk, site: str
) -> None:
    a_member(desk, **{"*": Role.ADMINISTRATOR})
    new = f"{uuid.uuid4().hex[:8]}@x.com"
    path = asked.post("/members/invitations", json={"email": new, "role": "support"}).json()["path"]
    assert desk.accounts.invitations.find(path.partition("=")[2]).roles == {site: "support"}
    jana, email = a_member(desk, elsewhere=Role.PRODUCT)
    known = asked.post("/members/invitations", json={"email": email, "role": "support"})
    assert known.json() == {"path": ""}
    assert desk.accounts.members.get(jana).roles[site] == "support"
    wrong = asked.post("/members/invitations", json={"email": new, "role": "king"})
    assert (wrong.status_code, "king" in wrong.json()["detail"]) == (400, True)
