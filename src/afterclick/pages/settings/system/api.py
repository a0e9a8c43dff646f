"""How the installation is doing, for programs."""

from afterclick.accounts.policy import Capability
from afterclick.api.records import Nothing
from afterclick.web.endpoint import Call, Endpoint
from afterclick.web.need import Everywhere
from afterclick.web.vitals import Vitals


def system(call: Call[Nothing]) -> Vitals:
    """As of now."""
    return call.desk.operations.vitals()


ENDPOINTS = (
    Endpoint(
        "GET",
        "/system",
        Everywhere(Capability.OPERATE),
        "How the installation is doing: what waits, the disk, jobs, statements, and what the log said.",
        Vitals,
        system,
    ),
)
