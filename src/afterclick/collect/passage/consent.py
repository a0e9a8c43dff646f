"""Honours a visitor's refusal to be analysed: what is left of the event belongs to no one and joins to nothing.

A visitor who was not asked refuses by what their browser sends (Global Privacy Control, https://w3c.github.io/gpc/, or
Do Not Track), unless the site decided otherwise; of those who said nothing at all the site decides what is kept.

Kept are the counts of what happened and where (type, page, timings, errors, device class, country) and an order with
its sum, which is the shop's own record. Taken out is everything that would tie the event to a device, a person, a
visit, another event or a trace.
"""

from afterclick.accounts.site_privacy import WithoutConsent
from afterclick.collect.event.wire import Scalar, WireEvent
from afterclick.collect.passage.passage import House, Passage

_CATEGORIES = frozenset({"analytics", "statistics", "analytics_storage"})
"""What consent tools call this purpose, in lower case; `analytics_storage` is Google's Consent Mode."""
_REFUSED = frozenset({"false", "denied", "no", "0"})


GIVEN = "consent"
"""The prop of a page view whose visitor agreed to analytics."""

_SHOPS_OWN = frozenset({"order", "refund", "mark"})
"""Types that are the shop's own records, anonymous or not."""


def honour_consent(house: House, passage: Passage) -> None:
    """Make events anonymous whose visitor refuses analytics; an `identify` among them is refused whole."""
    unasked = _unasked(house, passage)
    if unasked == "keep" and all(event.consent is None for _, event in passage.events):
        return
    kept: list[tuple[int, WireEvent]] = []
    for index, event in passage.events:
        done = unasked if event.consent is None else "anonymise" if is_refused(event.consent) else "keep"
        if done == "drop" and event.type not in _SHOPS_OWN:
            passage.drop(index, "no_consent", "The site keeps no event without the visitor's consent.")
            continue
        if done != "keep" and event.type == "identify":
            passage.drop(index, "no_consent", "The visitor refused analytics, so nobody is identified.")
            continue
        if done != "keep" and event.type != "mark":
            _anonymise(event)
        elif event.type == "page_view" and event.consent and _names_analytics(event.consent):
            event.props = {**(event.props or {}), GIVEN: "given"}
        kept.append((index, event))
    passage.events = kept


def _unasked(house: House, passage: Passage) -> WithoutConsent:
    """What is done with the request's events that say nothing of consent."""
    rules = house.rules.of(passage.grant.site)
    signalled = passage.headers.get(b"sec-gpc") == b"1" or passage.headers.get(b"dnt") == b"1"
    if rules.honour_signals and signalled and rules.without_consent == "keep":
        return "anonymise"
    return rules.without_consent


def is_refused(consent: dict[str, Scalar]) -> bool:
    """Whether a state of consent, purpose by purpose, refuses analytics; a purpose not named is not refused."""
    return any(
        name.lower() in _CATEGORIES and value is not None and str(value).lower() in _REFUSED
        for name, value in consent.items()
    )


def _names_analytics(consent: dict[str, Scalar]) -> bool:
    return any(name.lower() in _CATEGORIES and value is not None for name, value in consent.items())


def _anonymise(event: WireEvent) -> None:
    event.device_id = event.user_id = event.visitor = None
    event.session_id = event.session_key = event.page_view_id = event.trace_id = None
    event.region = None
