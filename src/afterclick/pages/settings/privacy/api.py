"""A person's records and a site's rules, for programs. Ids stand in bodies, never in an address, which is logged."""

from fastapi.responses import Response

from afterclick.accounts.policy import Capability
from afterclick.accounts.site_privacy import RulesWanted, SiteRules
from afterclick.api.records import Lifted, Nothing, RequestData, Who
from afterclick.customers.erasing import STEPS
from afterclick.customers.privacy import Found
from afterclick.customers.requests import Request
from afterclick.pages.settings.privacy.archive import ZIP, archive
from afterclick.web.endpoint import Call, Endpoint


def find(call: Call[Who]) -> Found:
    """The person and how many records there are of them."""
    return call.desk.privacy.find(call.lens.viewer, call.site, call.body.who)


def export(call: Call[Who]) -> Response:
    """Their records; the request that this made is named in a header."""
    return archive(call.desk, call.lens, call.body.who)


def erase(call: Call[Who]) -> RequestData:
    """Have them erased."""
    return _told(call.desk.privacy.ask_erasure(call.lens.viewer, call.site, call.body.who))


def allow(call: Call[Who]) -> Lifted:
    """Let their ids come in again."""
    return Lifted(call.desk.privacy.allow(call.lens.viewer, call.site, call.body.who))


def requests(call: Call[Nothing]) -> list[RequestData]:
    """Newest first."""
    return [_told(one) for one in call.desk.privacy.requests(call.site)]


def request(call: Call[Nothing]) -> RequestData:
    """One of them."""
    return _told(call.desk.privacy.request(call.site, call.part("id")))


def _told(one: Request) -> RequestData:
    left = one.status != "done"
    return RequestData(
        **{name: getattr(one, name) for name in one.__struct_fields__},
        steps=len(STEPS),
        doing=STEPS[min(one.step, len(STEPS) - 1)].words if left else "",
    )


def rules(call: Call[Nothing]) -> SiteRules:
    """What the site decided."""
    return call.desk.site_privacy.get(call.site)


def put_rules(call: Call[RulesWanted]) -> Nothing:
    """Decide anew what is named; the rest stays."""
    kept = call.desk.site_privacy
    kept.put(call.lens.viewer, call.site, call.body.over(kept.get(call.site)))
    return Nothing()


_PRIVACY = Capability.PRIVACY

ENDPOINTS = (
    Endpoint(
        "POST", "/privacy/find", _PRIVACY, "A person and how many records of theirs each place holds.", Found, find,
        takes=Who,
    ),
    Endpoint(
        "POST", "/privacy/export", _PRIVACY, "All records of a person as a ZIP archive.", bytes, export, takes=Who,
        media=(ZIP,),
    ),
    Endpoint(
        "POST", "/privacy/erase", _PRIVACY, "Has a person erased; the request tells how far that is.", RequestData,
        erase, takes=Who, status=202,
    ),
    Endpoint(
        "POST", "/privacy/allow", _PRIVACY, "Lets an erased person's ids come in again.", Lifted, allow, takes=Who
    ),
    Endpoint("GET", "/privacy/requests", _PRIVACY, "Exports and erasures, newest first.", list[RequestData], requests),
    Endpoint("GET", "/privacy/requests/{id}", _PRIVACY, "One export or erasure.", RequestData, request),
    Endpoint("GET", "/privacy/rules", _PRIVACY, "What the site keeps of anybody, and how long.", SiteRules, rules),
    Endpoint(
        "PUT", "/privacy/rules", Capability.SITE, "Decides that anew; what is left out stays.", Nothing, put_rules,
        takes=RulesWanted, status=204,
    ),
)  # fmt: skip
