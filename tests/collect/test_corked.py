"""Head and body of an answer leave together; nothing that was written is held back beyond the turn of the loop."""

import asyncio
from collections.abc import Iterator

import pytest
from tests.collect.test_hostile_connections import GET, PATIENT, listening

from afterclick.collect.transport import connections
from afterclick.collect.transport.corked import Corked


class Wire(asyncio.Transport):
    """Keeps what is sent."""

    def __init__(self) -> None:
        super().__init__()
        self.sent: list[bytes] = []

    def write(self, data: bytes | bytearray | memoryview) -> None:
        self.sent.append(bytes(data))

    def close(self) -> None:
        self.sent.append(b"<closed>")

    def abort(self) -> None:
        self.sent.append(b"<aborted>")


@pytest.fixture
def loop() -> Iterator[asyncio.AbstractEventLoop]:
    loop = asyncio.new_event_loop()
    yield loop
    loop.close()


def a_turn(loop: asyncio.AbstractEventLoop) -> None:
    loop.run_until_complete(asyncio.sleep(0))


def test_a_head_and_its_body_are_one_write(loop: asyncio.AbstractEventLoop) -> None:
    wire = Wire()
    corked = Corked(wire, loop)
    corked.write(b"head ")
    corked.write(b"body")
    assert wire.sent == [b"head body"]
    a_turn(loop)
    assert wire.sent == [b"head body"]


def test_a_head_whose_body_is_not_there_yet_leaves_with_the_end_of_the_turn(
    loop: asyncio.AbstractEventLoop,
) -> None:
    wire = Wire()
    corked = Corked(wire, loop)
    corked.write(b"head")
    assert wire.sent == []
    a_turn(loop)
    assert wire.sent == [b"head"]


def test_answers_of_one_turn_keep_their_order(loop: asyncio.AbstractEventLoop) -> None:
    wire = Wire()
    corked = Corked(wire, loop)
    for part in (b"1", b"2", b"3", b"4", b"5"):
        corked.write(part)
    a_turn(loop)
    assert b"".join(wire.sent) == b"12345"


def test_the_server_sends_each_answer_in_one_write(monkeypatch: pytest.MonkeyPatch) -> None:
    sent: list[bytes] = []

    class Noting(Corked):
        def write(self, data: bytes | bytearray | memoryview) -> None:
            sent.append(bytes(data))
            self._transport.write(data)

    def noted(transport: asyncio.Transport, loop: asyncio.AbstractEventLoop) -> Corked:
        return Corked(Noting(transport, loop), loop)

    monkeypatch.setattr(connections, "Corked", noted)
    with listening(PATIENT) as door, door.connect() as client:
        client.sendall(GET)
        told = client.recv(1000)
    assert sent == [told]
    assert told.endswith(b"\r\n\r\n0")


def test_what_is_held_is_sent_before_the_end_and_not_after_an_abort(loop: asyncio.AbstractEventLoop) -> None:
    closed, aborted = Wire(), Wire()
    for corked, end in ((one := Corked(closed, loop), one.close), (two := Corked(aborted, loop), two.abort)):
        corked.write(b"last")
        end()
    a_turn(loop)
    assert closed.sent == [b"last", b"<closed>"]
    assert aborted.sent == [b"<aborted>"]
