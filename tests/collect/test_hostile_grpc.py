"""OTLP/gRPC by calls that never come to an end, and by messages that are none."""

import asyncio
from collections.abc import AsyncIterator, Callable

import grpc
from grpc import aio
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.collect.conftest import House, free_port
from tests.collect.test_grpc import EXPORT, export

from afterclick.collect.transport.grpc_server import GrpcServer

_OTHERS = [
    EXPORT,
    "/opentelemetry.proto.collector.metrics.v1.MetricsService/Export",
    "/opentelemetry.proto.collector.logs.v1.LogsService/Export",
]


def test_a_call_whose_message_never_comes_is_ended_and_its_neighbour_is_answered(
    open_house: Callable[..., House],
) -> None:
    house = open_house(grpc_port=free_port(), body_seconds=1)

    async def exchange() -> grpc.StatusCode:
        server = GrpcServer(house.app.house, house.app.doorway)
        await server.start()
        metadata = (("x-afterclick-key", house.key),)
        async with aio.insecure_channel(f"127.0.0.1:{house.settings.grpc_port}") as channel:
            slow: aio.StreamUnaryMultiCallable[bytes, bytes] = channel.stream_unary(EXPORT)
            waiting = slow(_nothing(), metadata=metadata)
            quick: aio.UnaryUnaryMultiCallable[bytes, bytes] = channel.unary_unary(EXPORT)
            await quick(b"", metadata=metadata)
            assert not waiting.done()
            code = await waiting.code()
        await server.stop(1)
        return code

    assert asyncio.run(exchange()) is grpc.StatusCode.DEADLINE_EXCEEDED


async def _nothing() -> AsyncIterator[bytes]:
    await asyncio.Event().wait()
    yield b""


@given(st.lists(st.binary(max_size=200), min_size=1, max_size=20), st.sampled_from(_OTHERS))
@settings(max_examples=15)
def test_any_bytes_get_a_documented_code_and_a_sentence(
    open_house: Callable[..., House], messages: list[bytes], method: str
) -> None:
    house = open_house(grpc_port=free_port())
    for answer in export(house, *messages, method=method):
        if isinstance(answer, bytes):
            continue
        assert answer.code() in (grpc.StatusCode.INVALID_ARGUMENT, grpc.StatusCode.RESOURCE_EXHAUSTED)
        assert (answer.details() or "").endswith(".")
