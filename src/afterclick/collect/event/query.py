"""What is kept of the query in a page's address: campaign, channel, and parameters that are allowed by name.

Everything else of a query is dropped, because addresses carry tokens, names and e-mail addresses.
"""

from functools import lru_cache

from afterclick.collect.event.channel import CLICKS, channel_of
from afterclick.collect.event.page_address import page_of, parameters
from afterclick.collect.event.wire import Scalar, WireEvent
from afterclick.collect.passage.cleaning import cut, scrubbed
from afterclick.collect.passage.passage import House, Passage

CAMPAIGN = frozenset({"utm_source", "utm_medium", "utm_campaign", "utm_term", "utm_content", "utm_id"})
"""Parameters that are kept everywhere: they describe an advertisement, not a person."""
_TOLD = CAMPAIGN | CLICKS
_LONGEST = 128
_MOST_PARAMETERS = 64
_REMEMBERED = 4096  # pages repeat


def read_query(house: House, passage: Passage) -> None:
    """Fill `campaign` and `channel` from the page's address; page views keep the allowed parameters in `props`."""
    allowed = _allowed(house.settings.kept_query, house.rules.of(passage.grant.site).kept_query)
    for _, event in passage.events:
        if event.url and "?" in event.url:
            _read(event, event.url, allowed)


def _read(event: WireEvent, url: str, allowed: frozenset[str]) -> None:
    query = page_of(url)[2]
    campaign, channel = _advertised(query)
    event.campaign = event.campaign or campaign or None
    event.channel = event.channel or channel or None
    if event.type == "page_view" and (kept := _kept(query, allowed)):
        event.props = kept | event.props if event.props else kept.copy()


@lru_cache(_REMEMBERED)
def _advertised(query: str) -> tuple[str, str]:
    """Campaign and channel."""
    told = parameters(_folded(query), _TOLD)
    return scrubbed(told.get("utm_campaign", "")), channel_of(told)


@lru_cache(_REMEMBERED)
def _kept(query: str, allowed: frozenset[str]) -> dict[str, Scalar]:
    """The parameters that are allowed, as props. Not to be changed."""
    told = parameters(_folded(query), CAMPAIGN) | parameters(query, allowed)
    return {f"query.{name}": cut(value, _LONGEST) for name, value in told.items()}


def _folded(query: str) -> str:
    """The query with its names in small letters, and without what a letter's HTML left of `&amp;`."""
    parts = [part.partition("=") for part in query.split("&", _MOST_PARAMETERS)]
    return "&".join(f"{name.lower().removeprefix('amp;')}={value}" for name, _, value in parts)


@lru_cache(256)
def _allowed(setting: str, of_site: tuple[str, ...]) -> frozenset[str]:
    return CAMPAIGN | {name.strip() for name in setting.split(",") if name.strip()} | set(of_site)
