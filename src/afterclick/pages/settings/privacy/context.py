"""What the page on privacy shows."""

from collections.abc import Mapping
from dataclasses import dataclass

from afterclick.accounts.policy import Capability
from afterclick.accounts.site_privacy import SiteRules
from afterclick.customers.privacy import Found
from afterclick.web.lens import Lens
from afterclick.words.figures import count

TABLES = {
    "events": "what they did",
    "sessions": "visits",
    "page_views": "page views",
    "orders": "orders",
    "order_tickets": "what was told of their orders",
    "trace_visits": "traces of visits",
    "spans": "what services did for them",
    "logs": "what services logged for them",
    "metrics": "figures of services that name them",
    "identity_edges": "links between their devices, users and e-mail addresses",
    "identity_nodes": "their devices, users and e-mail addresses, hashed",
    "stretches": "what the drain remembers of their devices",
}
"""Tables in words."""


@dataclass(frozen=True)
class PersonShown:
    """One person who was looked for: `who` as it was typed, `places` with their records, `ids` by which they are known
    (empty for a viewer who may not see who a customer is), and whether they were erased before.
    """

    who: str
    places: tuple[tuple[str, str, str], ...]
    total: str
    ids: tuple[tuple[str, str], ...]
    kept_away: bool


@dataclass(frozen=True)
class RequestLine:
    """One export or erasure: `progress` from 0 to 1 while it is at work, else None, with `words` for where it is."""

    asked: str
    kind: str
    about: str
    by: str
    records: str
    words: str
    progress: float | None


@dataclass(frozen=True)
class PrivacyPage:
    """The page. `at_work` when an erasure is; `rules` are the site's, or as they were typed where they were refused,
    `most_days` is the installation's retention.
    """

    answer: str
    lines: tuple[RequestLine, ...]
    at_work: bool
    rules: SiteRules | Mapping[str, object]
    most_days: int
    may_change: bool
    person: PersonShown | None = None
    who: str = ""
    wrong: str = ""
    done: str = ""


def person_shown(found: Found, who: str, lens: Lens) -> PersonShown:
    """A person who was looked for, in words."""
    person = found.person
    places = tuple((name, _in_words(name), count(rows)) for name, rows in found.records.items())
    devices = tuple(id for id in person.devices if id not in person.users or not found.total)
    named = (("user id", person.users), ("device id", devices), ("e-mail address, hashed", person.emails))
    ids = (
        tuple((what, id) for what, several in named for id in several)
        if lens.may(Capability.PERSONAL)
        else ()
    )
    return PersonShown(who, places, count(found.total), ids, found.kept_away)


def _in_words(place: str) -> str:
    kind, _, table = place.partition("_")
    if kind in ("waiting", "refused"):
        return f"{table} that {'wait for the store' if kind == 'waiting' else 'the store refused'}"
    return TABLES.get(place, place)
