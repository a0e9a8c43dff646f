"""Which senders a key is for, as its allow-list says."""

import asyncio

import pytest
from sqlalchemy.exc import OperationalError
from tests.collect.conftest import House

from afterclick.collect.passage.gate import Gate

SHOP = "https://shop.example"


def test_a_page_of_a_foreign_origin_is_refused_and_counted_for_the_site(house: House) -> None:
    key = house.keys.create(house.site, "web", origins=[SHOP]).secret
    refused = house.post(house.event(), origin="https://evil.example", key=key)
    assert (refused.status_code, house.counted()) == (403, {"origin": 1})
    assert (
        house.send(b"", "/metrics", "GET").text.count(f'site="{house.site}",door="events",reason="origin"')
        == 1
    )
    assert house.post(house.event(), origin=SHOP, key=key).status_code == 202
    assert house.counted() == {"origin": 1, "": 1}


def test_a_server_sends_without_an_origin_unless_the_key_is_for_browsers_only(house: House) -> None:
    both = house.keys.create(house.site, "both", origins=[SHOP]).secret
    browsers = house.keys.create(house.site, "web", browsers_only=True).secret
    assert house.post(house.event(), key=both).status_code == 202
    assert house.post(house.event(), key=browsers).status_code == 403
    assert house.post(house.event(), key=browsers, origin="https://any.example").status_code == 202


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("/v1/traces", b"{}"),
        ("/v1/batch", b'{"batch": []}'),
        ("/collect", b"{}"),
        ("/api/1/envelope/", b"{}\n"),
    ],
)
def test_every_door_holds_to_the_allow_list(house: House, path: str, body: bytes) -> None:
    key = house.keys.create(house.site, "web", origins=[SHOP]).secret
    assert (
        house.send(body, path, origin="https://evil.example", authorization=f"Bearer {key}").status_code
        == 403
    )
    assert house.send(body, path, origin=SHOP, authorization=f"Bearer {key}").status_code != 403


def test_a_change_of_the_allow_list_reaches_the_collector_with_its_next_look(house: House) -> None:
    made = house.keys.create(house.site, "web", origins=[SHOP])
    now = 0.0
    gate = Gate(house.keys.find, clock=lambda: now)
    assert gate.open(made.secret).origins == {SHOP}
    house.keys.restrict(house.site, made.prefix, [SHOP, "https://m.shop.example"], browsers_only=False)
    now = 5.0
    assert gate.open(made.secret).origins == {SHOP, "https://m.shop.example"}


def test_when_a_key_was_last_used_is_kept_once_for_many_requests(house: House) -> None:
    gate = house.app.house.gate
    for _ in range(3):
        house.post(house.event())
    asyncio.run(house.app.touch_keys())
    assert [key.used is not None for key in house.keys.list(house.site)] == [True]
    assert gate.used() == set()


def test_a_control_database_that_is_down_costs_nothing_but_the_last_use(house: House) -> None:
    def down(_: object) -> None:
        raise OperationalError("UPDATE", {}, Exception("down"))

    house.app._touch = down  # pyright: ignore[reportPrivateUsage]
    assert house.post(house.event()).status_code == 202
    asyncio.run(house.app.touch_keys())
