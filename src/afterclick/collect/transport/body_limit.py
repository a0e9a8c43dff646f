"""A request's body: read, then decompressed, with a hard cap on both sizes, so that no bomb costs memory."""

import asyncio
import sys
import zlib
from collections.abc import Awaitable, Callable, Generator, Iterator, MutableMapping
from typing import Any

from afterclick.collect.passage.refusal import Damaged, Slow, Unsupported
from afterclick.errors import InvalidInput, TooLarge

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]

_PATIENCE = 30  # seconds for a whole body to arrive
_CHUNK = 1 << 16
_ZSTD_WINDOW_LOG = 23  # 8 MiB of window, the least that RFC 8878 asks decoders to support


async def read(receive: Receive, declared: bytes | None, limit: int, seconds: float = _PATIENCE) -> bytes:
    """The body as sent.

    `declared` is the Content-Length header. Raises TooLarge above `limit` bytes, Slow when it takes over
    `seconds`, InvalidInput when the client goes away before the end.
    """
    if declared is not None and declared.isdigit() and int(declared) > limit:
        raise _too_large(limit)
    message = await receive()
    first = message.get("body", b"")
    if message["type"] == "http.request" and not message.get("more_body") and len(first) <= limit:
        return first
    try:
        async with asyncio.timeout(seconds):
            return await _rest(receive, message, limit)
    except TimeoutError as error:
        raise Slow(f"The body did not arrive within {seconds} s; send it again.") from error


async def _rest(receive: Receive, message: MutableMapping[str, Any], limit: int) -> bytes:
    parts: list[bytes] = []
    size = 0
    while True:
        if message["type"] == "http.disconnect":
            raise InvalidInput("The body ended early; send it again, whole.")
        part = message.get("body", b"")
        size += len(part)
        if size > limit:
            raise _too_large(limit)
        parts.append(part)
        if not message.get("more_body"):
            return b"".join(parts)
        message = await receive()


def decompress(body: bytes, encoding: str, limit: int) -> bytes:
    """Undo one Content-Encoding: "", identity, gzip, deflate or zstd.

    Never holds more than `limit` bytes and one chunk. Raises TooLarge beyond, Unsupported for another
    encoding, Damaged when the data is that or cut off.
    """
    encoding = encoding.strip().lower()
    if encoding in ("", "identity"):
        if len(body) > limit:
            raise _too_large(limit)
        return body
    if encoding not in _CODECS:
        raise Unsupported(f"Content-Encoding {encoding[:20]!r} is unknown; use gzip, deflate, zstd or none.")
    # Joined as they come: a list of them would live as long as the traceback of what is raised.
    parts = _Within(limit, _CODECS[encoding](body))
    try:
        return b"".join(parts)
    except (zlib.error, zstd.ZstdError, EOFError) as error:
        raise Damaged(f"The body is not valid {encoding}: it is damaged or cut off.", parts.size) from error


class _Within(Iterator[bytes]):
    """Parts of a body; raises TooLarge above `limit` bytes together. `size`: how many there were so far."""

    def __init__(self, limit: int, parts: Iterator[bytes]) -> None:
        self._limit = limit
        self._parts = parts
        self.size = 0

    def __next__(self) -> bytes:
        part = next(self._parts)
        self.size += len(part)
        if self.size > self._limit:
            raise _too_large(self._limit)
        return part


def _gzip(body: bytes) -> Iterator[bytes]:
    while body:  # RFC 1952 2.2: a gzip file is a series of members
        body = yield from _inflate(body, wbits=31)


def _deflate(body: bytes) -> Iterator[bytes]:
    # RFC 9110 8.4.1.2 means the zlib format; some senders send raw deflate, which cannot start like zlib
    # does.
    is_zlib = len(body) >= 2 and body[0] & 0x0F == 8 and (body[0] << 8 | body[1]) % 31 == 0
    yield from _inflate(body, wbits=15 if is_zlib else -15)


def _inflate(body: bytes, wbits: int) -> Generator[bytes, None, bytes]:
    """Yields the content of one stream and returns what follows it."""
    codec = zlib.decompressobj(wbits)
    yield codec.decompress(body, _CHUNK)
    while not codec.eof:
        part = codec.decompress(codec.unconsumed_tail, _CHUNK)
        if not part and not codec.eof:
            raise EOFError
        yield part
    return codec.unused_data


def _zstd(body: bytes) -> Iterator[bytes]:
    while body:  # RFC 8878 3: a series of frames
        codec = zstd.ZstdDecompressor(options={zstd.DecompressionParameter.window_log_max: _ZSTD_WINDOW_LOG})
        yield codec.decompress(body, _CHUNK)
        while not codec.eof:
            part = codec.decompress(b"", _CHUNK)
            if not part and not codec.eof:
                raise EOFError
            yield part
        body = codec.unused_data


_CODECS: dict[str, Callable[[bytes], Iterator[bytes]]] = {
    "gzip": _gzip,
    "x-gzip": _gzip,
    "deflate": _deflate,
    "zstd": _zstd,
}


def _too_large(limit: int) -> TooLarge:
    return TooLarge(f"The body is larger than {limit} bytes; send smaller batches.")
