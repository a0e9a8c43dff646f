"""Connections that say little, much or nothing: each is ended in time, and its neighbours are served meanwhile."""

import socket
import threading
import time
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from ipaddress import ip_network

import pytest
import uvicorn
from starlette.types import Receive, Scope, Send

from afterclick.collect.transport.connections import MOST_PIPELINED, Connections, Limits
from afterclick.collect.transport.party import party

GET = b"GET / HTTP/1.1\r\nhost: x\r\n\r\n"
PATIENT = Limits(0, 0, head_seconds=60, body_seconds=60, body_bytes=1_000)
HASTY = Limits(0, 0, head_seconds=0.2, body_seconds=-1.8, body_bytes=1_000)
"""Limits that a test can wait for; two seconds of grace are added to a body's."""


async def answers(scope: Scope, receive: Receive, send: Send) -> None:
    """Reads the body and answers with its size."""
    size, more = 0, scope["type"] == "http"
    while more:
        message = await receive()
        size += len(message.get("body", b""))
        more = message.get("more_body", False)
    body = str(size).encode()
    await send(
        {"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"%d" % len(body))]}
    )
    await send({"type": "http.response.body", "body": body})


@dataclass
class Door:
    port: int
    connections: Connections

    def connect(self) -> socket.socket:
        return socket.create_connection(("127.0.0.1", self.port), timeout=20)

    def closed(self, why: str, times: int = 1) -> None:
        """Wait until so many connections were ended for this reason."""
        deadline = time.monotonic() + 20
        while self.connections.closed[why] < times:
            assert time.monotonic() < deadline, f"none was ended for {why!r}: {self.connections.closed}"
            time.sleep(0.01)

    def serves(self) -> None:
        with self.connect() as neighbour:
            neighbour.sendall(GET)
            assert b" 200 " in neighbour.recv(1000)


@contextmanager
def listening(limits: Limits) -> Generator[Door]:
    connections = Connections(limits)
    config = uvicorn.Config(
        answers, port=0, lifespan="off", log_level="critical", ws="none", http=connections.protocol
    )
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run)
    thread.start()
    try:
        deadline = time.monotonic() + 20
        while not server.started:
            assert time.monotonic() < deadline
            time.sleep(0.01)
        yield Door(server.servers[0].sockets[0].getsockname()[1], connections)
    finally:
        server.should_exit = True
        thread.join(20)


@pytest.fixture(scope="module")
def hasty() -> Iterator[Door]:
    with listening(HASTY) as door:
        yield door


@pytest.fixture(scope="module")
def patient() -> Iterator[Door]:
    with listening(PATIENT) as door:
        yield door


def ended(connection: socket.socket) -> bytes:
    """What is still read from it until its end; an abort ends it too."""
    read = b""
    try:
        while part := connection.recv(65_536):
            read += part
    except ConnectionResetError:
        pass
    return read


@pytest.mark.parametrize(
    "begun",
    [b"", b"GET / HT", b"GET / HTTP/1.1\r\nhost: x\r\nx-a: 1", b"\r\n\r\n"],
    ids=["nothing", "line", "header", "lines"],
)
def test_a_head_that_dribbles_in_is_cut_off_while_others_are_served(hasty: Door, begun: bytes) -> None:
    with hasty.connect() as slow:
        slow.sendall(begun)
        hasty.serves()
        assert ended(slow) == b""


def test_a_second_request_has_its_time_too_and_no_more(hasty: Door) -> None:
    with hasty.connect() as slow:
        slow.sendall(GET)
        assert b" 200 " in slow.recv(1000)
        slow.sendall(b"GET / HTTP/1.1\r\nx-")
        assert ended(slow) == b""


def test_a_body_that_dribbles_in_is_cut_off(hasty: Door) -> None:
    with hasty.connect() as slow:
        slow.sendall(b"POST / HTTP/1.1\r\nhost: x\r\ncontent-length: 9\r\n\r\nabc")
        hasty.serves()
        assert ended(slow) == b""
    hasty.closed("slow body")


@pytest.mark.parametrize(
    "head",
    [
        b"GET /" + b"a" * 70_000,
        b"GET / HTTP/1.1\r\nx-a: " + b"b" * 70_000,
        b"GET / HTTP/1.1\r\n" + b"a: b\r\n" * 12_000,
    ],
    ids=["line", "header", "headers"],
)
def test_a_head_without_an_end_is_refused_before_it_fills_memory(patient: Door, head: bytes) -> None:
    with patient.connect() as large:
        large.sendall(head)
        assert b" 431 " in ended(large)
    patient.serves()


LARGE = b"GET / HTTP/1.1\r\nhost: x\r\nx-a: " + b"b" * 40_000 + b"\r\n\r\n"


@pytest.mark.parametrize("pieces", [1, 2, 7, 400], ids=str)
def test_a_head_that_is_too_large_is_refused_in_whatever_pieces_it_comes(patient: Door, pieces: int) -> None:
    size = -(-len(LARGE) // pieces)
    with patient.connect() as large:
        large.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        for at in range(0, len(LARGE), size):
            try:
                large.sendall(LARGE[at : at + size])
            except ConnectionError:
                break
        answer = ended(large)
    assert b" 200 " not in answer
    assert b" 431 " in answer or not answer  # reset before it was read, when more was under way
    patient.serves()


def test_a_head_that_is_just_small_enough_is_taken_in_one_piece(patient: Door) -> None:
    with patient.connect() as large:
        large.sendall(b"GET / HTTP/1.1\r\nhost: x\r\nx-a: " + b"b" * 32_000 + b"\r\n\r\n")
        assert b" 200 " in large.recv(1000)


@pytest.mark.parametrize(
    "host",
    [
        b"localhost\r\nhost: evil.example",
        b"evil@localhost",
        b"localhost/evil",
        b"a b",
        b"\xff",
        b"localhost\\@evil",
    ],
)
def test_a_host_that_is_no_name_and_port_or_is_told_twice_is_refused(patient: Door, host: bytes) -> None:
    with patient.connect() as odd:
        odd.sendall(b"GET / HTTP/1.1\r\nhost: " + host + b"\r\n\r\n")
        assert b" 400 " in ended(odd)


@pytest.mark.parametrize(
    "host", [b"localhost:8400", b"[::1]:8400", b"192.0.2.7", b"shop.example", b"xn--bcher-kva.example"]
)
def test_a_name_or_an_address_with_a_port_is_taken(patient: Door, host: bytes) -> None:
    with patient.connect() as plain:
        plain.sendall(b"GET / HTTP/1.1\r\nhost: " + host + b"\r\n\r\n")
        assert b" 200 " in plain.recv(1000)


def test_many_headers_are_refused(patient: Door) -> None:
    with patient.connect() as many:
        many.sendall(b"GET / HTTP/1.1\r\n" + b"a: b\r\n" * 200 + b"\r\n")
        assert b" 400 " in ended(many)


def test_requests_piled_up_on_one_connection_are_refused(patient: Door) -> None:
    with patient.connect() as piled:
        piled.sendall(GET * (MOST_PIPELINED // 2))
        piled.sendall(GET)
        assert piled.recv(10_000)
    with patient.connect() as piled:
        piled.sendall(GET * 2_000)
        assert ended(piled).count(b" 200 ") <= 2 * MOST_PIPELINED
    patient.serves()


def test_trailers_are_not_kept_and_a_body_without_an_end_is_cut_off(patient: Door) -> None:
    begun = b"POST / HTTP/1.1\r\nhost: x\r\ntransfer-encoding: chunked\r\n\r\n1\r\na\r\n0\r\n"
    with patient.connect() as trailing:
        trailing.sendall(begun + b"a: b\r\n" * 100 + b"\r\n")
        assert b" 200 " in trailing.recv(1000)
    with patient.connect() as trailing:
        trailing.sendall(begun + b"a: " + b"b" * 40_000)
        patient.closed("endless body")
    patient.serves()


def test_the_connections_of_one_address_and_of_all_are_bounded_and_freed_again() -> None:
    for limits, why in (
        (Limits(0, 3, 60, 60, 1_000), "too many of one address"),
        (Limits(3, 0, 60, 60, 1_000), "too many"),
    ):
        with listening(limits) as door:
            held = [door.connect() for _ in range(3)]
            for one in held:
                one.sendall(GET)
                assert b" 200 " in one.recv(1000)
            with door.connect() as fourth:
                assert b" 503 " in ended(fourth)
            assert door.connections.closed == {why: 1}
            for one in held:
                one.close()
            deadline = time.monotonic() + 20
            while True:
                with door.connect() as again:
                    again.sendall(GET)
                    if b" 200 " in again.recv(1000):
                        break
                assert time.monotonic() < deadline


def test_a_trusted_proxys_connections_are_everybodys_and_are_not_counted_as_one_address() -> None:
    with listening(Limits(0, 1, 60, 60, 1_000, (ip_network("127.0.0.0/8"),))) as door:
        held = [door.connect() for _ in range(5)]
        for one in held:
            one.sendall(GET)
            assert b" 200 " in one.recv(1000)
            one.close()


def test_a_flood_of_idle_connections_leaves_the_server_to_others() -> None:
    with listening(Limits(400, 300, head_seconds=0.2, body_seconds=60, body_bytes=1_000)) as door:
        held = [door.connect() for _ in range(300)]
        door.closed("slow head", 300)
        door.serves()
        for one in held:
            one.close()


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("192.0.2.1", "192.0.2.1", True),
        ("192.0.2.1", "192.0.2.2", False),
        ("2001:db8:1:2::1", "2001:db8:1:2:ffff::9", True),
        ("2001:db8:1:2::1", "2001:db8:1:3::1", False),
        ("::ffff:192.0.2.1", "192.0.2.1", True),
        ("", "", True),
        ("nonsense", "192.0.2.1", False),
    ],
)
def test_a_home_network_of_ipv6_is_one_party(one: str, other: str, same: bool) -> None:
    assert (party(one) == party(other)) is same
