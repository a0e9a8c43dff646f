"""Which pages are shown by a link to whoever has it?"""

from afterclick.accounts.policy import Capability
from afterclick.accounts.share_links import ShareLink
from afterclick.pages.settings.share.context import LinkLine, SharePage
from afterclick.web.desk import Desk
from afterclick.web.lens import Lens
from afterclick.web.page import Page, Section
from afterclick.words.figures import ago, plural, stamp


def read(desk: Desk, lens: Lens) -> SharePage:
    """What the page shows. Blocks."""
    site = lens.scope.site
    links = [
        link
        for link in desk.keyring.share_links.list(site)
        if link.is_valid(lens.now) and lens.owns(link.member)
    ]
    if links:
        has = "it" if len(links) == 1 else "one"
        answer = f"{plural(len(links), 'link shows', 'links show')} a page of {site} to whoever has {has}."
    else:
        answer = f"No link shows a page of {site}: Share, on the Overview and on each problem, makes one."
    return SharePage(answer, tuple(_line(link, lens) for link in links), lens.asked.get("made", ""))


def _line(link: ShareLink, lens: Lens) -> LinkLine:
    of, now, zone = link.shared, lens.now, lens.home.timezone
    return LinkLine(
        id=link.id,
        address=f"{lens.origin}/shared/{link.token}",
        title=of.title or of.page,
        period=f"{stamp(of.since, zone)[:16]} to {stamp(of.until, zone)[:16]}",
        money=of.money,
        maker=link.maker,
        used=ago(link.used, now) if link.used else "never",
        until=stamp(link.expires, zone)[:16],
    )


PAGE = Page(
    path="/settings/share",
    name="Shared links",
    needs=Capability.VIEW,
    context=SharePage,
    read=read,
    settings=Section(50),
)
