"""What happened in this one, with the traces behind it?"""

from afterclick.accounts.policy import Capability
from afterclick.customers import person_of
from afterclick.journeys import visit
from afterclick.pages.visit.context import VisitPage, visit_page
from afterclick.web.desk import Desk
from afterclick.web.lens import Lens
from afterclick.web.page import Page
from afterclick.words import withheld


def read(desk: Desk, lens: Lens) -> VisitPage:
    """What the page of one visit shows through the lens; looking at it stands in the audit log. Blocks."""
    found = visit(desk.reader, lens.scope, lens.asked["visit_id"])
    desk.keyring.audit.record(lens.viewer, "visit.view", found.head.session_id, lens.scope.site)
    known = lens.may(Capability.PERSONAL)
    person = person_of(desk.reader, lens.scope, found.head.session_id) if known else None
    return visit_page(withheld.visit(found, lens.scope), person, lens.home.timezone)


PAGE = Page(
    path="/visits/{visit_id}",
    name="Visit",
    needs=Capability.VISITS,
    context=VisitPage,
    read=read,
)
