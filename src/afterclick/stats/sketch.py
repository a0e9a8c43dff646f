"""Quantiles of a stream in bounded memory: DDSketch (Masson, Rim and Lee, VLDB 2019), over a closed range.

Values fall into buckets whose bounds grow by a constant factor, so every quantile is within `ACCURACY` of a value that
was seen there, relatively.
"""

from math import ceil, log

ACCURACY = 0.02
_FACTOR = (1 + ACCURACY) / (1 - ACCURACY)
_LEAST, _MOST = 1e-4, 1e4


class Sketch:
    """Of positive values, such as seconds, from 0.0001 to 10,000 in at most 462 buckets; outside, the bound counts.

    >>> sketch = Sketch()
    >>> for value in range(1, 101): sketch.add(value / 100)
    >>> 0.48 < sketch.quantile(0.5) < 0.52
    True
    """

    def __init__(self) -> None:
        self.count = 0
        self.sum = 0.0
        self._buckets: dict[int, int] = {}

    def add(self, value: float) -> None:
        """Count one value."""
        bucket = ceil(log(min(max(value, _LEAST), _MOST)) / log(_FACTOR))
        self._buckets[bucket] = self._buckets.get(bucket, 0) + 1
        self.count += 1
        self.sum += value

    def quantile(self, share: float) -> float:
        """The least value that `share` (0 to 1) of the values do not exceed; 0 before the first."""
        rank, seen = share * self.count, 0
        for bucket in sorted(self._buckets):
            seen += self._buckets[bucket]
            if seen >= rank:
                return 2 * _FACTOR**bucket / (_FACTOR + 1)
        return 0.0
