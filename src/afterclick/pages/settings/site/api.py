"""The sites of the installation, for programs."""

from afterclick.accounts import Site
from afterclick.accounts.policy import Capability
from afterclick.api.records import Nothing, SiteWanted
from afterclick.errors import InvalidInput
from afterclick.web.access import Open
from afterclick.web.endpoint import Call, Endpoint
from afterclick.web.lens import own_sites


def sites(call: Call[Nothing]) -> list[Site]:
    """Those on which who asks has a role."""
    own = own_sites(call.desk, call.request.state.viewer)
    return [site for site in call.desk.accounts.sites.list() if site.id in own]


def site(call: Call[Nothing]) -> Site:
    """The one that is asked about."""
    return call.lens.home


def add(call: Call[SiteWanted]) -> Site:
    """Begin another; what is left out is the installation's."""
    wanted, settings = call.body, call.desk.settings
    begun = Site(
        wanted.id,
        wanted.name or wanted.id,
        wanted.currency.upper() or settings.currency,
        wanted.timezone or settings.timezone,
        wanted.return_hosts or (),
    )
    call.desk.accounts.administration.add_site(call.lens.viewer, begun)
    return begun


def change(call: Call[SiteWanted]) -> Site:
    """Change it; what is left out stays."""
    wanted, was = call.body, call.desk.accounts.sites.get(call.site)
    if wanted.id != was.id:
        raise InvalidInput(f"This is asked of the site {was.id}, whose id stays; ask ?site=ID of another.")
    changed = Site(
        was.id,
        wanted.name or was.name,
        wanted.currency.upper() or was.currency,
        wanted.timezone or was.timezone,
        was.return_hosts if wanted.return_hosts is None else wanted.return_hosts,
    )
    call.desk.accounts.administration.change_site(call.lens.viewer, changed)
    return changed


ENDPOINTS = (
    Endpoint(
        "GET", "/sites", Open.SIGNED_IN, "The sites on which you have a role.", list[Site], sites, query=()
    ),
    Endpoint("GET", "/site", Capability.VIEW, "One site: its name, currency and time zone.", Site, site),
    Endpoint(
        "POST",
        "/sites",
        Capability.MEMBERS,
        "Begins another site, with its first write key.",
        Site,
        add,
        takes=SiteWanted,
        status=201,
    ),
    Endpoint(
        "PUT",
        "/site",
        Capability.SITE,
        "Gives a site another name, currency, time zone or hosts to come back from; its `id` is the one asked about.",
        Site,
        change,
        takes=SiteWanted,
    ),
)
