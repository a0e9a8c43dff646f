"""How is the installation doing?"""

from afterclick.accounts.policy import Capability
from afterclick.pages.settings.system.context import SystemPage, system_page
from afterclick.web.desk import Desk
from afterclick.web.lens import Lens
from afterclick.web.need import Everywhere
from afterclick.web.page import Page, Section


def read(desk: Desk, lens: Lens) -> SystemPage:
    """What the page shows. Blocks."""
    return system_page(desk.operations.vitals(), lens.now)


PAGE = Page(
    path="/settings/system",
    name="System",
    needs=Everywhere(Capability.OPERATE),
    context=SystemPage,
    read=read,
    settings=Section(80),
)
