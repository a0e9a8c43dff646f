"""The installation's own settings, read-only."""

from afterclick.accounts.policy import Capability
from afterclick.pages.settings.installation.context import InstallationPage, installation_page
from afterclick.web.desk import Desk
from afterclick.web.lens import Lens
from afterclick.web.need import Everywhere
from afterclick.web.page import Page, Section
from afterclick.web.provider import redirect_address


def read(desk: Desk, lens: Lens) -> InstallationPage:
    """What the page shows."""
    return installation_page(desk.settings, redirect_address(lens.origin), None)


PAGE = Page(
    path="/settings/installation",
    name="Installation",
    needs=Everywhere(Capability.SITE),
    context=InstallationPage,
    read=read,
    settings=Section(90),
)
