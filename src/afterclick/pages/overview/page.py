"""Is the business all right, what did customers feel, and what does it cost where it is not?"""

from afterclick.accounts.policy import Capability
from afterclick.pages.groups import LOOK
from afterclick.pages.overview.context import OverviewPage, overview
from afterclick.web.desk import Desk
from afterclick.web.fed import people_resolved
from afterclick.web.lens import Lens
from afterclick.web.page import Page, Rail, View
from afterclick.words.freshness import as_of
from afterclick.words.marks import marks


def read(desk: Desk, lens: Lens) -> OverviewPage:
    """What the page shows through the lens. Blocks."""
    span = lens.period
    opened = desk.problems.problems(lens.scope.site, "open")
    drawn = marks(desk.reader, lens.scope, span.since, span.until)
    risk = desk.at_risk(lens.scope)
    begun = desk.health.intake(lens.scope.site, lens.now).begun
    people = as_of(people_resolved(desk), lens.now, span.zone)
    return overview(
        desk.reader,
        lens.scope,
        span,
        opened,
        risk,
        drawn,
        lens.now,
        lens.home.currency,
        begun,
        people,
        desk.accounts.exchange_rates.any_of(lens.home),
        desk.silence(lens.scope),
    )


PAGE = Page(
    path="/",
    name="Overview",
    needs=Capability.VIEW,
    view=View.PERIOD,
    context=OverviewPage,
    read=read,
    rail=Rail(LOOK, 10, icon="layout-dashboard", key="o"),
    shared=True,
)
