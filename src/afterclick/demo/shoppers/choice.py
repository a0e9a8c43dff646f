"""How people wait, try again, leave or buy: each by comparing what they meet with a threshold of their own.

Nobody computes a probability: annoyance in seconds is held against a person's tolerance and patience, how well a
product pleases against an aspiration that sinks while they look (Simon's satisficing). `docs/simulator.md` has every
number.
"""

from dataclasses import dataclass

import numpy as np
from numpy.random import Generator

from afterclick.demo.shoppers.feeling import Feeling
from afterclick.demo.shoppers.population import (
    CAMPAIGN_KEENNESS,
    REFUSED,
    RETURNING_KEENNESS,
    Crowd,
    Flags,
    Integers,
    Numbers,
)

GIVING_UP_S = 2.0
FAILURE_S = 2.2  # annoyance of a request that fails
SCRIPT_ERROR_S = 1.2
DEAD_CLICK_S = 0.5
ASPIRATION = 1.95
SINKS = 0.42  # how far aspiration sinks with each product seen
MEANT_TO_SPEND = 75.0  # euros; what costs far more or far less is seldom what they came for
PRICE_DISTANCE = 0.7
NEW_VISITOR_REFUSED = 0.04


@dataclass(frozen=True)
class Mood:
    """What a visit brings along: how keen, how many products it would look at, the annoyance it can bear."""

    keenness: Numbers
    budget: Integers
    tolerance: Numbers
    patience: Numbers
    pay_limit: Numbers
    nerve: Integers
    refused: Numbers

    @classmethod
    def draw(cls, rng: Generator, crowd: Crowd) -> "Mood":
        """The moods of a crowd's visits."""
        who, person = crowd.people, crowd.person
        keenness = who.keenness[person] + np.array(CAMPAIGN_KEENNESS)[crowd.campaign]
        keenness = keenness + RETURNING_KEENNESS * crowd.returning + rng.uniform(-0.3, 0.3, len(crowd))
        reach = 1.6 + 2.6 * np.maximum(keenness + 0.1, 0.0)
        return cls(
            keenness=keenness,
            budget=1 + np.floor(reach * rng.weibull(1.3, len(crowd))).astype(np.int64),
            tolerance=who.tolerance[person],
            patience=who.patience[person],
            pay_limit=who.pay_limit[person],
            nerve=who.nerve[person],
            refused=REFUSED[who.country[person]] + np.where(crowd.returning, 0.0, NEW_VISITOR_REFUSED),
        )


def annoyance(felt: Feeling) -> Numbers:
    """Seconds of annoyance of one page view: waiting beyond what is usual, and failures."""
    paint = np.maximum(felt.lcp - 2500, 0) / 1000
    lag = np.maximum(np.nan_to_num(felt.inp) - 200, 0) / 1000 * 5  # each of some five taps lags
    answer = 0.7 * np.maximum(np.nan_to_num(felt.answer_ms) - 1000, 0) / 1000
    return paint + lag + answer + FAILURE_S * felt.answer_bad + SCRIPT_ERROR_S * felt.script_error


def walks_out(mood: Mood, here: Numbers, total: Numbers) -> Flags:
    """Leave: this page alone was more than they tolerate, or the visit so far more than their patience."""
    return (here > mood.tolerance) | (total > mood.patience)


def looks_further(mood: Mood, even: Numbers) -> Flags:
    """From the home page or a list on to something to look at; restlessness is exponential."""
    return -0.75 * np.log1p(-even) < 1.05 + 0.45 * mood.keenness


def is_pleased(mood: Mood, taste: Numbers, price: Numbers, seen: Integers) -> Flags:
    """A product good enough: taste (Gumbel) against an aspiration that sinks with every product seen."""
    aspiration = ASPIRATION - 0.85 * mood.keenness - SINKS * seen
    return taste - PRICE_DISTANCE * np.log(price / MEANT_TO_SPEND) ** 2 > aspiration


def goes_to_checkout(mood: Mood, even: Numbers) -> Flags:
    """From the cart on: doubt is exponential, keen people bear more of it."""
    return -0.5 * np.log1p(-even) < 1.0 + 0.45 * mood.keenness


def accepts_terms(mood: Mood, even: Numbers) -> Flags:
    """From the address form on to payment: postage is a nasty surprise to some."""
    return -0.4 * np.log1p(-even) < 1.1 + 0.4 * mood.keenness


def pay_limit(mood: Mood, attempt: int) -> Numbers:
    """Milliseconds that a person waits for the answer to a payment; less at the second attempt."""
    return 3050 + (mood.pay_limit - 3050) * 0.7**attempt


def pays_again(mood: Mood, attempt: int) -> Flags:
    """After giving up on a payment: only people with nerve press the button again."""
    return mood.nerve > 1 + attempt


def reserves_again(mood: Mood, attempt: int) -> Flags:
    """After a checkout that failed."""
    return mood.nerve > attempt
