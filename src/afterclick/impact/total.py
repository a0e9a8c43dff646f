"""What problems cost together, and what everything felt does: each estimated once, never summed over problems."""

from collections.abc import Sequence
from dataclasses import dataclass

import msgspec

from afterclick.impact.arrivals import HISTORY_MS, read
from afterclick.impact.estimate import Condition, Estimate, Question
from afterclick.impact.worker import Estimator, here
from afterclick.store.control.learned import Fact
from afterclick.store.engine.query import Reader, Scope


class Together(msgspec.Struct, frozen=True, kw_only=True):
    """What the problems of these ids, all that were open then, cost together within the estimate's window."""

    problems: tuple[str, ...]
    estimate: Estimate


@dataclass(frozen=True)
class AtRisk:
    """The newest of both estimates, None before the first.

    `together` is of the visits that met an open problem, `felt` of all that met anything slow, an error or a struggle,
    also where that is usual.
    """

    together: Together | None = None
    felt: Estimate | None = None


TOGETHER = Fact("open problems together", Together)
FELT = Fact("at risk", Estimate)


def price_together(
    reader: Reader,
    scope: Scope,
    conditions: Sequence[Condition],
    since: int,
    until: int,
    seed: int = 0,
    estimator: Estimator = here,
) -> Estimate:
    """Orders and revenue lost to any of the problems between `since` and `until` (UTC ms).

    A visit counts once, at the first page view on which it met one of them. Raises ValueError without a condition.
    """
    if not conditions:
        raise ValueError("Problems are priced together where there are some.")
    question = Question(step="", signal="any", onset=since, until=until, any_of=tuple(conditions))
    return estimator(read(reader, scope, question, since - HISTORY_MS), question, seed)


def price_total(
    reader: Reader, scope: Scope, since: int, until: int, seed: int = 0, estimator: Estimator = here
) -> Estimate:
    """Orders and revenue lost to anything felt between `since` and `until` (UTC ms).

    A visit counts once, at the first page view on which it felt anything slow, an error or a struggle.
    """
    question = Question(step="", signal="any", onset=since, until=until)
    return estimator(read(reader, scope, question, since - HISTORY_MS), question, seed)
