"""Which stretch of time a page shows, what it is compared with, and how it is cut into buckets."""

import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import ceil
from zoneinfo import ZoneInfo

from afterclick.errors import InvalidInput

DAY = 86_400_000
CHOICES = {"24h": "24 hours", "7d": "7 days", "30d": "30 days"}
_DAYS = {"24h": 1, "7d": 7, "30d": 30}
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")
_MOMENT = re.compile(r"\d{12,13}")
LONGEST_DAYS = 400
_EARLIEST, _LATEST = 1971, 2261
"""Years whose times the store can hold, with room for what a period is compared with."""


@dataclass(frozen=True)
class Period:
    """From `since` up to `until` (UTC ms), in the buckets that `edges` begin. It is compared with what lies before, up
    to `before_until`, in the buckets that `earlier` begin, one for one: where the clock was set forward, two are one.

    `choice` is what the URL says: 24h, 7d, 30d, "2026-11-01..2026-11-07" or two moments, "1795234200000..1795237800000"
    (UTC ms), as charts link to what lies behind a bucket. Days are the zone's own.
    """

    choice: str
    since: int
    until: int
    edges: tuple[int, ...]
    earlier: tuple[int, ...]
    before_until: int
    zone: str

    @property
    def label(self) -> str:
        """What it is called: "last 7 days"."""
        if self.choice in CHOICES:
            return f"last {CHOICES[self.choice]}"
        if _MOMENT.match(self.choice):
            first, last = _local(self.since, self.zone), _local(self.until, self.zone)
            return f"{first:%Y-%m-%d %H:%M} to {last:{'%H:%M' if first.date() == last.date() else '%Y-%m-%d %H:%M'}}"
        return self.choice.replace("..", " to ")

    @property
    def within(self) -> str:
        """As it stands in a sentence: "in the last 7 days", "from 2026-11-01 to 2026-11-07"."""
        return f"in the {self.label}" if self.choice in CHOICES else f"from {self.label}"

    @property
    def versus(self) -> str:
        """What it is compared with, in words."""
        return f"the previous {CHOICES[self.choice]}" if self.choice in CHOICES else "the stretch before"

    @property
    def days(self) -> float:
        """Length in days, for rates a day."""
        return max(self.until - self.since, 1) / DAY


def period(choice: str, now: int, zone: str) -> Period:
    """The period that a URL names.

    Raises InvalidInput when `choice` is neither 24h, 7d, 30d nor two dates or two moments joined by "..", at most 400
    days apart.
    """
    if choice in _DAYS:
        return _rolling(choice, now, zone)
    first, found, last = choice.partition("..")
    if _MOMENT.fullmatch(first) and _MOMENT.fullmatch(last):
        return _moments(int(first), int(last), now, zone)
    if not found or not _DATE.fullmatch(first) or not _DATE.fullmatch(last):
        raise InvalidInput(f"Period {choice[:40]!r} is not 24h, 7d, 30d or 2026-11-01..2026-11-07.")
    return _dates(first, last, now, zone)


def _rolling(choice: str, now: int, zone: str) -> Period:
    """Exactly so many hours up to now. The first bucket is what is left of the one that they begin in."""
    hours = {"24h": 1, "7d": 6, "30d": 24}[choice]
    length = _DAYS[choice] * DAY
    since = now - length
    first = _local(since, zone).replace(minute=0, second=0, microsecond=0)
    whole = _edges(first.replace(hour=first.hour - first.hour % hours), now, hours)
    edges = (since, *(edge for edge in whole if edge > since))
    return _after(choice, now, edges, length, zone)


def _dates(first: str, last: str, now: int, zone: str) -> Period:
    try:
        start = datetime.fromisoformat(first).replace(tzinfo=ZoneInfo(zone))
        end = datetime.fromisoformat(last).replace(tzinfo=ZoneInfo(zone)) + timedelta(days=1)
    except (ValueError, OverflowError) as error:
        raise InvalidInput(f"Period {first}..{last} names a day that does not exist.") from error
    if start.year < _EARLIEST or end.year > _LATEST:
        raise InvalidInput(f"A period lies between {_EARLIEST} and {_LATEST}; {first}..{last} does not.")
    days = (end.date() - start.date()).days
    if not 1 <= days <= LONGEST_DAYS:
        raise InvalidInput(f"A period runs forward over 1 to {LONGEST_DAYS} days; {first}..{last} does not.")
    until = max(min(_ms(end), now), _ms(start) + 1)
    hours = 1 if days <= 2 else 6 if days <= 10 else 24
    edges = _edges(start, until, hours)

    def days_before(time: int) -> int:
        """The same time of day, that many days before: the days between may have 23 or 25 hours."""
        return min(_ms(_local(time, zone) - timedelta(days=days)), edges[0])

    earlier, before_until = tuple(map(days_before, edges)), days_before(until)
    return Period(f"{first}..{last}", edges[0], until, edges, earlier, before_until, zone)


def _moments(first: int, last: int, now: int, zone: str) -> Period:
    days = ceil((last - first) / DAY)
    if not 1 <= days <= LONGEST_DAYS:
        raise InvalidInput(
            f"A period runs forward over at most {LONGEST_DAYS} days; {first}..{last} does not."
        )
    until = max(min(last, now), first + 1)
    hours = 1 if days <= 2 else 6 if days <= 10 else 24
    return _after(f"{first}..{last}", until, _edges(_local(first, zone), until, hours), days * DAY, zone)


def _after(choice: str, until: int, edges: tuple[int, ...], shift: int, zone: str) -> Period:
    """The period that is compared with what was `shift` ms before."""
    return Period(choice, edges[0], until, edges, tuple(edge - shift for edge in edges), until - shift, zone)


def _edges(start: datetime, until: int, hours: int) -> tuple[int, ...]:
    # Wall-clock steps: a day of 23 or 25 hours is one bucket, and buckets begin on the zone's own hours.
    edges: list[int] = []
    step = start
    while not edges or _ms(step) < until:
        edges.append(_ms(step))
        step = step + timedelta(hours=hours)
    return tuple(sorted(set(edges)))


def _local(time: int, zone: str) -> datetime:
    return datetime.fromtimestamp(time / 1000, ZoneInfo(zone))


def _ms(time: datetime) -> int:
    return round(time.timestamp() * 1000)
