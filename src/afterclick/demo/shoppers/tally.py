"""The truth about live shopping, as it grows: what was bought and what would have been, by the faults that were on."""

import json
from dataclasses import asdict, dataclass, field
from pathlib import Path


@dataclass
class Sum:
    """Visits that began under the same faults. Money is in euros."""

    visits: int = 0
    orders: int = 0
    revenue: float = 0.0
    orders_lost: int = 0
    revenue_lost: float = 0.0


@dataclass
class Tally:
    """`by_faults` is keyed by the faults that were on, joined by "+", "" for none; `posts` to the collector."""

    by_faults: dict[str, Sum] = field(default_factory=dict[str, Sum])
    posts: int = 0
    posts_lost: int = 0

    def visited(
        self,
        faults: tuple[str, ...],
        *,
        ordered: bool,
        revenue: float,
        would_have_ordered: bool,
        would_have_spent: float,
    ) -> None:
        """Count a visit that is over, beside the same person's visit in a shop without faults."""
        found = self.by_faults.setdefault("+".join(sorted(faults)), Sum())
        found.visits += 1
        found.orders += ordered
        found.revenue += revenue
        found.orders_lost += would_have_ordered - ordered
        found.revenue_lost += would_have_spent - revenue

    def sent(self, taken: bool) -> None:
        """Count a post to the collector."""
        self.posts += 1
        self.posts_lost += not taken

    def write(self, path: Path) -> None:
        """Write it as JSON, replacing the file in one step."""
        path.parent.mkdir(parents=True, exist_ok=True)
        beside = path.with_suffix(".part")
        beside.write_text(json.dumps(asdict(self), indent=2) + "\n", encoding="utf-8")
        beside.replace(path)
