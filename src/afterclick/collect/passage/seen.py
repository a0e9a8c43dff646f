"""The message ids that the collector has taken lately, in bounded memory; the spool keeps them for the next start."""

from collections.abc import Iterable, Sequence
from hashlib import blake2b

from afterclick.store.spool.taken import MARK_BYTES, MOST_MARKS

GENERATION = MOST_MARKS
"""Ids of one generation; two are remembered, so the last 131,072 at least and 262,144 at most, in about 20 MB."""


def mark_of(site: str, event_id: str) -> bytes:
    """What is remembered of an id: 64 bits of a hash of its site and itself, the same in every process.

    Two of the remembered ones are taken for one another with a probability of about 10^-14.
    """
    return blake2b(f"{site}\0{event_id}".encode(), digest_size=MARK_BYTES).digest()


class Seen:
    """Two sets: the younger one fills, and when it is full the older one is forgotten."""

    def __init__(self, generation: int = GENERATION, taken: Iterable[bytes] = ()) -> None:
        """Begin with what was taken before, the oldest first."""
        self._generation = generation
        self._young: set[bytes] = set()
        self._old: set[bytes] = set()
        for mark in taken:
            self.remember((mark,))

    def has(self, site: str, event_id: str) -> bool:
        """Whether the id was remembered lately."""
        mark = mark_of(site, event_id)
        return mark in self._young or mark in self._old

    def remember(self, marks: Sequence[bytes]) -> None:
        """Remember ids by their marks; to be called once their rows are on disk."""
        self._young.update(marks)
        if len(self._young) >= self._generation:
            self._young, self._old = set(), self._young
