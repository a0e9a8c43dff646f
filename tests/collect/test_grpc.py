"""OTLP/gRPC against the OTLP specification 1.x: codes, retries, limits and the end of the process."""

import asyncio
import gzip
import os
import re
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Sequence

import grpc
import pytest
from google.rpc.error_details_pb2 import RetryInfo
from google.rpc.status_pb2 import Status
from grpc import aio
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceResponse
from tests.collect.conftest import House, Process, free_port, until
from tests.collect.test_traces import request

from afterclick.collect.transport.grpc_server import GrpcServer
from afterclick.store.spool.outlet import Outlet

EXPORT = "/opentelemetry.proto.collector.trace.v1.TraceService/Export"
Metadata = Sequence[tuple[str, str | bytes]]


def export(
    house: House,
    *messages: bytes,
    key: str | None = None,
    method: str = EXPORT,
    compression: grpc.Compression = grpc.Compression.NoCompression,
) -> list[bytes | aio.AioRpcError]:
    """What a server over the house answers to each message."""
    metadata = (("x-afterclick-key", house.key if key is None else key),)

    async def exchange() -> list[bytes | aio.AioRpcError]:
        server = GrpcServer(house.app.house, house.app.doorway)
        await server.start()
        answers: list[bytes | aio.AioRpcError] = []
        address = f"127.0.0.1:{house.settings.grpc_port}"
        async with aio.insecure_channel(address, compression=compression) as channel:
            call: aio.UnaryUnaryMultiCallable[bytes, bytes] = channel.unary_unary(method)
            for message in messages:
                try:
                    answers.append(await call(message, metadata=metadata))
                except aio.AioRpcError as error:
                    answers.append(error)
        await server.stop(1)
        await house.app.flush()
        return answers

    return asyncio.run(exchange())


@pytest.fixture
def open_grpc(open_house: Callable[..., House]) -> Callable[..., House]:
    """Opens collectors with a port for OTLP/gRPC."""

    def opening(**chosen: str | int) -> House:
        return open_house(grpc_port=free_port(), **chosen)

    return opening


def refused(answer: bytes | aio.AioRpcError, code: grpc.StatusCode) -> Status:
    """The status that a refusal carries in full, which agrees with the call's own."""
    assert isinstance(answer, aio.AioRpcError)
    told = {name: value for name, value in answer.trailing_metadata() if isinstance(value, bytes)}
    status = Status.FromString(told["grpc-status-details-bin"])
    assert (answer.code(), status.code) == (code, code.value[0])
    assert status.message == answer.details()
    assert status.message.endswith(".")
    return status


def retry_seconds(status: Status) -> int | None:
    for detail in status.details:
        info = RetryInfo()
        assert detail.Unpack(info)
        return info.retry_delay.seconds
    return None


def test_spans_come_in_and_what_is_rejected_is_told_as_partial_success(
    open_grpc: Callable[..., House],
) -> None:
    house = open_grpc()
    sent = request({"name": "kept"}, {"trace_id": b"\x00" * 16}).SerializeToString()
    (answer,) = export(house, sent)
    assert isinstance(answer, bytes)
    assert ExportTraceServiceResponse.FromString(answer).partial_success.rejected_spans == 1
    assert [span.name for span in house.spans()] == ["kept"]
    assert house.counted() == {"": 1, "bad_id": 1}


def test_compressed_messages_are_unpacked_by_our_own_bounded_step(open_grpc: Callable[..., House]) -> None:
    house = open_grpc(max_decoded_bytes=100_000)
    sent = request({"name": "zipped"}).SerializeToString()
    kept, bomb = export(house, sent, b"\x00" * 200_000_000, compression=grpc.Compression.Gzip)
    assert isinstance(kept, bytes)
    assert "larger than 100000 bytes" in refused(bomb, grpc.StatusCode.RESOURCE_EXHAUSTED).message
    assert [span.name for span in house.spans()] == ["zipped"]
    assert house.counted() == {"": 1, "too_large": 1}


@pytest.mark.parametrize(
    ("message", "code"),
    [
        (b"garbage", grpc.StatusCode.INVALID_ARGUMENT),
        (b"\x0a\xff\x7f", grpc.StatusCode.INVALID_ARGUMENT),
        (b"\x1f\x8bnot gzip", grpc.StatusCode.INVALID_ARGUMENT),
        (gzip.compress(b"garbage"), grpc.StatusCode.INVALID_ARGUMENT),
    ],
    ids=["no message", "endless number", "no gzip", "no message in gzip"],
)
def test_what_cannot_be_read_is_refused_for_good(
    open_grpc: Callable[..., House], message: bytes, code: grpc.StatusCode
) -> None:
    house = open_grpc()
    (answer,) = export(house, message)
    assert retry_seconds(refused(answer, code)) is None
    assert house.counted() == {"malformed": 1}


def test_an_unknown_key_or_none_is_unauthenticated(open_grpc: Callable[..., House]) -> None:
    house = open_grpc()
    for key in ("ac_wrong", ""):
        (answer,) = export(house, request({}).SerializeToString(), key=key)
        refused(answer, grpc.StatusCode.UNAUTHENTICATED)
    assert house.spans() == []


def test_a_key_that_sends_too_fast_is_told_when_to_try_again(open_grpc: Callable[..., House]) -> None:
    house = open_grpc(key_rate=1)
    sent = request(*({"name": str(n)} for n in range(30))).SerializeToString()
    taken, answer = export(house, sent, sent)
    assert isinstance(taken, bytes)
    seconds = retry_seconds(refused(answer, grpc.StatusCode.RESOURCE_EXHAUSTED))
    assert seconds is not None
    assert 15 <= seconds <= 25


def test_a_full_spool_is_unavailable_with_the_time_to_try_again(open_grpc: Callable[..., House]) -> None:
    house = open_grpc(spool_budget_bytes=1)
    (answer,) = export(house, request({}).SerializeToString())
    assert retry_seconds(refused(answer, grpc.StatusCode.UNAVAILABLE)) == 30


def test_a_message_beyond_the_limit_and_another_service_are_refused_by_the_transport(
    open_grpc: Callable[..., House],
) -> None:
    house = open_grpc(max_body_bytes=1_000)
    (answer,) = export(house, b"\x00" * 1_001)
    assert isinstance(answer, aio.AioRpcError)
    assert answer.code() == grpc.StatusCode.RESOURCE_EXHAUSTED
    (answer,) = export(house, b"", method="/opentelemetry.proto.collector.trace.v1.TraceService/Import")
    assert isinstance(answer, aio.AioRpcError)
    assert answer.code() == grpc.StatusCode.UNIMPLEMENTED


def test_what_was_acknowledged_when_the_process_was_told_to_end_is_on_disk(process: Process) -> None:
    process.start()
    taken: list[str] = []
    failures: list[grpc.RpcError] = []
    begun = threading.Event()

    def send_on() -> None:
        metadata = (("authorization", f"Bearer {process.key}"),)
        with grpc.insecure_channel(f"127.0.0.1:{process.grpc_port}") as channel:
            call: grpc.UnaryUnaryMultiCallable[bytes, bytes] = channel.unary_unary(EXPORT)
            while not failures:
                name = f"span {len(taken)}"
                try:
                    call(live(name), metadata=metadata)
                except grpc.RpcError as error:
                    failures.append(error)
                else:
                    taken.append(name)
                    begun.set()

    sender = threading.Thread(target=send_on)
    sender.start()
    assert begun.wait(30)
    until(lambda: len(taken) > 50, 30, "spans are acknowledged")
    assert process.kill(signal.SIGTERM) == 0
    sender.join(30)
    (failure,) = failures
    assert isinstance(failure, grpc.Call)
    again = (grpc.StatusCode.UNAVAILABLE, grpc.StatusCode.CANCELLED)  # OTLP 1.x: both may be sent again
    assert failure.code() in again
    outlet = Outlet(process.settings.spool)
    group = outlet.take("spans", 0, 1 << 40)
    outlet.close()
    assert group is not None
    kept = set(re.findall(rb'"name":"(span \d+)"', b"".join(group.bodies)))
    assert {name.encode() for name in taken} <= kept


def live(name: str) -> bytes:
    """One span of this moment."""
    now = time.time_ns()
    return request(
        {"name": name, "start_time_unix_nano": now, "end_time_unix_nano": now + 1}
    ).SerializeToString()


def test_a_taken_port_ends_the_start_with_a_sentence_and_port_0_serves_http_alone(
    process: Process, tmp_path_factory: pytest.TempPathFactory
) -> None:
    process.start()
    second = Process(tmp_path_factory.mktemp("second"))
    environment = os.environ | {
        "AFTERCLICK_DATA": str(second.data),
        "AFTERCLICK_COLLECTOR_PORT": str(second.port),
        "AFTERCLICK_GRPC_PORT": str(process.grpc_port),
    }
    command = [sys.executable, "-m", "afterclick.collect"]
    ended = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=60)
    assert ended.returncode == 1
    assert f"Port {process.grpc_port} is taken: end what listens there" in ended.stderr
    assert "Traceback" not in ended.stderr
    second.grpc_port = 0
    second.start()
    assert second.kill(signal.SIGTERM) == 0
