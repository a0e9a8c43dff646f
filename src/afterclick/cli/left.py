"""What an import leaves out, of rows or of one row, before it reaches the collector, by reason."""

from collections import Counter
from dataclasses import dataclass, field

from afterclick.drops import KEPT_WITHOUT


@dataclass
class Left:
    """Rows by reason, and the sentence of the first of each."""

    rows: Counter[str] = field(default_factory=Counter[str])
    examples: dict[str, str] = field(default_factory=dict[str, str])
    _told: Counter[str] = field(default_factory=Counter[str], init=False)

    def add(self, reason: str, message: str) -> None:
        """Count one row."""
        self.rows[reason] += 1
        self.examples.setdefault(reason, message)

    def untold(self) -> Counter[str]:
        """Rows by reason since this was asked last."""
        fresh, self._told = self.rows - self._told, self.rows.copy()
        return fresh

    @property
    def lost(self) -> int:
        """Rows that were left out whole."""
        return sum(rows for reason, rows in self.rows.items() if reason not in KEPT_WITHOUT)
