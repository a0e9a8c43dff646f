"""What do I paste for each door, and when did its last record come?"""

from afterclick.accounts.policy import Capability
from afterclick.pages.connect.context import ConnectPage, connect
from afterclick.pages.groups import RUN
from afterclick.web.desk import Desk
from afterclick.web.drawing import key_of
from afterclick.web.lens import Lens
from afterclick.web.page import Page, Rail


def read(desk: Desk, lens: Lens) -> ConnectPage:
    """What the page shows through the lens. Blocks."""
    return connect(lens.home, key_of(desk, lens.home.id), desk.collector, desk.health, lens.now)


PAGE = Page(
    path="/connect",
    name="Connect",
    needs=Capability.CONNECT,
    context=ConnectPage,
    read=read,
    rail=Rail(RUN, 20, icon="plug-connected", key="c"),
)
