"""Which job feeds what pages show, and how fresh it is."""

from typing import Any

from afterclick.customers.identity import IDENTITY
from afterclick.jobs import Freshness, Job
from afterclick.resolve.pricing import PRICE
from afterclick.resolve.watch import WATCH
from afterclick.web.desk import Desk


def problems_checked(desk: Desk) -> Freshness | None:
    """How fresh the problems are; None where no job looks for them."""
    return _by(desk, WATCH)


def people_resolved(desk: Desk) -> Freshness | None:
    """How fresh people are; None where no job resolves them."""
    return _by(desk, IDENTITY)


def prices_estimated(desk: Desk) -> Freshness | None:
    """How fresh the prices of open problems are; None where no job estimates them."""
    return _by(desk, PRICE)


def _by(desk: Desk, job: Job[Any]) -> Freshness | None:
    return next((one for one in desk.operations.freshness() if one.job == job.name), None)
