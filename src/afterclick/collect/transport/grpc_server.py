"""OTLP/gRPC: the same doors as OTLP/HTTP, and the same steps, by another transport.

The bytes of a message go to its door as they came. The server leaves them compressed: the library would unpack them
without a bound, our step `read` does not.
"""

import asyncio
from collections.abc import AsyncIterator, MutableMapping
from http import HTTPStatus
from typing import Any, TypeAlias
from urllib.parse import unquote

import grpc
from google.rpc.status_pb2 import Status
from grpc import aio

from afterclick.collect.doors import door_at
from afterclick.collect.otlp.body import PROTOBUF
from afterclick.collect.passage.gate import Headers
from afterclick.collect.passage.passage import House, Passage
from afterclick.collect.transport.body_limit import Receive
from afterclick.collect.transport.connections import LARGEST_HEAD
from afterclick.collect.transport.doorway import Doorway
from afterclick.errors import Misconfigured

_SERVICES = {
    "opentelemetry.proto.collector.trace.v1.TraceService": "/v1/traces",
    "opentelemetry.proto.collector.metrics.v1.MetricsService": "/v1/metrics",
    "opentelemetry.proto.collector.logs.v1.LogsService": "/v1/logs",
}
_GZIP = b"\x1f\x8b"  # no protobuf message of OTLP begins so: as a field it would be the third, of a kind that is none
_IDENTITY_AND_GZIP = 1 << 0 | 1 << 2
_MOST_AT_ONCE = 2_000
_MOST_OF_ONE = 100  # calls at once on one connection
_IDLE_MS = 300_000
_DETAILS = "grpc-status-details-bin"
_CODES = {code.value[0]: code for code in grpc.StatusCode}


Context: TypeAlias = "aio.ServicerContext[bytes, bytes]"


class GrpcServer:
    """The listener on `grpc_port`. To be started and stopped on the event loop that serves HTTP."""

    def __init__(self, house: House, doorway: Doorway) -> None:
        self._house = house
        self._doorway = doorway
        self._server: aio.Server | None = None

    async def start(self) -> None:
        """Begin to listen; raises Misconfigured when the port is taken. Port 0 means not to listen."""
        settings = self._house.settings
        if not settings.grpc_port:
            return
        options = (
            ("grpc.so_reuseport", 0),  # else a second collector would share the port unnoticed
            ("grpc.per_message_decompression", 0),
            ("grpc.compression_enabled_algorithms_bitset", _IDENTITY_AND_GZIP),
            ("grpc.max_receive_message_length", settings.max_body_bytes),
            ("grpc.max_metadata_size", LARGEST_HEAD),
            ("grpc.max_concurrent_streams", _MOST_OF_ONE),
            ("grpc.server_handshake_timeout_ms", settings.head_seconds * 1000),
            ("grpc.max_connection_idle_ms", _IDLE_MS),
        )
        self._server = aio.server(options=options, maximum_concurrent_rpcs=_MOST_AT_ONCE)
        self._server.add_generic_rpc_handlers([self._handler(name, path) for name, path in _SERVICES.items()])
        try:
            self._server.add_insecure_port(f"{_host(settings.collector_host)}:{settings.grpc_port}")
        except RuntimeError as error:
            raise Misconfigured(
                f"Port {settings.grpc_port} is taken: end what listens there, or set AFTERCLICK_GRPC_PORT to another"
                " port, or to 0 for no OTLP/gRPC."
            ) from error
        await self._server.start()

    async def stop(self, grace: float) -> None:
        """Take no more calls, and return when those that run are answered, at the latest after `grace` seconds."""
        if self._server is not None:
            await self._server.stop(grace)

    def _handler(self, service: str, path: str) -> grpc.GenericRpcHandler:
        # Taken as a stream of one, which is the same on the line: the library waits for a lone message without an end.
        async def export(messages: AsyncIterator[bytes], context: Context) -> bytes:
            return await self._export(path, await self._received(messages, context), context)

        handler: grpc.RpcMethodHandler[bytes, bytes] = grpc.stream_unary_rpc_method_handler(export)
        return grpc.method_handlers_generic_handler(service, {"Export": handler})

    async def _received(self, messages: AsyncIterator[bytes], context: Context) -> bytes:
        seconds = self._house.settings.body_seconds
        try:
            async with asyncio.timeout(seconds):
                return await anext(messages)
        except TimeoutError:
            late = f"The message did not arrive within {seconds} s; send it again."
            return await context.abort(grpc.StatusCode.DEADLINE_EXCEEDED, late)
        except StopAsyncIteration:
            return await context.abort(grpc.StatusCode.INVALID_ARGUMENT, "The call holds no message.")

    async def _export(self, path: str, message: bytes, context: Context) -> bytes:
        door = door_at(path)
        if door is None:
            return await context.abort(grpc.StatusCode.UNIMPLEMENTED, f"There is no door {path}.")
        headers = _headers(context, message)
        passage = Passage(door.name, path, headers, b"", _receiving(message), self._house.clock())
        passage.address = _address(context.peer())
        answer = await self._doorway.admit(door, passage, door.method)
        if answer.status == HTTPStatus.OK:
            return answer.body
        status = Status.FromString(answer.body)
        return await context.abort(_CODES[status.code], status.message, ((_DETAILS, answer.body),))


def _host(host: str) -> str:
    return f"[{host}]" if ":" in host else host


def _headers(context: Context, message: bytes) -> Headers:
    """The call's metadata as the headers of the same request over HTTP."""
    headers: Headers = {}
    for name, value in context.invocation_metadata() or ():
        headers[name.encode()] = value if isinstance(value, bytes) else value.encode("latin-1", "replace")
    headers[b"content-type"] = PROTOBUF.encode()
    headers[b"content-encoding"] = b"gzip" if message.startswith(_GZIP) else b""
    headers.pop(b"content-length", None)
    return headers


def _receiving(message: bytes) -> Receive:
    async def receive() -> MutableMapping[str, Any]:
        return {"type": "http.request", "body": message}

    return receive


def _address(peer: str) -> str:
    """The host of a peer such as `ipv4:192.0.2.1:4711` or `ipv6:%5B2001:db8::1%5D:4711`."""
    family, _, rest = peer.partition(":")
    return unquote(rest).rpartition(":")[0].strip("[]") if family in ("ipv4", "ipv6") else ""
