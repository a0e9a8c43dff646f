"""The problems of a site, for programs."""

from afterclick.accounts.policy import Capability
from afterclick.api.records import Nothing
from afterclick.web.endpoint import Call, Endpoint
from afterclick.web.problem_data import ProblemData, data
from afterclick.words import withheld


def problems(call: Call[Nothing]) -> list[ProblemData]:
    """Open ones first, dearest first; without prices for who may not see money."""
    found = withheld.problems(call.desk.problems.problems(call.site), call.lens.scope)
    return [data(problem, call.lens.home.timezone) for problem in found]


ENDPOINTS = (
    Endpoint(
        "GET",
        "/problems",
        Capability.VIEW,
        "Problems of the site, open ones first, dearest first.",
        list[ProblemData],
        problems,
    ),
)
