"""Who may read what the collector counts."""

import asyncio
import socket
import threading
from collections.abc import Callable

import httpx
import pytest
from sqlalchemy.exc import OperationalError
from tests.collect.conftest import House, Process

from afterclick.accounts.api_keys import DAY_MS, ApiKeys
from afterclick.accounts.members import Members
from afterclick.accounts.policy import ROLES, Capability, Role
from afterclick.accounts.viewer import THIS_MACHINE, Viewer
from afterclick.collect.transport.onlooker import FORWARDED, FREE, Onlookers, is_from_here
from afterclick.errors import Forbidden, TooMany, Unauthorized, Unavailable

LOCAL = {b"host": b"127.0.0.1:4318"}
MAY = Viewer(
    "api key", "k", "Prometheus", {"shop": frozenset({Capability.OPERATE})}, frozenset({Capability.OPERATE})
)
MAY_NOT = Viewer("api key", "k", "Report", {"shop": frozenset({Capability.VIEW})})


def api_key(house: House, *may: Capability) -> str:
    return ApiKeys(house.control, lambda: house.now).create(THIS_MACHINE, house.site, "p", may, 30)[1]


def from_afar(house: House, key: str = "", **headers: str) -> httpx.Response:
    """A request that a proxy on this machine passes on."""
    if key:
        headers["authorization"] = f"Bearer {key}"
    return house.send(b"", "/metrics", "GET", key="", x_forwarded_for="203.0.113.7", **headers)


def tells_nothing(house: House, answer: httpx.Response) -> bool:
    return house.site not in answer.text and "afterclick_" not in answer.text


def test_this_machine_itself_reads_the_metrics_without_a_key(house: House) -> None:
    house.post({"type": "track"})
    answer = house.send(b"", "/metrics", "GET", key="")
    assert (answer.status_code, house.site in answer.text) == (200, True)
    assert answer.headers["cache-control"] == "no-store"


@pytest.mark.parametrize("address", ["127.0.0.1", "127.8.9.1", "::1", "::ffff:127.0.0.1"])
@pytest.mark.parametrize("host", ["127.0.0.1:4318", "localhost:4318", "[::1]:4318", "LOCALHOST"])
def test_a_direct_request_over_loopback_is_from_here(address: str, host: str) -> None:
    assert is_from_here({b"host": host.encode()}, address, "1.1")


@pytest.mark.parametrize(
    "address", ["", "testclient", "10.0.0.1", "203.0.113.7", "::ffff:10.0.0.1", "fe80::1"]
)
def test_another_machine_is_not_from_here(address: str) -> None:
    assert not is_from_here(LOCAL, address, "1.1")


@pytest.mark.parametrize("header", sorted(FORWARDED | {b"origin"}))
def test_what_a_proxy_or_a_page_passes_on_is_not_from_here(header: bytes) -> None:
    assert not is_from_here({**LOCAL, header: b""}, "127.0.0.1", "1.1")


@pytest.mark.parametrize(
    "host", [b"", b"collect.shop.example", b"evil.example:4318", b"localhost.evil.example", b"["]
)
def test_a_name_that_leads_here_is_not_this_machine(host: bytes) -> None:
    assert not is_from_here({b"host": host}, "127.0.0.1", "1.1")


def test_a_proxy_that_forwards_no_header_and_names_us_as_its_host_is_not_from_here() -> None:
    assert not is_from_here(LOCAL, "127.0.0.1", "1.0")


def test_from_elsewhere_the_metrics_take_an_api_key_that_may_operate(house: House) -> None:
    house.post({"type": "track"})
    answer = from_afar(house, api_key(house, Capability.VIEW, Capability.OPERATE))
    assert (answer.status_code, house.site in answer.text) == (200, True)


def test_from_elsewhere_without_a_key_the_metrics_say_what_to_send(house: House) -> None:
    answer = from_afar(house)
    assert (answer.status_code, answer.headers["www-authenticate"]) == (401, "Bearer")
    assert answer.json()["error"].endswith(
        "send an API key that may operate, as `Authorization: Bearer KEY`."
    )
    assert tells_nothing(house, answer)


def test_a_key_without_the_capability_reads_no_metrics(house: House) -> None:
    every_other = frozenset(Capability) - {Capability.OPERATE}
    answer = from_afar(house, api_key(house, *every_other))
    assert answer.status_code == 403
    assert "may not see how the installation is doing" in answer.json()["error"]
    assert tells_nothing(house, answer)


@pytest.mark.parametrize("key", ["ack_unknown", "x", "ack_" + "a" * 5000])
def test_an_unknown_key_reads_no_metrics(house: House, key: str) -> None:
    answer = from_afar(house, key)
    assert answer.status_code == 401
    assert tells_nothing(house, answer)


def test_a_write_key_reads_no_metrics_however_it_is_sent(house: House) -> None:
    assert from_afar(house, house.key).status_code == 401
    assert from_afar(house, x_afterclick_key=house.key).status_code == 401


def test_a_key_that_was_revoked_has_expired_or_whose_maker_lost_the_role_reads_no_metrics(
    house: House,
) -> None:
    keys = ApiKeys(house.control, lambda: house.now)
    members = Members(house.control)
    members.create("root@x.com", "Root", None, {"*": Role.ADMINISTRATOR})
    maker = members.create("eva@x.com", "Eva", None, {"*": Role.ENGINEERING})
    made, secret = keys.create(maker.viewer, house.site, "p", [Capability.OPERATE], 30)
    keys.revoke(house.site, made.id)
    assert from_afar(house, secret).status_code == 401
    lost = keys.create(maker.viewer, house.site, "p", [Capability.OPERATE], 30)[1]
    members.give(maker.id, "*", Role.SUPPORT)
    assert from_afar(house, lost).status_code == 403
    late = api_key(house, Capability.OPERATE)
    house.now += 31 * DAY_MS
    assert from_afar(house, late).status_code == 401
    assert Capability.OPERATE not in ROLES[Role.SUPPORT]


def test_the_key_of_who_operates_one_site_reads_no_metrics_of_all(house: House) -> None:
    members = Members(house.control)
    members.create("root@x.com", "Root", None, {"*": Role.ADMINISTRATOR})
    maker = members.create("eva@x.com", "Eva", None, {house.site: Role.ENGINEERING})
    keys = ApiKeys(house.control, lambda: house.now)
    secret = keys.create(maker.viewer, house.site, "p", [Capability.OPERATE], 30)[1]
    answer = from_afar(house, secret)
    assert answer.status_code == 403
    assert tells_nothing(house, answer)


def test_no_page_of_another_site_may_read_the_metrics(house: House) -> None:
    for answer in (house.send(b"", "/metrics", "GET", key=""), from_afar(house)):
        assert "access-control-allow-origin" not in answer.headers
    assert house.send(b"", "/metrics", "GET", key="", origin="https://evil.example").status_code == 401


class Book:
    """Keys as the test gives them; counts what it is asked."""

    def __init__(self) -> None:
        self.known: dict[str, Viewer] = {}
        self.asked: list[str] = []
        self.trouble = False
        self.threads: set[int] = set()

    def viewer(self, key: str) -> Viewer:
        self.asked.append(key)
        self.threads.add(threading.get_ident())
        if self.trouble:
            raise OperationalError("", {}, Exception("away"))
        if key not in self.known:
            raise Unauthorized("no")
        return self.known[key]


class Clock:
    now = 100.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def book() -> Book:
    return Book()


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def ask(book: Book, clock: Clock) -> Callable[..., None]:
    onlookers = Onlookers(book.viewer, 5.0, clock)

    def asking(key: str, address: str = "203.0.113.7") -> None:
        asyncio.run(onlookers.admit({b"authorization": f"Bearer {key}".encode()}, address, from_here=False))

    return asking


def test_a_key_is_looked_up_off_the_loop_once_in_five_seconds(
    ask: Callable[..., None], book: Book, clock: Clock
) -> None:
    book.known["good"] = MAY
    for _ in range(100):
        ask("good")
        with pytest.raises(Unauthorized):
            ask("bad")
    assert book.asked == ["good", "bad"]
    assert threading.get_ident() not in book.threads
    clock.now += 5
    book.known["good"] = MAY_NOT
    with pytest.raises(Forbidden):
        ask("good")


def test_who_tries_many_keys_is_told_to_wait_and_costs_no_more_lookups(
    ask: Callable[..., None], book: Book, clock: Clock
) -> None:
    book.known["good"] = MAY
    ask("good", "198.51.100.9")
    told: list[str] = []
    for number in range(1000):
        with pytest.raises((Unauthorized, TooMany)) as refused:
            ask(f"wrong-{number}")
        told.append(str(refused.value))
    assert len(book.asked) - 1 <= FREE + 1
    assert told[-1] == "Too many API keys were tried from this address; wait 2 s."
    ask("good", "203.0.113.7")  # what is known to open goes on, also from there
    clock.now += 3
    with pytest.raises(Unauthorized):
        ask("wrong-again")


def test_who_tries_from_all_addresses_of_a_home_is_one(ask: Callable[..., None], book: Book) -> None:
    for number in range(200):
        with pytest.raises((Unauthorized, TooMany)):
            ask(f"wrong-{number}", f"2001:db8::{number:x}")
    assert len(book.asked) <= FREE + 1


def test_keys_longer_than_any_are_not_looked_up(ask: Callable[..., None], book: Book) -> None:
    with pytest.raises(Unauthorized):
        ask("a" * 129)
    assert book.asked == []


def test_while_the_control_database_is_away_known_keys_go_on_and_others_are_told(
    ask: Callable[..., None], book: Book, clock: Clock
) -> None:
    book.known["good"] = MAY
    ask("good")
    clock.now, book.trouble = clock.now + 60, True
    ask("good")
    with pytest.raises(Unavailable, match="cannot be checked just now"):
        ask("other")


def test_a_collector_process_tells_them_over_loopback_and_to_no_proxy_in_front(process: Process) -> None:
    process.start()
    assert "afterclick_spool_rows" in httpx.get(f"{process.url}/metrics", trust_env=False).text
    forwarded = httpx.get(f"{process.url}/metrics", headers={"forwarded": "for=192.0.2.1"}, trust_env=False)
    assert forwarded.status_code == 401
    with socket.create_connection(("127.0.0.1", process.port), 10) as plain:
        plain.sendall(
            b"GET /metrics HTTP/1.0\r\nHost: 127.0.0.1\r\n\r\n"
        )  # as nginx speaks to what stands behind it
        assert plain.recv(1000).startswith(b"HTTP/1.1 401")
