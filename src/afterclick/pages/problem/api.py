"""One problem and its evidence, for programs."""

from afterclick.accounts.policy import Capability
from afterclick.api.records import Nothing
from afterclick.resolve import Evidence
from afterclick.web.endpoint import Call, Endpoint
from afterclick.web.problem_data import ProblemData, data
from afterclick.words import withheld


def problem(call: Call[Nothing]) -> ProblemData:
    """Without its price for who may not see money."""
    found = call.desk.problems.problem(call.site, call.part("problem_id"))
    return data(withheld.problem(found, call.lens.scope), call.lens.home.timezone)


def evidence(call: Call[Nothing]) -> Evidence:
    """Without samples for who may not open visits."""
    found = call.desk.problems.problem(call.site, call.part("problem_id"))
    return withheld.evidence(call.desk.evidence(call.lens.scope, found), call.lens.scope)


ENDPOINTS = (
    Endpoint(
        "GET",
        "/problems/{problem_id}",
        Capability.VIEW,
        "One problem, its price and its cause.",
        ProblemData,
        problem,
    ),
    Endpoint(
        "GET",
        "/problems/{problem_id}/evidence",
        Capability.VIEW,
        "What stands under a problem: distributions, shares with their intervals, samples.",
        Evidence,
        evidence,
    ),
)
