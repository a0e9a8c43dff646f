"""The times that the rows of a request may tell."""

from typing import Literal, NamedTuple

from afterclick.collect.passage.passage import House, Passage

_DAY = 86_400_000
_AHEAD = 600_000  # ms that a client's clock may be fast


class Window(NamedTuple):
    """The times that a request may speak of, UTC ms, both ends included."""

    oldest: int
    newest: int

    @staticmethod
    def of(house: House, passage: Passage) -> "Window":
        """From the oldest that is kept to ten minutes ahead; `historical` keys may look as far ahead as
        back.
        """
        kept = house.rules.of(passage.grant.site).days(house.settings.retention_days) * _DAY
        ahead = kept if passage.grant.historical else _AHEAD
        return Window(passage.now - kept, passage.now + ahead)

    def fault(self, time: int) -> Literal["", "future", "too_old"]:
        """The reason to refuse a time: "future", "too_old", or "" when it may pass."""
        if time > self.newest:
            return "future"
        return "too_old" if time < self.oldest else ""
