"""One visit, for programs."""

from afterclick.accounts.policy import Capability
from afterclick.api.records import Nothing
from afterclick.journeys import Visit
from afterclick.journeys import visit as read
from afterclick.web.endpoint import Call, Endpoint
from afterclick.words import withheld


def visit(call: Call[Nothing]) -> Visit:
    """Without money, and without who it was, for who may not see that; the audit log says who looked."""
    lens = call.lens
    found = read(call.desk.reader, lens.scope, call.part("visit_id"))
    call.desk.keyring.audit.record(lens.viewer, "visit.view", found.head.session_id, lens.scope.site)
    return withheld.visit(found, lens.scope)


ENDPOINTS = (
    Endpoint(
        "GET",
        "/visits/{visit_id}",
        Capability.VISITS,
        "One visit: its pages, what happened on each, and the traces behind them.",
        Visit,
        visit,
    ),
)
