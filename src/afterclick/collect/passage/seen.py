"""The message ids that the collector has taken lately, in bounded memory."""

from collections.abc import Iterable

GENERATION = 1 << 17
"""Ids of one generation; two are remembered, so the last 131,072 at least and 262,144 at most, in about 20 MB."""


class Seen:
    """Two sets: the younger one fills, and when it is full the older one is forgotten.

    An id is kept as the 64-bit hash of its site and itself, keyed anew in every process: two of the remembered ones
    are taken for one another with a probability of about 10^-14.
    """

    def __init__(self, generation: int = GENERATION) -> None:
        self._generation = generation
        self._young: set[int] = set()
        self._old: set[int] = set()

    def has(self, site: str, event_id: str) -> bool:
        """Whether the id was remembered lately."""
        mark = hash((site, event_id))
        return mark in self._young or mark in self._old

    def remember(self, site: str, event_ids: Iterable[str]) -> None:
        """Remember ids; to be called once their rows are on disk."""
        self._young.update([hash((site, event_id)) for event_id in event_ids])
        if len(self._young) >= self._generation:
            self._young, self._old = set(), self._young
