"""The visits that somebody asks for: without what their role may not see, and on the record where it is of somebody."""

from dataclasses import dataclass, replace

from afterclick.journeys import Filter, Met, Order, Totals, VisitRow, totals, visits
from afterclick.pages.visits.filter import asked, before, order
from afterclick.resolve import Problem
from afterclick.web.desk import Desk
from afterclick.web.lens import Lens
from afterclick.words import withheld, wording


@dataclass(frozen=True)
class Search:
    """What was wanted, the visits that began before `until` (UTC ms), in their order, one more than `most` if there
    are more, and what all of the period are together.
    """

    wanted: Filter
    order: Order
    until: int
    visits: list[VisitRow]
    totals: Totals


def search(desk: Desk, lens: Lens, most: int) -> Search:
    """The visits through the lens; looking for somebody's stands in the audit log. Blocks.

    Raises Forbidden when who asks may not see who a customer is or what was paid, NotFound for a problem that is none.
    """
    sorted_by = withheld.order(order(lens.asked, lens.home.currency), lens.scope)
    wanted, until = withheld.search(asked(lens.asked), lens.scope), before(lens.asked, lens.period.until)
    if problem := lens.asked.get("problem", ""):
        wanted = replace(wanted, met=_met(desk.problems.problem(lens.scope.site, problem)))
    if wanted.person:
        desk.keyring.audit.record(lens.viewer, "person.view", str(wanted.person), lens.scope.site)
    elif wanted.find:  # what was sought may name somebody, and stays out of the log
        desk.keyring.audit.record(lens.viewer, "visit.search", "", lens.scope.site)
    since = lens.period.since
    found = visits(desk.reader, lens.scope, since, until, wanted, most + 1, sorted_by)
    together = totals(desk.reader, lens.scope, since, lens.period.until, wanted)
    return Search(wanted, sorted_by, until, withheld.visits(found, lens.scope), together)


def _met(problem: Problem) -> Met:
    keys = tuple(f"{name}={value}" for name, value in sorted(problem.segment.items()))
    until = max(problem.closed or problem.last_seen, problem.onset + 1)
    return Met(
        problem.id,
        wording.title(problem),
        problem.step,
        problem.signal,
        keys,
        problem.onset,
        until,
        problem.limits,
    )
