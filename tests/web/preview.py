"""Serves the seeded pages on 8499 for a look: `python -m tests.web.preview [FOLDER]`; a folder is used again."""

import sys
import tempfile
from dataclasses import replace

import uvicorn
from tests.web.desks import BUSY, a_desk
from tests.web.shopfront import DAY, NOW, seed
from tests.web.troubles import an_evidence, the_problems

from afterclick.impact import AtRisk, Estimate, Together
from afterclick.measure import BOUND
from afterclick.pages import dashboard
from afterclick.resolve import Evidence, Problem
from afterclick.settings import load
from afterclick.stats import Interval
from afterclick.store.engine.query import Statement
from afterclick.store.scope import Scope
from afterclick.store.store import open_store
from afterclick.web.intake import Intake

_SLOW = Statement(
    "slow",
    "SELECT toString(session_id) AS session_id, toString(page_view_id) AS page_view_id FROM page_view_felt "
    "WHERE site = {site:String} AND slow AND step = 'payment' ORDER BY session_start DESC LIMIT 6",
)


def main() -> None:
    """Seed a store, unless it is already, and serve it."""
    with tempfile.TemporaryDirectory() as scratch:
        settings = load({"AFTERCLICK_DATA": sys.argv[1] if len(sys.argv) > 1 else scratch})
        store = open_store(settings, BOUND)
        if not store.arrow(Scope("shop"), _SLOW).num_rows:
            seed(store, "shop", visits=4000)
            store.settle(NOW)
        found = store.arrow(Scope("shop"), _SLOW).to_pylist()
        visits = tuple((row["session_id"], row["page_view_id"]) for row in found)
        risk = Estimate(
            status="priced",
            n_exposed=402,
            revenue_lost=Interval(8100, 5200, 11300),
            currency="EUR",
            since=NOW - 7 * DAY,
            until=NOW,
        )
        desk = a_desk(store, settings, "shop", the_problems("shop"), BUSY)

        def at_risk(scope: Scope) -> AtRisk:
            return AtRisk(Together(problems=("amex-payment",), estimate=risk), risk)

        def evidence(scope: Scope, problem: Problem) -> Evidence:
            return an_evidence(problem, visits)

        desk = replace(desk, at_risk=at_risk, evidence=evidence)
        bare = a_desk(store, settings, "bare", [], Intake())
        app = dashboard(desk)
        app.mount("/bare", dashboard(bare))
        uvicorn.run(app, port=8499, log_level="warning")


if __name__ == "__main__":
    main()
