"""Revenue at risk: the price of having met any problem at all, estimated once."""

from afterclick.impact.arrivals import HISTORY_MS, read
from afterclick.impact.estimate import Estimate, Question
from afterclick.impact.worker import Estimator, here
from afterclick.store.control.learned import Fact
from afterclick.store.engine.query import Reader, Scope

AT_RISK = Fact("at risk", Estimate)
"""The newest estimate for any problem at all, of each site."""


def price_total(
    reader: Reader, scope: Scope, since: int, until: int, seed: int = 0, estimator: Estimator = here
) -> Estimate:
    """Orders and revenue lost to any problem between `since` and `until` (UTC ms), never a sum over problems.

    A visit counts once, at the first page view on which it felt anything slow, an error or a struggle.
    """
    question = Question(step="", signal="any", onset=since, until=until)
    return estimator(read(reader, scope, question, since - HISTORY_MS), question, seed)
