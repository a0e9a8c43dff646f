"""The metric catalogue, for programs."""

from afterclick.accounts.policy import Capability
from afterclick.api.records import Nothing
from afterclick.measure import CATALOGUE, Metric
from afterclick.web.endpoint import Call, Endpoint


def definitions(_: Call[Nothing]) -> list[Metric]:
    """All of it."""
    return list(CATALOGUE)


ENDPOINTS = (
    Endpoint(
        "GET",
        "/definitions",
        Capability.VIEW,
        "What each figure means: name, words, unit, limits, version and the least n it is shown for.",
        list[Metric],
        definitions,
    ),
)
