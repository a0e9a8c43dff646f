"""Common random numbers: every draw of a visit has a fixed place, so that two worlds differ by the fault alone."""

from dataclasses import dataclass

import numpy as np
from numpy.random import Generator

from afterclick.demo.shoppers.population import Numbers

SLOTS = 26  # page views a visit has at most
ATTEMPTS = 3  # times one button is pressed at most

_EVENS = (
    "lands", "next", "doubt", "again", "product", "interacts", "clicks", "breaks",
    "slow_paint", "slow_input", "slow_answer", "bad_answer", "bad_script", "slow_resource",
    "reach", "reach_1", "reach_2", "reach_3", "rates",
)  # fmt: skip
_BELLS = (
    "paint", "input", "shift", "answer", "size",
    "size_1", "size_2", "size_3", "post_1", "post_2", "post_3", "dwell", "ttfb",
)  # fmt: skip
_EVEN_AT = {name: place for place, name in enumerate(_EVENS)}
_BELL_AT = {name: place for place, name in enumerate(_BELLS)}


@dataclass(frozen=True)
class Luck:
    """The draws of one page view slot for all visits."""

    evens: Numbers
    bells: Numbers
    tastes: Numbers

    def even(self, name: str) -> Numbers:
        """Uniform on [0, 1)."""
        return self.evens[_EVEN_AT[name]]

    def bell(self, name: str) -> Numbers:
        """Standard normal; used for durations only, never for a choice."""
        return self.bells[_BELL_AT[name]]


def draw(rng: Generator, n: int) -> list[Luck]:
    """The luck of `n` visits, slot by slot. `tastes` are standard Gumbel: how well a product pleases."""
    return [
        Luck(
            rng.random((len(_EVENS), n)),
            rng.standard_normal((len(_BELLS), n)),
            rng.gumbel(size=n),
        )
        for _ in range(SLOTS)
    ]


def lognormal(median: Numbers | float, spread: float, bell: Numbers) -> Numbers:
    """Log-normal with the given median and standard deviation of the logarithm, from standard normal draws."""
    return median * np.exp(spread * bell)
