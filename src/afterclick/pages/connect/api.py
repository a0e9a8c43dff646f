"""How to send to a site, for programs."""

import msgspec

from afterclick.accounts.policy import Capability
from afterclick.api.records import Nothing
from afterclick.web.drawing import key_of
from afterclick.web.endpoint import Call, Endpoint
from afterclick.web.intake import WINDOW


class ConnectData(msgspec.Struct, frozen=True, kw_only=True):
    """`key` is the site's public write key, empty when it has none, `collector` where browsers reach the collector.

    `accepted` counts rows of the last 24 hours by door, `last` tells when each took one (UTC ms).
    """

    site: str
    key: str
    collector: str
    accepted: dict[str, int]
    last: dict[str, int]
    last_received: int | None


def connect(call: Call[Nothing]) -> ConnectData:
    """As of now."""
    found = call.desk.health.intake(call.site, call.lens.now - WINDOW)
    return ConnectData(
        site=call.site,
        key=key_of(call.desk, call.site),
        collector=call.desk.collector,
        accepted=found.accepted,
        last=found.doors,
        last_received=found.last_received,
    )


ENDPOINTS = (
    Endpoint(
        "GET",
        "/connect",
        Capability.CONNECT,
        "Where to send, with which key, and what has come.",
        ConnectData,
        connect,
    ),
)
