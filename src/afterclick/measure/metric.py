"""What a metric is: its words, unit and limits, which SQL answers it, and how sure its value is."""

from dataclasses import dataclass
from textwrap import fill
from typing import Literal

Unit = Literal["count", "share", "money", "ms", "score"]
Wish = Literal["more", "less", ""]
Grade = Literal["", "good", "needs work", "poor"]
"""Empty where a metric has no limits."""
Method = Literal["count", "sum", "share", "mean", "p75", "estimate", "definition"]
"""How a value is made of what was measured; `measure/figure.py` says which interval that allows."""


@dataclass(frozen=True)
class Limits:
    """Up to `good` is good, above `poor` is poor, between them needs work; in the metric's unit."""

    good: float
    poor: float

    def grade(self, value: float) -> Grade:
        """Where a value lies.

        >>> Limits(2500, 4000).grade(2500), Limits(2500, 4000).grade(4000.1)
        ('good', 'poor')
        """
        if value <= self.good:
            return "good"
        return "needs work" if value <= self.poor else "poor"


@dataclass(frozen=True)
class Metric:
    """One metric, all that is known of it: the catalogue, docs/definitions.md, `/api/v1/definitions` derive from it.

    `words` define it in one sentence; `notes` are what the docs add to that under `anchor`, as Markdown.
    `version` counts changes of meaning: numbers of different versions are not to be compared. `least` is the smallest
    n it is shown for; below it the metric is unknown. `sql` is the file and statement, or the view, that answers it.
    `n` says of what a value is made, in the plural ("visits"). In a row of the answer `part` is the column of the value
    (of a share or a mean what is divided by n), `whole` that of its n. Those without answer no figure by themselves.
    """

    key: str
    name: str
    words: str
    unit: Unit
    good: Wish
    sql: str
    method: Method
    n: str
    part: str = ""
    whole: str = ""
    notes: str = ""
    version: int = 1
    limits: Limits | None = None
    least: int = 1

    @property
    def anchor(self) -> str:
        """The heading's id on docs/definitions.md, and on the dashboard's own page of definitions."""
        return self.key.replace("_", "-")

    @property
    def section(self) -> str:
        """Its section of docs/definitions.md."""
        head = f"## {self.name} {{#{self.anchor}}}\n{self.words} Version {self.version}."
        return f"{head}\n\n{fill(self.notes, 120, break_on_hyphens=False)}\n" if self.notes else f"{head}\n"
