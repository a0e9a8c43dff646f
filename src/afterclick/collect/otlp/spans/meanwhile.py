"""What happened while a span ran: its events, as they are kept."""

from collections.abc import Iterator, Sequence

import msgspec

from afterclick.collect.otlp.attributes import kept
from afterclick.collect.otlp.spans.wire import WireMoment
from afterclick.collect.otlp.values import text
from afterclick.collect.passage.cleaning import scrubbed

MOST = 64
"""Events of one span that are kept, the last of them."""

_BYTES = 8192
_ENCODER = msgspec.json.Encoder()


def told_events(events: Sequence[WireMoment], start_ns: int) -> str:
    """A JSON list of objects with `name`, `at` (ns after the span's start) and `attributes`; empty for none.

    Of many the last ones are kept, as many as fit into 8 KiB: what a span ended with tells why it failed.
    """
    fitting: list[bytes] = []
    room = _BYTES - 2
    for told in _told(events, start_ns):
        room -= len(told) + 1
        if room < 0:
            break
        fitting.append(told)
    return f"[{b','.join(reversed(fitting)).decode()}]" if fitting else ""


def _told(events: Sequence[WireMoment], start_ns: int) -> Iterator[bytes]:
    for event in reversed(events[-MOST:]):
        pairs = (kept(name, value) for name, value in event.attributes.items())
        yield _ENCODER.encode(
            {
                "name": scrubbed(text(event.name, 256)),
                "at": event.time_ns - start_ns if event.time_ns else None,
                "attributes": dict(filter(None, pairs)),
            }
        )
