"""The steps that every door shares. A door lists them, with its own between, in the order in which they
run.
"""

import asyncio
import os
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress

import msgspec

from afterclick.collect.passage.entry import enter
from afterclick.collect.passage.gate import key_of
from afterclick.collect.passage.passage import House, Passage
from afterclick.collect.passage.refusal import Damaged
from afterclick.collect.passage.seen import mark_of
from afterclick.collect.transport import body_limit
from afterclick.errors import TooLarge
from afterclick.signals import Event
from afterclick.store.spool.batch import Batch

_ENCODER = msgspec.json.Encoder()
_UNPACKED_ASIDE = 8_192  # bytes of a compressed body from which on it is unpacked in a thread
_LESS_URGENT = 10  # steps of niceness beneath the process, whatever that has; the kernel knows 19 at most


def _give_way() -> None:
    if sys.platform == "linux":  # elsewhere a thread has no niceness of its own
        with suppress(OSError):  # a sandbox may forbid it, and then it works all the same
            this, own = threading.get_native_id(), os.getpriority(os.PRIO_PROCESS, os.getpid())
            os.setpriority(os.PRIO_PROCESS, this, own + _LESS_URGENT)


_ASIDE = ThreadPoolExecutor(1, "unpacking", _give_way)
"""One at a time, and after the loop: bombs would leave it the smallest part of the processor."""


def authenticate(house: House, passage: Passage) -> None:
    """Find what the write key opens, before any work is done for the sender."""
    enter(house, passage, key_of(passage.headers, passage.query))


def limit(house: House, passage: Passage) -> None:
    """Refuse a key that sends too fast."""
    house.limiter.check(passage.grant.key)


async def read(house: House, passage: Passage) -> None:
    """Receive the body and decompress it, within the limits of both sizes."""
    declared = passage.headers.get(b"content-length")
    chosen = house.settings
    sent = await body_limit.read(passage.receive, declared, chosen.max_body_bytes, chosen.body_seconds)
    passage.sent_bytes = len(sent)
    encoding = passage.headers.get(b"content-encoding", b"").decode("latin-1")
    largest = house.settings.max_decoded_bytes
    try:
        if encoding and len(sent) > _UNPACKED_ASIDE:  # may be a bomb: others must not wait until it has shown
            aside = asyncio.get_running_loop().run_in_executor
            # Awaited where it is made: a name for it would hold what it raises, and that holds the body, in a cycle.
            passage.body = await aside(_ASIDE, body_limit.decompress, sent, encoding, largest)
        else:
            passage.body = body_limit.decompress(sent, encoding, largest)
        passage.unpacked_bytes = len(passage.body)
    except TooLarge:
        passage.unpacked_bytes = largest
        raise
    except Damaged as error:
        passage.unpacked_bytes = error.unpacked
        raise


async def spool(house: House, passage: Passage) -> None:
    """Put the records and the counts of what was dropped on disk, in one commit; returns after the fsync."""
    site, door = passage.grant.site, passage.door
    house.limiter.charge(passage.grant.key, passage.rows)
    drops = passage.drops(site, door, passage.now)
    taken = [
        mark_of(site, event.event_id)
        for event in passage.records.get("events", ())
        if isinstance(event, Event)
    ]
    batches = [
        Batch(site, door, kind, len(rows), _ENCODER.encode_lines(rows))
        for kind, rows in passage.records.items()
    ]
    passage.let_go()
    if drops or passage.moved or taken:
        batches.append(Batch(site, door, "events", 0, b"", drops, len(passage.moved), b"".join(taken)))
    if batches:
        await house.spool.append(*batches)
    if taken:
        house.seen.remember(taken)
    if passage.rows:
        house.metrics.accepted(site, door, passage.rows)
    if passage.moved:
        house.metrics.repaired(site, door, len(passage.moved))
    for drop in drops:
        house.metrics.dropped(drop.site, drop.door, drop.reason, drop.rows)
