"""What does each number mean?"""

from afterclick.accounts.policy import Capability
from afterclick.pages.definitions.context import DefinitionsPage, definitions
from afterclick.web.desk import Desk
from afterclick.web.lens import Lens
from afterclick.web.page import Page


def read(desk: Desk, lens: Lens) -> DefinitionsPage:
    """What the page shows: the same through every lens."""
    return definitions()


PAGE = Page(
    path="/definitions",
    name="Definitions",
    needs=Capability.VIEW,
    context=DefinitionsPage,
    read=read,
)
