"""`POST /hooks/SOURCE`: signed webhooks, mapped by a file, into the history of the same person."""

import base64
import hashlib
import hmac
import json
from collections.abc import Callable
from pathlib import Path

import httpx
import pytest
from structlog.testing import capture_logs
from tests.collect.conftest import NOW, House

from afterclick.accounts import Site
from afterclick.pages.connect.context import Arrived, connect
from afterclick.pages.connect.seen import Seen
from afterclick.web.intake import Intake

SECRET = "a-secret-of-the-shop"
FILE = """
[hook]
secret = "{secret}"
site = "{site}"
header = "{header}"

[fields]
type = {{ column = "topic", values = {{ "orders/paid" = "order", "refunds/create" = "refund" }} }}
time = "created_at"
order_id = "order.id"
revenue = {{ column = "order.total_cents", scale = 0.01 }}
currency = "order.currency"
user_id = "customer.id"
"tags.channel" = {{ value = "store" }}
"props.till" = "till"
"""
ORDER = {
    "topic": "orders/paid",
    "created_at": "2026-05-28T20:26:39Z",
    "order": {"id": 1001, "total_cents": 4990, "currency": "EUR"},
    "customer": {"id": "u1", "email": "ann@example.org"},
    "till": "Brno 2",
}


def write(house: House, name: str = "shop", **more: str) -> Path:
    """Put a source into the folder."""
    folder = house.settings.hooks_folder
    folder.mkdir(parents=True, exist_ok=True)
    told = {"secret": SECRET, "site": house.site, "header": "X-Shop-Signature"} | more
    file = folder / f"{name}.toml"
    file.write_text(FILE.format(**told))
    return file


def signature(body: bytes, secret: str = SECRET) -> bytes:
    return hmac.digest(secret.encode(), body, hashlib.sha256)


def send(
    house: House, *documents: object, path: str = "/hooks/shop", signed: str | None = None
) -> httpx.Response:
    """One delivery, signed as the source does unless told otherwise."""
    body = json.dumps(documents[0] if len(documents) == 1 else documents).encode()
    return house.send(
        body, path, key="", x_shop_signature=signature(body).hex() if signed is None else signed
    )


def test_an_order_of_a_till_stands_in_its_customers_history(house: House) -> None:
    write(house)
    answer = send(house, ORDER)
    assert (answer.status_code, answer.json()["accepted"]) == (202, 1)
    (event,) = house.events()
    assert (event.site, event.type, event.order_id, event.revenue) == (house.site, "order", "1001", 49.9)
    assert (event.currency, event.user_id, event.time) == ("EUR", "u1", NOW - 1000)
    assert (event.tags, json.loads(event.props)) == (["channel=store"], {"till": "Brno 2"})
    assert "ann@" not in repr(event)


DIGEST = signature(json.dumps(ORDER).encode())


@pytest.mark.parametrize(
    "told",
    [DIGEST.hex(), DIGEST.hex().upper(), f"sha256={DIGEST.hex()}", base64.b64encode(DIGEST).decode()],
    ids=["hex", "upper", "prefixed", "base64"],
)
def test_a_signature_is_read_as_hex_or_base64(house: House, told: str) -> None:
    write(house)
    assert send(house, ORDER, signed=told).status_code == 202


@pytest.mark.parametrize(
    "signed", ["", "0" * 64, "sha256=", "zz", "AAAA", signature(b"another body").hex(), "0" * 10_000]
)
def test_a_body_whose_signature_is_not_its_own_is_refused(house: House, signed: str) -> None:
    write(house)
    assert send(house, ORDER, signed=signed).status_code == 401
    assert (house.events(), house.counted()) == ([], {"unauthorized": 1})


def test_a_signature_by_another_secret_or_for_another_source_is_refused(house: House) -> None:
    write(house)
    write(house, "other", secret="another-secret-of-the-shop")
    body = json.dumps(ORDER).encode()
    wrong = signature(body, "another-secret-of-the-shop").hex()
    assert send(house, ORDER, signed=wrong).status_code == 401
    assert send(house, ORDER, path="/hooks/other").status_code == 401
    assert send(house, ORDER, path="/hooks/other", signed=wrong).status_code == 202


@pytest.mark.parametrize("name", ["nobody", "", "..%2Fshop", "%2e%2e", "SHOP", "x" * 100])
def test_a_source_that_is_not_there_is_refused_like_a_wrong_signature(house: House, name: str) -> None:
    write(house)
    (house.settings.hooks_folder.parent / "shop.toml").write_text("[hook]")
    assert send(house, ORDER, path=f"/hooks/{name}").status_code in (401, 404)
    assert house.events() == []


def test_a_source_that_is_changed_or_removed_counts_from_the_next_request_on(house: House) -> None:
    file = write(house)
    assert send(house, ORDER).status_code == 202
    write(house, secret="a-longer-secret-of-the-shop")
    assert send(house, ORDER).status_code == 401
    file.unlink()
    assert send(house, ORDER).status_code == 401


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("[fields]", "[fields"),
        (SECRET, "short"),
        ("order_id =", "orderid ="),
        ("header =", "headers ="),
        ("[hook]", "[hoek]"),
    ],
)
def test_a_file_that_cannot_be_used_makes_the_sender_try_again(house: House, old: str, new: str) -> None:
    file = write(house)
    file.write_text(file.read_text().replace(old, new))
    with capture_logs() as logs:
        answer = send(house, ORDER, signed="0" * 64)
    assert (answer.status_code, SECRET in answer.text) == (503, False)
    told = "This source cannot be used just now; the log of the collector says why."
    assert answer.json()["error"] == told
    assert [(line["source"], bool(line["reason"])) for line in logs] == [("shop", True)]
    assert "retry-after" in answer.headers
    write(house)
    assert send(house, ORDER).status_code == 202


def test_the_same_delivery_tried_again_counts_once(house: House) -> None:
    write(house)
    for _ in range(2):
        assert send(house, ORDER).status_code == 202
    assert len({event.event_id for event in house.events()}) == 1


def test_a_bad_document_of_an_array_is_refused_and_its_neighbours_are_kept(house: House) -> None:
    write(house)
    bad: list[object] = [
        5,
        ORDER | {"topic": "carts/update"},
        ORDER | {"created_at": "soon"},
        ORDER | {"order": 7},
    ]
    answer = send(house, ORDER, *bad, ORDER | {"till": "Brno 3"})
    assert (answer.json()["accepted"], answer.json()["dropped"]) == (3, 3)
    assert house.counted() == {"": 3, "wrong_type": 1, "unmapped": 1, "incomplete": 1, "odd_field": 1}


@pytest.mark.parametrize("body", [b"", b"{", b"\xff", b"[" * 50_000, b'{"a":' * 50_000])
def test_a_body_that_is_no_json_is_400(house: House, body: bytes) -> None:
    write(house)
    answer = house.send(body, "/hooks/shop", key="", x_shop_signature=signature(body).hex())
    assert (answer.status_code, answer.json()["error"][-1]) == (400, ".")


def test_a_document_with_half_a_character_or_damage_costs_at_most_itself(house: House) -> None:
    write(house)
    half = json.dumps(ORDER | {"till": "\ud83d"})
    for number, document in enumerate([half, half[:-9] + "NaN}"]):
        body = f"[{document},{json.dumps(ORDER | {'till': f'Brno {number}'})}]".encode()
        assert (
            house.send(body, "/hooks/shop", key="", x_shop_signature=signature(body).hex()).status_code == 202
        )
    assert [json.loads(event.props)["till"] for event in house.events()] == ["\ufffd", "Brno 0", "Brno 1"]
    assert house.counted() == {"": 3, "malformed": 1}


def test_a_field_of_a_document_that_cannot_be_read_is_left_out_and_counted(house: House) -> None:
    write(house)
    file = house.settings.hooks_folder / "shop.toml"
    file.write_text(file.read_text().replace('"props.till"', 'value = "points"\n"props.till"'))
    send(house, ORDER | {"points": "many"})
    (event,) = house.events()
    assert (event.order_id, event.value) == ("1001", 0)
    assert house.counted() == {"": 1, "odd_field": 1}


def test_a_compressed_body_is_refused_since_its_signature_is_not_of_what_is_read(house: House) -> None:
    write(house)
    answer = house.send(
        b"x", "/hooks/shop", key="", content_encoding="gzip", x_shop_signature=signature(b"x").hex()
    )
    assert answer.status_code == 415


def test_more_than_a_request_may_hold_is_413(house: House) -> None:
    write(house)
    assert send(house, *[5] * 10_001).status_code == 413


def test_a_source_that_sends_too_fast_is_told_when_to_come_again(open_house: Callable[..., House]) -> None:
    house = open_house(key_rate=1)
    write(house)
    send(house, *[ORDER | {"till": str(number)} for number in range(20)])
    answer = send(house, ORDER)
    assert (answer.status_code, int(answer.headers["retry-after"]) > 0) == (429, True)


def test_the_source_that_the_connect_page_shows_takes_a_shops_own_order(house: House) -> None:
    site = Site(house.site, "Shop", "EUR", "UTC")
    came = Arrived(Intake(), Seen())
    snippets = {one.id: one.text for one in connect(site, "", "http://c", came, NOW).snippets}
    told = snippets["hooks"].partition("POST")[0]
    write(house).write_text(told)
    order = {
        "id": 820982911946154508,
        "total_price": "403.00",
        "currency": "EUR",
        "customer": {"id": 115310627314723954},
    }
    body = json.dumps(order).encode()
    signed = base64.b64encode(signature(body, "the one that your shop signs with")).decode()
    answer = house.send(body, "/hooks/shop", key="", x_shopify_hmac_sha256=signed)
    assert answer.status_code == 202, answer.text
    (kept,) = house.events()
    assert (kept.type, kept.order_id, kept.revenue) == ("order", "820982911946154508", 403.0)
    assert kept.user_id == "115310627314723954"
