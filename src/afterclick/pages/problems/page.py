"""What is wrong, and what does each problem cost?"""

from afterclick.accounts.policy import Capability
from afterclick.pages.groups import LOOK
from afterclick.pages.problems.context import ProblemsPage, problems
from afterclick.web.desk import Desk
from afterclick.web.lens import Lens
from afterclick.web.page import Page, Rail
from afterclick.words import withheld


def read(desk: Desk, lens: Lens) -> ProblemsPage:
    """What the page shows through the lens. Blocks."""
    found = withheld.problems(desk.problems.problems(lens.scope.site), lens.scope)
    return problems(found, lens.now, lens.home.timezone)


PAGE = Page(
    path="/problems",
    name="Problems",
    needs=Capability.VIEW,
    context=ProblemsPage,
    read=read,
    rail=Rail(LOOK, 20, icon="alert-triangle", key="p"),
)
