"""Large bodies take turns: whatever many of them come at once, a small one waits for one of them at most.

Decoding holds the loop, so bodies that are ready together are worked off one after the other. One large body at a time
leaves the loop to all small ones that have come meanwhile; those that wait are bounded by their bytes together. A huge
one leaves the loop to the others while it is under way: it is decoded in a thread, then worked off part by part.
"""

import asyncio
import time
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager, suppress

from afterclick.errors import Unavailable

LARGE = 65_536
"""Bytes of a decompressed body from which on it is large."""
MANY = 2_000
"""JSON objects in a body from which on it is large too."""
HUGE = 262_144
"""Bytes from which on it is huge; as are as many objects as make a small body large."""
MOST_WAITING = 67_108_864
"""Bytes of large bodies that may wait together."""


def is_large(body: bytes) -> bool:
    """Whether it costs so much to decode that others should not wait for several like it."""
    return len(body) > LARGE or (len(body) > MANY and body.count(b"{") > MANY)


def is_huge(body: bytes) -> bool:
    """Whether even one like it costs so much that others should not wait for it."""
    return len(body) > HUGE or body.count(b"{") > MANY


class _Small:
    """Counts the small bodies that are worked off: one for each block under it."""

    def __init__(self) -> None:
        self.number = 0
        self.none = asyncio.Event()

    def __enter__(self) -> None:
        self.number += 1
        self.none.clear()

    def __exit__(self, *_: object) -> None:
        self.number -= 1
        if not self.number:
            self.none.set()


class Turns:
    """The turns of one process; `small` is to be entered for a small body while it is worked off."""

    def __init__(self) -> None:
        self._free = asyncio.Lock()
        self._waiting = 0
        self.small = _Small()

    @asynccontextmanager
    async def turn(self, size: int) -> AsyncGenerator[None]:
        """Wait for the turn of a body of so many bytes, and have it.

        The next one begins when no small body is under way, at the latest after as long as this one took: so that large
        ones have half of the time, and all of it when nobody else asks. Raises Unavailable when too many wait already.
        """
        if self._waiting + size > MOST_WAITING:
            raise Unavailable("Too many large requests at once; send again in a moment.", 2)
        self._waiting += size
        try:
            async with self._free:
                started = time.perf_counter()
                try:
                    yield
                finally:
                    await self._let_small_pass(time.perf_counter() - started)
        finally:
            self._waiting -= size

    async def _let_small_pass(self, seconds: float) -> None:
        for _ in range(3):  # those that have come meanwhile are read, begun and seen only then
            await asyncio.sleep(0)
        if self.small.number:
            with suppress(TimeoutError):
                async with asyncio.timeout(seconds):
                    await self.small.none.wait()
