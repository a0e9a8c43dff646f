"""Which visit an event belongs to, and which page view of it, given what is known so far.

Events of one client's own session are one visit. Without that, events of one device, or of one user when no device is
known, are one visit while less than 30 minutes lie between them (the usual definition, Google Analytics' default).
An event of a user without a device joins the visit that the user's device is in, whoever made it.
"""

from bisect import bisect_right
from collections.abc import Mapping
from functools import lru_cache
from hashlib import blake2b

from afterclick.visits.memory import DAY, Stretch, Stretches

GAP = 30 * 60_000
"""ms without an event after which a new visit begins."""
PAUSE = 5 * 60_000
"""ms for which a user must have been away from one client's visit before what servers tell joins another's."""
LONGEST = DAY
"""ms after which a visit ends in any case, so that a machine that never pauses makes no endless one."""
MOST_PAGES = 1_000
"""Page views of one visit that are remembered; later events belong to the last of them."""
NOWHERE = bytes(16)
NO_HOME = b""
"""Of a stay in a visit that a client made: there is no other to be kept as long."""

Nodes = tuple[bytes, ...]


@lru_cache(1 << 16)
def node_of(kind: str, site: str, name: str) -> bytes:
    """What stands for a session key, device or user of a site: 16 bytes of BLAKE2b, so that no clear text is kept."""
    return blake2b(f"{kind}\0{site}\0{name}".encode(), digest_size=16).digest()


class Visits:
    """The rules over the stretches that a batch loaded. `settled` are visits of nodes that are none of its making."""

    def __init__(self, known: Stretches, settled: Mapping[bytes, bytes] | None = None) -> None:
        self._known = known
        self._settled = settled or {}

    def visit_of(self, nodes: Nodes, time: int, gap: int) -> bytes:
        """The visit in which `nodes` were at a time (UTC ms), the nearest to the client first; a new one if none."""
        node, *others = nodes
        found = self._join(node, time, gap) or self._adopt(node, others, time) or self._begin(node, time)
        if found.home not in (node, NO_HOME):
            self._extend(found.home, found.place, time)
        for other in others:
            self._link(other, found, time)
        return found.place

    def told(self, node: bytes, visit: bytes, time: int) -> None:
        """Note that a node was in a visit that its client made, unless it is in another one at that time.

        It may pass at once from a visit that it began by itself: of that one no client knows.
        """
        self._extend(node, visit, time)
        for stay in _around(self._known.of(node), time):
            if stay and _distance(stay, time) < (1 if stay.home == node else PAUSE):
                return
        self._add(node, visit, time, NO_HOME)

    def _join(self, node: bytes, time: int, gap: int) -> Stretch | None:
        """The stay that holds the time, else the one that it continues, else the one that it precedes."""
        before, after = _around(self._known.of(node), time)
        if before and (time <= before.end or (time - before.end < gap and time - before.start < LONGEST)):
            return self._stretched(before, time)
        if after and after.start - time < gap and after.end - time < LONGEST:
            return self._stretched(after, time)
        return None

    def _adopt(self, node: bytes, others: list[bytes], time: int) -> Stretch | None:
        """A visit that was begun without this node, by the device or the user alone."""
        for other in others:
            for stay in _around(self._known.of(other), time):
                if stay and stay.home == other and _distance(stay, time) < GAP:
                    stay.home = node
                    self._known.changed(stay)
                    return self._add(node, stay.place, time, node)
        return None

    def _begin(self, node: bytes, time: int) -> Stretch:
        return self._add(node, self._settled.get(node) or _made_id(node, time), time, node)

    def _add(self, node: bytes, visit: bytes, time: int, home: bytes) -> Stretch:
        stay = Stretch(node, time, time, time, visit, home)
        _insert(self._known.of(node), stay)
        self._known.changed(stay)
        return stay

    def _extend(self, node: bytes, visit: bytes, time: int) -> None:
        """Let the stay of a node in a visit reach to a time, unless the node was in another visit between."""
        before, after = _around(self._known.of(node), time)
        if before and before.place == visit:
            self._stretched(before, time)
        elif after and after.place == visit and not (before and time <= before.end):
            self._stretched(after, time)

    def _link(self, node: bytes, found: Stretch, time: int) -> None:
        """Note that a node was in a visit; while it is in another one too, the first stands, and lasts on."""
        near = [stay for stay in _around(self._known.of(node), time) if stay and _distance(stay, time) < GAP]
        if near:
            self._stretched(near[0], time)
        else:
            self._add(node, found.place, time, found.home)

    def _stretched(self, stay: Stretch, time: int) -> Stretch:
        if not stay.start <= time <= stay.end:
            stay.start, stay.end = min(stay.start, time), max(stay.end, time)
            self._known.changed(stay)
        return stay

    def show_page(self, visit: bytes, page: bytes, time: int) -> None:
        """Note that a page view began; what was given to the page before it stays there."""
        shown = self._known.of(visit)
        if len(shown) >= MOST_PAGES or any(known.place == page for known in shown):
            return
        before, after = _around(shown, time)
        start = max(time, before.end + 1) if before else time
        if after is None or start < after.start:
            new = Stretch(visit, start, start, start, page)
            _insert(shown, new)
            self._known.changed(new)

    def page_of(self, visit: bytes, time: int) -> bytes:
        """The page view that was open at a time (UTC ms); NOWHERE when none was known."""
        shown = self._known.of(visit)
        before, _ = _around(shown, time)
        if before is None:
            # That it was on no page is remembered, so that it stays so when its page view comes late.
            before = Stretch(visit, -1, -1, -1, NOWHERE)
            shown.insert(0, before)
        return self._stretched(before, time).place


def _made_id(node: bytes, time: int) -> bytes:
    """A UUIDv7 (RFC 9562 5.7) of the time whose random bits are a hash of node and time."""
    noise = int.from_bytes(blake2b(node + time.to_bytes(8, signed=True), digest_size=16).digest())
    version, variant = 7 << 76, 2 << 62
    return (
        max(time, 0) << 80 | version | (noise >> 64 & 0xFFF) << 64 | variant | noise & (1 << 62) - 1
    ).to_bytes(16)


def _start(stretch: Stretch) -> int:
    return stretch.start


def _around(stretches: list[Stretch], time: int) -> tuple[Stretch | None, Stretch | None]:
    """The last that begins at or before a time, and the one after it."""
    if stretches and stretches[-1].start <= time:  # nearly always
        return stretches[-1], None
    place = bisect_right(stretches, time, key=_start)
    return (stretches[place - 1] if place else None), (stretches[place] if place < len(stretches) else None)


def _insert(stretches: list[Stretch], new: Stretch) -> None:
    stretches.insert(bisect_right(stretches, new.start, key=_start), new)


def _distance(stay: Stretch, time: int) -> int:
    return max(stay.start - time, time - stay.end, 0)
