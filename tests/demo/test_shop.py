"""The demo shop as its customers and the collector meet it: real processes, real HTTP, real spans."""

import os
import re
import signal
import socket
import subprocess
import sys
import time
import uuid
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from afterclick.demo import shop
from afterclick.errors import AfterclickError

from .conftest import KEY, Recorded, Recorder, free_ports, wait


class Customer:
    """A client without a browser; each call of `do` belongs to one trace."""

    def __init__(self, url: str) -> None:
        self.client = httpx.Client(base_url=url, timeout=20, trust_env=False)

    def do(self, method: str, path: str, body: object = None) -> tuple[httpx.Response, str]:
        trace_id = uuid.uuid4().hex
        headers = {"traceparent": f"00-{trace_id}-{'b' * 16}-01"}
        return self.client.request(method, path, json=body, headers=headers), trace_id

    def to_checkout(self) -> None:
        """Fill the cart; what comes next is the checkout."""
        assert self.do("POST", "/api/cart", {"product_id": "101"})[0].is_success

    def to_payment(self) -> None:
        """Fill the cart and check out; what comes next is paying."""
        self.to_checkout()
        assert self.do("POST", "/api/checkout", {"email": "ann@example.org"})[0].is_success

    def pay(self, card_network: str) -> tuple[dict[str, str], str]:
        """Pay, again when declined; the order and its trace."""
        while True:
            answer, trace_id = self.do("POST", "/api/payment", {"card_network": card_network})
            if answer.status_code != 402:
                assert answer.is_success, answer.text
                return answer.json(), trace_id


@pytest.fixture
def customer(running: shop.Shop) -> Iterator[Customer]:
    made = Customer(running.url)
    yield made
    made.client.close()


def parents(spans: list[Recorded]) -> dict[str, str]:
    """For each span's label the label of its parent; "" for a parent outside the shop."""
    labels = {each.span.span_id: each.label for each in spans}
    return {each.label: labels.get(each.span.parent_span_id, "") for each in spans}


def test_one_payment_is_one_trace_over_all_six_services(customer: Customer, recorder: Recorder) -> None:
    customer.to_payment()
    order, trace_id = customer.pay("visa")

    spans = recorder.trace(trace_id, lambda spans: len(spans) >= 14)

    assert re.fullmatch(r"TT-[0-9A-F]{12}", order["order_id"])
    assert parents(spans) == {
        "storefront: POST /api/payment": "",
        "storefront: POST checkout/checkouts/{id}/pay": "storefront: POST /api/payment",
        "checkout: POST /checkouts/{id}/pay": "storefront: POST checkout/checkouts/{id}/pay",
        "checkout: GET cart/carts/{id}": "checkout: POST /checkouts/{id}/pay",
        "cart: GET /carts/{id}": "checkout: GET cart/carts/{id}",
        "cart: GET catalog/products": "cart: GET /carts/{id}",
        "catalog: GET /products": "cart: GET catalog/products",
        "checkout: POST payment/charge": "checkout: POST /checkouts/{id}/pay",
        "payment: POST /charge": "checkout: POST payment/charge",
        "payment: POST acquirer/authorize": "payment: POST /charge",
        "checkout: POST inventory/reservations/{id}/ship": "checkout: POST /checkouts/{id}/pay",
        "inventory: POST /reservations/{id}/ship": "checkout: POST inventory/reservations/{id}/ship",
        "checkout: DELETE cart/carts/{id}": "checkout: POST /checkouts/{id}/pay",
        "cart: DELETE /carts/{id}": "checkout: DELETE cart/carts/{id}",
    }


def test_spans_carry_the_standard_attributes_and_the_write_key(
    customer: Customer, recorder: Recorder
) -> None:
    customer.to_payment()
    _, trace_id = customer.pay("visa")

    spans = recorder.trace(trace_id, lambda spans: len(spans) >= 14)
    assert {each.service for each in spans} == set(shop.TRACED)
    call = next(each for each in spans if each.label == "payment: POST acquirer/authorize")
    charge = next(each for each in spans if each.label == "payment: POST /charge")

    assert call.span.kind == call.span.SPAN_KIND_CLIENT
    assert call.attribute("peer.service") == "acquirer"
    assert call.attribute("http.response.status_code") == 200
    assert charge.span.kind == charge.span.SPAN_KIND_SERVER
    assert charge.attribute("http.route") == "/charge"
    assert charge.attribute("http.request.method") == "POST"
    assert recorder.keys == {KEY}
    assert recorder.content_types == {"application/x-protobuf"}


def test_paying_twice_makes_one_order(customer: Customer) -> None:
    customer.to_payment()
    first, _ = customer.pay("visa")
    second, _ = customer.pay("mastercard")

    assert second == first
    assert customer.do("GET", "/api/cart")[0].json()["count"] == 0


def test_every_page_names_its_step_and_is_shown_only_when_there_is_something_to_show(
    customer: Customer,
) -> None:
    def step(path: str) -> str:
        page, _ = customer.do("GET", path)
        found = re.search(r'name="afterclick:step" content="(\w+)"', page.text)
        return found[1] if found else page.headers.get("location", str(page.status_code))

    assert [step(path) for path in ("/", "/category/packs", "/product/203")] == ["home", "list", "product"]
    assert [step(path) for path in ("/cart", "/checkout", "/payment", "/thanks")] == ["cart", *["/cart"] * 3]
    customer.to_payment()
    assert [step(path) for path in ("/checkout", "/payment", "/thanks")] == ["checkout", "payment", "/cart"]
    customer.pay("amex")
    assert [step(path) for path in ("/payment", "/thanks")] == ["/cart", "thanks"]
    assert [step(path) for path in ("/product/999", "/category/boats")] == ["404", "404"]


def test_a_client_without_cookies_shops_by_ids(running: shop.Shop) -> None:
    def post(path: str, body: dict[str, str]) -> dict[str, str]:
        return httpx.post(running.url + path, json=body, timeout=20, trust_env=False).json()

    cart = post("/api/cart", {"product_id": "402"})
    checkout = post(f"/api/checkout?cart={cart['id']}", {"email": "bo@example.org", "card_network": "amex"})
    order: dict[str, str] = {}
    while "order_id" not in order:  # a card may be declined
        order = post("/api/payment", {"card_network": "amex", "checkout_id": checkout["id"]})

    assert (order["revenue"], order["currency"]) == (26.0, "EUR")


@pytest.mark.parametrize(
    ("method", "path", "body", "status", "error"),
    [
        ("POST", "/api/cart", {"product_id": "999"}, 404, "not_found"),
        ("POST", "/api/cart", {"product_id": 7}, 400, "invalid"),
        ("POST", "/api/checkout", {"email": "ann@example.org"}, 409, "cart_empty"),
        ("POST", "/api/checkout", {"email": "nobody"}, 400, "invalid"),
        ("POST", "/api/payment", {"card_network": "visa"}, 404, "not_found"),
        ("POST", "/api/payment", {"card_network": "cash"}, 400, "invalid"),
        ("GET", "/api/products?category=boats", None, 404, "not_found"),
        ("POST", "/_faults/earthquake", {"on": True}, 404, "not_found"),
    ],
)
def test_what_cannot_be_done_is_refused_with_a_code_and_a_sentence(
    customer: Customer, method: str, path: str, body: object, status: int, error: str
) -> None:
    answer, _ = customer.do(method, path, body)

    assert (answer.status_code, answer.json()["error"]) == (status, error)
    assert answer.json()["message"].endswith(".")


def test_payment_slow_makes_the_acquirer_wait_for_amex_only(
    running: shop.Shop, customer: Customer, recorder: Recorder
) -> None:
    def acquirer_ms(card_network: str) -> float:
        customer.to_payment()
        _, trace_id = customer.pay(card_network)
        call = "payment: POST acquirer/authorize"
        spans = recorder.trace(trace_id, lambda spans: call in {each.label for each in spans})
        return next(each.duration_ms for each in spans if each.label == call)

    running.set_fault("payment-slow", on=True)
    slow, other = acquirer_ms("amex"), acquirer_ms("visa")
    running.set_fault("payment-slow", on=False)
    healed = acquirer_ms("amex")

    assert slow > 2_000
    assert max(other, healed) < slow / 2


def test_inventory_errors_fail_checkouts_and_leave_the_exception_on_the_span(
    running: shop.Shop, customer: Customer, recorder: Recorder
) -> None:
    def checkouts(number: int) -> dict[str, int]:
        attempts = [customer.do("POST", "/api/checkout", {"email": "ann@example.org"}) for _ in range(number)]
        return {trace_id: answer.status_code for answer, trace_id in attempts}

    customer.to_checkout()
    running.set_fault("inventory-errors", on=True)
    broken = checkouts(12)
    running.set_fault("inventory-errors", on=False)
    healed = checkouts(6)

    assert 2 <= list(broken.values()).count(502) <= 11
    assert set(broken.values()) == {200, 502}
    assert set(healed.values()) == {200}
    failed = next(trace_id for trace_id, status in broken.items() if status == 502)
    spans = recorder.trace(failed, lambda spans: "storefront" in {each.service for each in spans})
    spans = recorder.trace(failed, lambda spans: "inventory" in {each.service for each in spans})
    reserve = next(each for each in spans if each.label == "inventory: POST /reserve")
    event = reserve.span.events[0]
    assert reserve.span.status.code == reserve.span.status.STATUS_CODE_ERROR
    assert reserve.attribute("http.response.status_code") == 500
    assert event.name == "exception"
    assert {pair.key: pair.value.string_value for pair in event.attributes}["exception.type"].endswith(
        "StockLockError"
    )


def test_mobile_long_task_is_a_marked_release_that_blocks_phones_only(
    running: shop.Shop, customer: Customer, recorder: Recorder
) -> None:
    def met(device_class: str) -> dict[str, float]:
        return customer.do("GET", f"/_experience?step=product&device_class={device_class}")[0].json()

    def page() -> str:
        return customer.do("GET", "/product/101")[0].text

    def releases() -> list[str]:
        return [mark["release"] for mark in recorder.events_of("mark")]

    before = len(releases())
    healthy = page()
    running.set_fault("mobile-long-task", on=True)
    heavy, phone, desk = page(), met("mobile"), met("desktop")
    running.set_fault("mobile-long-task", on=False)
    healed = page()

    assert 'data-release="1.4.2"' in healthy
    assert "gallery.js" not in healthy
    assert 'data-release="1.5.0"' in heavy
    assert "gallery.js" in heavy
    assert 'data-release="1.4.2"' in healed
    assert (phone["release"], phone["inp_added_ms"] > 600, desk["inp_added_ms"]) == ("1.5.0", True, 0)
    assert releases()[before:] == ["1.5.0", "1.4.2"]


def test_product_image_serves_megabytes_late_on_product_pages(running: shop.Shop, customer: Customer) -> None:
    def photo() -> tuple[int, float]:
        page, _ = customer.do("GET", "/product/101")
        found = re.search(r'class="product-photo" src="([^"]+)"', page.text)
        assert found
        began = time.monotonic()
        return len(customer.do("GET", found[1])[0].content), time.monotonic() - began

    running.set_fault("product-image", on=True)
    size, seconds = photo()
    experience, _ = customer.do("GET", "/_experience?step=product&device_class=desktop")
    running.set_fault("product-image", on=False)
    healed, _ = photo()

    assert size > 2_000_000
    assert seconds > 4
    assert experience.json()["lcp_added_ms"] > 4_000
    assert experience.json()["lcp_element"] == "img.product-photo"
    assert healed < 10_000


def test_third_party_hang_holds_up_the_badge_in_the_head_of_category_pages(
    running: shop.Shop, customer: Customer, ports: shop.Ports
) -> None:
    def seconds() -> float:
        began = time.monotonic()
        httpx.get(f"{ports.url('third-party')}/badge.js", timeout=20, trust_env=False).raise_for_status()
        return time.monotonic() - began

    head, _, _ = customer.do("GET", "/category/packs")[0].text.partition("</head>")
    running.set_fault("third-party-hang", on=True)
    hung = seconds()
    listed, _ = customer.do("GET", "/_experience?step=list&device_class=desktop")
    running.set_fault("third-party-hang", on=False)
    healed = seconds()

    assert f'<script src="{ports.url("third-party")}/badge.js"></script>' in head
    assert hung > 4
    assert listed.json()["resources"][0]["source"].endswith("/badge.js")
    assert healed < hung / 2


def test_an_unknown_fault_and_an_absent_shop_are_one_clear_sentence(running: shop.Shop) -> None:
    with pytest.raises(shop.ShopError, match=r"There is no fault earthquake; there are: payment-slow, .*\."):
        running.set_fault("earthquake", on=True)
    with pytest.raises(shop.ShopError, match=r"No shop answers at http://127\.0\.0\.1:\d+; start it with"):
        shop.switch_fault(free_ports().url("storefront"), "payment-slow", on=True)


def test_a_taken_port_is_named_before_anything_starts(recorder: Recorder, tmp_path: Path) -> None:
    wanted = free_ports()
    with (
        socket.create_server(("127.0.0.1", wanted.cart)),
        pytest.raises(
            AfterclickError, match=f"Port {wanted.cart}, where the shop's cart should listen, is taken; stop"
        ),
    ):
        shop.start(recorder.url, KEY, tmp_path, wanted)

    assert not list(tmp_path.iterdir())


def test_a_process_that_ends_at_once_is_named_with_the_log_to_read(
    recorder: Recorder, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "executable", "/bin/false")

    with pytest.raises(
        shop.ShopError, match=r"storefront did not start at .*; .*/shop/storefront\.log says why"
    ):
        shop.start(recorder.url, KEY, tmp_path, free_ports())


def test_a_process_ends_when_the_one_that_started_it_is_killed() -> None:
    port = free_ports().catalog
    child = f"[sys.executable, '-m', 'afterclick.demo.shop', 'catalog', '--attached', '--port', '{port}']"
    code = f"import subprocess, sys; subprocess.Popen({child}, stdin=subprocess.PIPE).wait()"

    def answers() -> bool:
        try:
            return httpx.get(f"http://127.0.0.1:{port}/_health", trust_env=False).is_success
        except httpx.HTTPError:
            return False

    with subprocess.Popen([sys.executable, "-c", code]) as parent:
        wait(answers, lambda alive: alive)
        os.kill(parent.pid, signal.SIGKILL)

    wait(answers, lambda alive: not alive)
