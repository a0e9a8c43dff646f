"""What is it, for whom, since when, worth what, because of what?"""

from afterclick.accounts.policy import Capability
from afterclick.pages.problem.context import EvidencePart, ProblemPage, evidence_part, problem_page
from afterclick.pages.problem.service_map import calls, service_maps
from afterclick.web.desk import Desk
from afterclick.web.fed import prices_estimated
from afterclick.web.lens import Lens
from afterclick.web.page import Page, Part
from afterclick.words import withheld
from afterclick.words.marks import marks


def read(desk: Desk, lens: Lens) -> ProblemPage:
    """What the page of one problem shows through the lens. Blocks."""
    problem = desk.problems.problem(lens.scope.site, lens.asked["problem_id"])
    told = withheld.problem(problem, lens.scope)
    return problem_page(told, lens.now, lens.home.timezone, prices_estimated(desk))


def proof(desk: Desk, lens: Lens) -> EvidencePart:
    """The evidence under one problem, read from visits and spans. Blocks."""
    problem = desk.problems.problem(lens.scope.site, lens.asked["problem_id"])
    found = withheld.evidence(desk.evidence(lens.scope, problem), lens.scope)
    first = min((one.time for one in found.exposure), default=problem.onset)
    drawn = marks(desk.reader, lens.scope, first, lens.now)
    called = calls(desk.reader, lens.scope, problem.onset, problem.closed or lens.now)
    maps = service_maps(called, problem.cause)
    return evidence_part(problem, found, maps, drawn, lens.now, lens.home.timezone)


PAGE = Page(
    path="/problems/{problem_id}",
    name="Problem",
    needs=Capability.VIEW,
    context=ProblemPage,
    read=read,
    title=lambda shown: shown.title,
    parts=(Part("evidence", EvidencePart, proof),),
    shared=True,
)
