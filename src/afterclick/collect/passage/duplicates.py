"""Drops what was delivered before. Best effort, to spare the store: the tables count an id once in any case.

Only ids whose rows are on disk are remembered: when a commit fails, the client's next try is taken. Of two
deliveries under way at the same moment both are taken, for neither knows yet whether the other will reach the disk.
"""

from afterclick.collect.event.id import made_id
from afterclick.collect.event.wire import WireEvent
from afterclick.collect.passage.passage import House, Passage


def deduplicate(house: House, passage: Passage) -> None:
    """Refuse events whose id stands earlier in this request or was taken lately; give an id to those without."""
    site, seen, here = passage.grant.site, house.seen, passage.ids
    kept: list[tuple[int, WireEvent]] = []
    for index, event in passage.events:
        moved_by = passage.correction if id(event) in passage.moved else 0
        event.id = own = event.id.lower() if event.id else made_id(site, event, moved_by)
        if own in here or seen.has(site, own):
            passage.drop(index, "duplicate", f"An event with the id {own} was taken already.")
        else:
            here.add(own)
            kept.append((index, event))
    passage.events = kept
