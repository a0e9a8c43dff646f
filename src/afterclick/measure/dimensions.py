"""What visits and page views are told apart by: one list, from which segments, prices, filters and words derive."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal


@dataclass(frozen=True)
class Dimension:
    """One dimension. `name` is its key in a segment, and its column in `of`, the record that it is known of.

    `words` say for whom a value is ("in DE"), `values` those that go by words of their own. `detected`: problems are
    looked for in its segments. `priced`: prices compare like with like by it. `filter`: what Visits call it when they
    can be filtered by it. What a site sends as tags are dimensions, too; they need no entry here.
    """

    name: str
    words: str
    values: Mapping[str, str] = field(default_factory=dict[str, str])
    of: Literal["visit", "page view"] = "visit"
    detected: bool = True
    priced: bool = True
    filter: str = ""


DIMENSIONS: tuple[Dimension, ...] = (
    Dimension(
        "device_class",
        "on {}",
        {"mobile": "on phones", "tablet": "on tablets", "desktop": "on desktops", "bot": "for bots"},
        filter="device",
    ),
    Dimension("device_tier", "on {}-tier devices"),
    Dimension("country", "in {}", filter="country"),
    Dimension("region", "in {}", priced=False),
    Dimension("channel", "from {}", detected=False),
    Dimension("campaign", "from campaign {}"),
    Dimension("visitor", "for {} visitors"),
    Dimension("browser", "in {}"),
    # A release may be the problem itself, so a price is not adjusted for it.
    Dimension("release", "on release {}", of="page view", priced=False),
)

_BY_NAME = {one.name: one for one in DIMENSIONS}


def condition(name: str, value: str) -> str:
    """For whom one key of a segment is, a tag's too.

    >>> condition("device_class", "mobile"), condition("card_network", "amex")
    ('on phones', 'for card network amex')
    """
    known = _BY_NAME.get(name)
    if known is None:
        return f"for {name.replace('_', ' ')} {value}"
    return known.values.get(value, known.words.replace("{}", value))
