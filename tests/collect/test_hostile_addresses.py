"""One address cannot use up what a key or the collector can take, and costs nobody else theirs."""

import gzip
from collections.abc import Callable

from tests.collect.conftest import House
from tests.collect.test_sentry import envelope


def test_an_address_that_guesses_keys_is_turned_away_before_they_are_looked_up(
    open_house: Callable[..., House],
) -> None:
    house = open_house(address_rate=1)  # three rows at once, of which a guess takes ten
    statuses = [house.post(house.event(), key=f"ac_{n:032x}").status_code for n in range(4)]
    assert statuses == [401, 429, 429, 429]
    assert house.post(house.event()).status_code == 429
    told = house.post(house.event())
    assert int(told.headers["retry-after"]) >= 1
    assert "This address may send 1 rows a second" in told.text


def test_rows_count_against_the_address_that_sent_them_and_no_other(open_house: Callable[..., House]) -> None:
    house = open_house(address_rate=1, trusted_proxies="127.0.0.1")
    many = [house.event() for _ in range(50)]
    assert house.post(*many, x_forwarded_for="192.0.2.1").status_code == 202
    assert house.post(house.event(), x_forwarded_for="192.0.2.1").status_code == 429
    assert house.post(house.event(), x_forwarded_for="192.0.2.2").status_code == 202


def test_rows_that_a_client_says_it_did_not_send_turn_nobody_away(open_house: Callable[..., House]) -> None:
    house = open_house(address_rate=100)
    lost = [{"reason": "sample_rate", "category": "span", "quantity": 1_000_000_000}]
    body = envelope(
        ({"type": "client_report"}, {"discarded_events": lost}), ({"type": "log", "item_count": 10**9}, {})
    )
    assert house.send(body, "/api/1/envelope/").status_code == 200
    assert house.counted()["client_discarded"] == 1_000_000_000
    assert house.post(house.event()).status_code == 202


def test_an_address_cannot_be_made_up_past_the_proxy(open_house: Callable[..., House]) -> None:
    house = open_house(address_rate=1)
    many = [house.event() for _ in range(50)]
    assert house.post(*many, x_forwarded_for="192.0.2.1").status_code == 202
    assert house.post(house.event(), x_forwarded_for="192.0.2.2").status_code == 429


def test_an_ipv6_network_is_one_address(open_house: Callable[..., House]) -> None:
    house = open_house(address_rate=1, trusted_proxies="127.0.0.1")
    many = [house.event() for _ in range(50)]
    assert house.post(*many, x_forwarded_for="2001:db8::1").status_code == 202
    assert house.post(house.event(), x_forwarded_for="2001:db8::2").status_code == 429


def test_bytes_without_rows_count_too(open_house: Callable[..., House]) -> None:
    house = open_house(address_rate=10)
    assert house.send(b" " * 100_000 + b"[]").status_code == 202
    assert house.post(house.event()).status_code == 429


def test_what_cannot_be_read_counts_ten_times_and_what_is_refused_for_another_reason_once(
    open_house: Callable[..., House],
) -> None:
    house = open_house(address_rate=10, trusted_proxies="127.0.0.1")  # thirty at once
    taken = [house.event(id=f"00000000-0000-4000-8000-{n:012x}") for n in range(8)]
    for _ in range(3):  # duplicates, but for the first time
        assert house.post(*taken, x_forwarded_for="192.0.2.1").status_code == 202
    assert house.post(house.event(), x_forwarded_for="192.0.2.1").status_code == 202
    unreadable = [{"type": "nope"}] * 12
    assert house.post(*unreadable, x_forwarded_for="192.0.2.2").status_code == 202
    assert house.post(house.event(), x_forwarded_for="192.0.2.2").status_code == 429


def test_a_bomb_counts_as_what_it_cost_to_unpack(open_house: Callable[..., House]) -> None:
    house = open_house(address_rate=1_000, max_decoded_bytes=1_000_000)
    assert house.send(gzip.compress(b" " * 2_000_000), content_encoding="gzip").status_code == 413
    told = house.post(house.event())
    assert told.status_code == 429
    assert 4 <= int(told.headers["retry-after"]) <= 7  # 9,760 rows, of which three seconds' worth were there


def test_a_damaged_body_counts_as_what_came_out_of_it(open_house: Callable[..., House]) -> None:
    house = open_house(address_rate=1_000, trusted_proxies="127.0.0.1")
    small, large = (gzip.compress(b"[" + b" " * size)[:-9] for size in (1_000, 8_000_000))
    for _ in range(20):
        answer = house.send(small, content_encoding="gzip", x_forwarded_for="192.0.2.1")
        assert answer.status_code == 400
    assert house.post(house.event(), x_forwarded_for="192.0.2.1").status_code == 202
    assert house.send(large, content_encoding="gzip", x_forwarded_for="192.0.2.2").status_code == 400
    assert house.post(house.event(), x_forwarded_for="192.0.2.2").status_code == 429
