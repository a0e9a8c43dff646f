"""What has come of my site, what is missing, and what do I paste for it?"""

from afterclick.accounts.policy import Capability
from afterclick.pages.connect.context import ConnectPage, arrived, connect
from afterclick.pages.groups import RUN
from afterclick.web.desk import Desk
from afterclick.web.drawing import key_of
from afterclick.web.lens import Lens
from afterclick.web.page import Page, Rail


def read(desk: Desk, lens: Lens) -> ConnectPage:
    """What the page shows through the lens. Blocks."""
    came = arrived(desk.reader, lens.scope, desk.health, lens.now)
    return connect(lens.home, key_of(desk, lens.home.id), desk.collector, came, lens.now)


PAGE = Page(
    path="/connect",
    name="Connect",
    needs=Capability.CONNECT,
    context=ConnectPage,
    read=read,
    rail=Rail(RUN, 20, icon="plug-connected", key="c"),
)
