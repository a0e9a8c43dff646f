"""The price of one problem."""

from afterclick.impact.arrivals import HISTORY_MS, read
from afterclick.impact.estimate import Estimate, Question
from afterclick.impact.worker import Estimator, here
from afterclick.store.engine.query import Reader
from afterclick.store.scope import Scope


def price(
    reader: Reader, scope: Scope, question: Question, seed: int = 0, estimator: Estimator = here
) -> Estimate:
    """Orders and revenue lost to the problem that `question` names, among the visits that met it since onset.

    `estimator` says where it is computed: `worker.here`, or `worker.apart` in a niced process. Blocks.
    """
    return estimator(read(reader, scope, question, question.onset - HISTORY_MS), question, seed)
