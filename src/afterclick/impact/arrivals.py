"""Arrivals at a journey step, read from the store: the rows that a price is made from."""

from dataclasses import dataclass

import msgspec
import pyarrow as pa

from afterclick.impact.estimate import Question
from afterclick.measure.usual import bound
from afterclick.store.engine.query import Parameter, Reader, statements
from afterclick.store.scope import Scope

HISTORY_MS = 14 * 24 * 3_600_000
"""How far before the onset comparable arrivals are looked for."""

MOST_ROWS = 200_000
"""More arrivals than this are read as every n-th visit, chosen by the visit's id."""

_STATEMENTS = statements("afterclick.impact", "arrivals.sql")


@dataclass(frozen=True)
class Arrivals:
    """`table`: one row an arrival, columns as in `arrivals.sql`, by visit and time; one visit in `every` was read."""

    table: pa.Table
    every: int = 1


class _Count(msgspec.Struct):
    arrivals: int
    visits: int


def read(reader: Reader, scope: Scope, question: Question, since: int, most: int = MOST_ROWS) -> Arrivals:
    """The arrivals that `question` is about, from `since` (UTC ms) to its `until`; about `most` rows at most."""
    several = question.any_of
    steps = [one.step for one in several]
    parameters: dict[str, Parameter] = {
        "since": since,
        "until": question.until,
        "step": question.step,
        "any_step": steps,
    }
    counted = reader.rows(scope, _STATEMENTS["count_arrivals"], _Count, parameters)
    every = max(1, -(-counted[0].arrivals // most))
    table = reader.arrow(
        scope,
        _STATEMENTS["arrivals"],
        {
            **parameters,
            "signal": question.signal,
            "segment": _keys(question.segment),
            "every": every,
            # By the place of a condition, from 1; 0 is the question's own.
            **bound({str(place): one.limits for place, one in enumerate((question, *several))}),
            "any_signal": [one.signal for one in several],
            "any_segment": ["\n".join(_keys(one.segment)) for one in several],
            "any_onset": [one.onset for one in several],
        },
    )
    return Arrivals(table, every)


def _keys(segment: dict[str, str]) -> list[str]:
    return [f"{key}={value}" for key, value in sorted(segment.items())]
