"""What belongs to one customer: parted where it was joined wrongly, and joined again."""

from afterclick.accounts.policy import Capability
from afterclick.api.records import Link, Nothing
from afterclick.customers import Node
from afterclick.web.endpoint import Call, Endpoint


def part(call: Call[Link]) -> Nothing:
    """Let a link count no more, for past visits too; raises InvalidInput for what is no node."""
    call.desk.cuts.cut(call.site, *_nodes(call.body), call.desk.clock())
    return Nothing()


def join(call: Call[Link]) -> Nothing:
    """Let it count again; raises NotFound when it was not parted."""
    call.desk.cuts.mend(call.site, *_nodes(call.body))
    return Nothing()


def _nodes(link: Link) -> tuple[Node, Node]:
    return Node.parse(link.one), Node.parse(link.other)


ENDPOINTS = (
    Endpoint(
        "POST",
        "/customers/parted",
        Capability.PRIVACY,
        "Lets the link between two nodes of a person count no more.",
        Nothing,
        part,
        takes=Link,
        status=204,
    ),
    Endpoint(
        "POST",
        "/customers/joined",
        Capability.PRIVACY,
        "Lets a parted link count again.",
        Nothing,
        join,
        takes=Link,
        status=204,
    ),
)
