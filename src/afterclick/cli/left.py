"""What an import leaves out, of rows or of one row, before it reaches the collector, by reason."""

from collections import Counter
from dataclasses import dataclass, field

from afterclick.drops import KEPT_WITHOUT


@dataclass
class Left:
    """Rows by reason, and the sentence of the first of each."""

    rows: Counter[str] = field(default_factory=Counter[str])
    examples: dict[str, str] = field(default_factory=dict[str, str])

    def add(self, reason: str, message: str) -> None:
        """Count one row."""
        self.rows[reason] += 1
        self.examples.setdefault(reason, message)

    @property
    def lost(self) -> int:
        """Rows that were left out whole."""
        return sum(rows for reason, rows in self.rows.items() if reason not in KEPT_WITHOUT)
