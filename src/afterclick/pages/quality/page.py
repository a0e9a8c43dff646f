"""What came in, what was dropped and why, how fresh is it?"""

from afterclick.accounts.policy import Capability
from afterclick.pages.groups import RUN
from afterclick.pages.quality.context import QualityPage, quality
from afterclick.web.desk import Desk
from afterclick.web.lens import Lens
from afterclick.web.page import Page, Rail


def read(desk: Desk, lens: Lens) -> QualityPage:
    """What the page shows through the lens. Blocks."""
    fresh, older = desk.operations.freshness(), desk.operations.outdated()
    routes = desk.routes(lens.scope.site)
    return quality(desk.reader, lens.scope, desk.health, fresh, older, routes, lens.now, lens.home.timezone)


PAGE = Page(
    path="/quality",
    name="Data quality",
    needs=Capability.VIEW,
    context=QualityPage,
    read=read,
    rail=Rail(RUN, 10, icon="filter-check", key="q"),
)
