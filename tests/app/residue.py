"""What is left of somebody on the disk: a search of every file, compressed columns and archives unpacked."""

import struct
from collections.abc import Iterable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Literal

import pyarrow as pa

_CODECS: dict[int, Literal["lz4_raw", "zstd"]] = {0x82: "lz4_raw", 0x90: "zstd"}
_HEAD = (
    25  # a checksum of 16 bytes, the method, the size compressed with 9 of these bytes, the size uncompressed
)


_LOOKS = 50


def files_with(folder: Path, marks: Iterable[str]) -> set[str]:
    """Names of the files under the folder in which one of the marks stands, in plain or compressed.

    The engine goes on merging: a look from under which a file was taken, or that met one half written, is taken anew.
    """
    wanted = [mark.encode() for mark in marks]
    for _ in range(_LOOKS - 1):
        with suppress(OSError):
            return _look(folder, wanted)
    return _look(folder, wanted)


def _look(folder: Path, wanted: list[bytes]) -> set[str]:
    found: set[str] = set()
    for path in folder.rglob("*"):
        if not path.is_file():
            continue
        raw = path.read_bytes()
        if any(mark in raw or mark in unpacked for mark in wanted for unpacked in _unpacked(path, raw)):
            found.add(str(path.relative_to(folder)))
    return found


def _unpacked(path: Path, raw: bytes) -> Iterator[bytes]:
    yield b""
    if path.suffix == ".bin":
        yield b"".join(_blocks(raw))


def _blocks(raw: bytes) -> Iterator[bytes]:
    """The blocks of a column's file: ClickHouse's format of compressed data (src/Compression/CompressedReadBuffer)."""
    at = 0
    while at + _HEAD <= len(raw):
        method, packed, plain = struct.unpack_from("<BII", raw, at + 16)
        body = raw[at + _HEAD : at + 16 + packed]
        if method in _CODECS:
            yield pa.Codec(_CODECS[method]).decompress(body, plain).to_pybytes()
        at += 16 + packed
