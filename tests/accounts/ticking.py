"""A clock that a test moves."""

from dataclasses import dataclass


@dataclass
class Ticking:
    """Tells `now` in UTC ms."""

    now: int = 1_760_000_000_000

    def __call__(self) -> int:
        return self.now

    def later(self, ms: int) -> None:
        self.now += ms
