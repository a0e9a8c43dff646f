"""Repairs clients' clocks: a sender that says what time it had on sending is corrected by the difference to ours.

t = time + (received - sent_at), as Segment's specification corrects timestamps. Differences up to ten seconds are
left alone, since the way here takes time too, and larger ones are rounded to ten seconds, so that the same event
delivered again is moved by the same amount.

The id of a visit bears the time of the clock that made it. Where that is off by more than a minute, the id only names
the visit (`session_key`), and the drain gives it one that begins when it did.
"""

from afterclick.collect.event.validity import milliseconds, session_start
from afterclick.collect.event.wire import WireEvent
from afterclick.collect.passage.passage import House, Passage

TOLERANCE = 10_000
"""ms that a client's clock may differ from ours before it is corrected."""
HARMLESS = 60_000
"""ms by which a visit may begin too early or too late."""

_DAY, _LATELY = 86_400_000, 600_000


def repair_clocks(_: House, passage: Passage) -> None:
    """Move the times of events by how far the sender's clock is off; `historical` keys have their times as given.

    Where `sent_at` is off by more than a day and an event's own time by less than ten minutes, `sent_at` is what is
    wrong: the event stays.
    """
    passage.correction = _correction(passage)
    if not passage.correction:
        return
    latest = passage.now - passage.correction + TOLERANCE  # nothing is sent before it happened
    is_doubtful = abs(passage.correction) > _DAY
    for _index, event in passage.events:
        time = milliseconds(event.time) if event.time is not None else None
        if is_doubtful and time is not None and abs(time - passage.now) < _LATELY:
            continue
        if time is not None and time <= latest:
            event.time = time + passage.correction
            passage.moved.add(id(event))
        if abs(passage.correction) > HARMLESS:
            _name_only(event, latest)


def _name_only(event: WireEvent, latest: int) -> None:
    start = session_start(event.session_id) if event.session_id is not None else None
    if event.session_id is not None and start is not None and start <= latest:
        event.session_key = event.session_key or event.session_id.lower()
        event.session_id = None


def _correction(passage: Passage) -> int:
    sent = milliseconds(passage.sent_at) if passage.sent_at is not None else None
    if sent is None or passage.grant.historical:
        return 0
    skew = passage.now - sent
    return 0 if abs(skew) <= TOLERANCE else round(skew / TOLERANCE) * TOLERANCE
