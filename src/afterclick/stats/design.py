"""Design matrices: what is known about each row, as standardised columns with the intercept first."""

from collections.abc import Iterable
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

_RARE = 0.005  # levels and columns rarer than this share, or than so many rows, say nothing
_FEW = 20


@dataclass
class Design:
    """Collects columns; `matrix` standardises them. Columns that hardly vary are left out."""

    rows: int
    columns: list[Floats] = field(default_factory=list[Floats])

    def category(self, codes: NDArray[np.int64], most: int = 20) -> list[Floats]:
        """One 0/1 column for each of the `most` frequent codes (0, 1, 2, …) but the first; returns what was added."""
        counts = np.bincount(codes)
        frequent = np.argsort(-counts, kind="stable")[: most + 1]
        kept = [level for level in frequent[1:] if counts[level] >= max(_RARE * self.rows, _FEW)]
        return self.add((codes == level).astype(np.float64) for level in kept)

    def number(self, values: Floats, knots: int = 3) -> list[Floats]:
        """A linear spline with its knots at quantiles of the distinct values; returns what was added.

        The rows farthest out at either end count as the next that has company: nothing is extrapolated to a lone one.
        """
        values = _with_company(values)
        distinct = np.unique(values)
        inner = (
            np.quantile(values, np.linspace(0, 1, knots + 2)[1:-1]) if len(distinct) > 4 else distinct[1:-1]
        )
        hinges = [np.maximum(values - knot, 0.0) for knot in np.unique(inner) if knot > distinct[0]]
        return self.add([values, *hinges])

    def product(self, left: Iterable[Floats], right: Iterable[Floats]) -> list[Floats]:
        """The interaction of every left column with every right one; returns what was added."""
        right = list(right)
        return self.add(one * other for one in left for other in right)

    def add(self, columns: Iterable[Floats]) -> list[Floats]:
        """Take columns as they are; returns them."""
        added = list(columns)
        self.columns.extend(added)
        return added

    def matrix(self) -> Floats:
        """Rows x (1 + columns): the intercept, then each column with mean 0 and standard deviation 1."""
        standard = [np.ones(self.rows)]
        for column in self.columns:
            if np.count_nonzero(column) < max(_RARE * self.rows, _FEW):
                continue
            spread = float(column.std())
            if spread > 1e-9:
                standard.append((column - column.mean()) / spread)
        return np.column_stack(standard)


def _with_company(values: Floats) -> Floats:
    """The values, with the `_FEW` - 1 at either end drawn in to the next one."""
    if len(values) < 2 * _FEW:
        return values
    ordered = np.partition(values, (_FEW - 1, len(values) - _FEW))
    return np.clip(values, ordered[_FEW - 1], ordered[-_FEW])
