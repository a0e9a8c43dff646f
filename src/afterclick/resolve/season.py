"""How much more exposure the hour of the day makes usual, from the same hours before the onset."""

import numpy as np

from afterclick.resolve.excess import Numbers
from afterclick.resolve.scan import DAY, HOUR, Grid

STRENGTH = 400.0
"""Arrivals' worth of the whole baseline that each hour's share starts from."""


def hourly_factor(grid: Grid, exposed: Numbers, arrivals: Numbers, start: int, weights: Numbers) -> float:
    """The usual share at the hours from bucket `start` on, as a multiple of the share of all hours before it.

    `exposed` and `arrivals` are everyone's, for a segment alone has too few an hour; `weights` are the arrivals of the
    segment in question. Two-hour blocks of the UTC day; one that no day before covers counts as usual. At least 0.
    """
    share = (exposed[:start].sum() + 0.5) / (arrivals[:start].sum() + 1)
    block = (grid.starts % DAY // (2 * HOUR)).astype(np.int64)
    n = np.bincount(block[:start], weights=arrivals[:start], minlength=12)
    x = np.bincount(block[:start], weights=exposed[:start], minlength=12)
    usual = (x + STRENGTH * share) / (n + STRENGTH)
    now = weights[start:]
    return float((usual[block[start:]] * now).sum() / max(now.sum() * share, 1e-9))
