"""A pass over a site as the timetable makes them: detection, then the prices that are due."""

from afterclick.impact import Estimate, Interval, Question
from afterclick.resolve import Change, Price, ProblemBook, due, reprice, watch
from afterclick.store.engine.query import Reader
from afterclick.store.scope import Scope


def watch_and_price(reader: Reader, scope: Scope, now: int, price: Price, book: ProblemBook) -> list[Change]:
    """What became of problems at `now`, and of their prices."""
    seen = list(watch(reader, scope, now, book))
    priced = [reprice(reader, scope, one, now, price, book) for one in due(book, scope.site, now)]
    return [*seen, *(change for change in priced if change)]


def costs(reader: Reader, scope: Scope, question: Question) -> Estimate:
    """A euro a second, give or take."""
    lost = (question.until - question.onset) / 1000
    return Estimate(
        status="priced",
        revenue_lost=Interval(lost, lost / 2, lost * 2),
        since=question.onset,
        until=question.until,
        currency="EUR",
    )
