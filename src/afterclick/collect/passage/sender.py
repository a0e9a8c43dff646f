"""Who sent a request: the device in a customer's hand, or a server that passes on what it saw."""

import re
from functools import lru_cache

from afterclick.collect.passage.gate import Headers

_REMEMBERED = 4096
_LONGEST = 512
_DEVICE = re.compile(r"Mozilla/|Opera/|Dalvik/|.{0,200}\bCFNetwork/")
"""How the User-Agent of every browser, of Android's runtime and of Apple's networking begins or reads."""


def customer_agent(headers: Headers) -> str:
    """The request's User-Agent when a customer's device sent it, else empty.

    The agent of a server-side library (python-requests, an OpenTelemetry SDK) says nothing about the customer:
    neither the browser, nor a crawler, nor, by the address, the country.
    """
    return _of_a_device(headers.get(b"user-agent", b""))


@lru_cache(_REMEMBERED)
def _of_a_device(raw: bytes) -> str:
    agent = raw[:_LONGEST].decode("latin-1").replace("\x00", "")
    return agent if _DEVICE.match(agent) else ""
