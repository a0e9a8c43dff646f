"""Whom a call went to, where its span names neither a service nor a server.

Python's instrumentations of `requests`, `httpx` and `urllib3` tell a URL alone, older ones of databases their system.
Sources: OpenTelemetry's semantic conventions for HTTP, network, RPC, databases and messaging, current and replaced.
"""

import re
from functools import lru_cache

from afterclick.collect.event.page_address import page_of
from afterclick.collect.otlp.spans.attributes import SpanAttributes
from afterclick.collect.otlp.values import text

_REMEMBERED = 4096
_URLS = ("url.full", "http.url")
_HOSTS = ("http.host", "network.peer.address", "net.peer.ip", "net.sock.peer.name", "net.sock.peer.addr")
_KINDS = (
    "rpc.service",
    "messaging.destination.name",
    "messaging.destination",
    "messaging.system",
    "db.system.name",
    "db.system",
    "rpc.system",
)
_PORT = re.compile(
    r"(https?)://(?:[^/?#@]*@)?(?:\[[^\]]*\]|[^/?#:\[\]]*):(\d{1,5})(?=[/?#]|\Z)", re.IGNORECASE
)
_USUAL = {"http": "80", "https": "443"}


def called(attributes: SpanAttributes) -> str:
    """The host and unusual port of the URL, else a host or an address, else what kind of service; empty for none."""
    for name in _URLS:
        if (url := _told(attributes, name)) and (host := _host_of(url)):
            return host
    return next((found for name in (*_HOSTS, *_KINDS) if (found := _told(attributes, name))), "")


def _told(attributes: SpanAttributes, name: str) -> str:
    attribute = attributes.get(name)
    return text(attribute.value, 2048).strip() if attribute is not None else ""


@lru_cache(_REMEMBERED)
def _host_of(url: str) -> str:
    host = page_of(url)[0]
    port = _PORT.match(url)
    if not host or port is None or _USUAL[port[1].lower()] == port[2]:
        return host
    return f"[{host}]:{port[2]}" if ":" in host else f"{host}:{port[2]}"
