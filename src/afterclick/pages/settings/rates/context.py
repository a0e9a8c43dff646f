"""What the page on rates of exchange shows."""

from dataclasses import dataclass


@dataclass(frozen=True)
class RateLine:
    """The rates of one currency: the `newest` in words, of which day, since when there are any, and how many. `ended`
    says after which day its orders are told apart, empty while the newest rate still holds.
    """

    currency: str
    newest: str
    day: str
    since: str
    rates: str
    ended: str


@dataclass(frozen=True)
class RatesPage:
    """The rates by currency, the site's own, and `today` there. `done` says what became of a file, `refused` its
    wrong lines, `wrong` why nothing could be kept.
    """

    answer: str
    lines: tuple[RateLine, ...]
    into: str
    today: str
    done: str = ""
    refused: tuple[str, ...] = ()
    wrong: str = ""
