"""How to send to a site, for programs."""

import msgspec

from afterclick.accounts.policy import Capability
from afterclick.api.records import Nothing
from afterclick.pages.connect.context import arrived
from afterclick.pages.connect.seen import Seen
from afterclick.web.drawing import key_of
from afterclick.web.endpoint import Call, Endpoint


class ConnectData(msgspec.Struct, frozen=True, kw_only=True):
    """`key` is the site's public write key, empty when it has none, `collector` where browsers reach the collector.

    `accepted` counts rows of the last 24 hours by door, `last` tells when each took one (UTC ms), `last_received`
    when the newest of all came. `seen` counts what the page's checklist tells.
    """

    site: str
    key: str
    collector: str
    accepted: dict[str, int]
    last: dict[str, int]
    last_received: int | None
    seen: Seen


def connect(call: Call[Nothing]) -> ConnectData:
    """As of now."""
    came = arrived(call.desk.reader, call.lens.scope, call.desk.health, call.lens.now)
    return ConnectData(
        site=call.site,
        key=key_of(call.desk, call.site),
        collector=call.desk.collector,
        accepted=came.intake.accepted,
        last=came.intake.doors,
        last_received=came.last,
        seen=came.seen,
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
