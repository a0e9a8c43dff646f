"""What is this site called, what does it count in, and which others stand beside it?"""

from afterclick.accounts import Site
from afterclick.accounts.policy import Capability
from afterclick.accounts.sites import zones
from afterclick.accounts.viewer import EVERY_SITE
from afterclick.pages.settings.site.context import SitesPage
from afterclick.web.desk import Desk
from afterclick.web.lens import Lens, own_sites
from afterclick.web.page import Page, Section
from afterclick.words import figures
from afterclick.words.sentence import sentence, strong


def read(desk: Desk, lens: Lens) -> SitesPage:
    """What the page shows. Blocks."""
    home, own = lens.home, own_sites(desk, lens.viewer)
    others = tuple(site for site in desk.accounts.sites.list() if site.id in own and site.id != home.id)
    beside = (
        f"; {figures.plural(len(others), 'other site')} stand beside it."
        if len(others) > 1
        else ("; one other site stands beside it." if others else "; it is the only site here.")
    )
    return SitesPage(
        answer=sentence(
            strong(home.name), f" counts in {home.currency} and draws its days in {home.timezone}", beside
        ),
        site=home,
        others=others,
        everywhere=lens.viewer.may(Capability.MEMBERS, EVERY_SITE),
        zones=tuple(sorted(zones())),
        new=Site("", "", home.currency, home.timezone),
    )


PAGE = Page(
    path="/settings/site",
    name="Site",
    needs=Capability.SITE,
    context=SitesPage,
    read=read,
    settings=Section(20),
)
