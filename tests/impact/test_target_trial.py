"""Which arrivals are compared, and with what they were worth."""

import numpy as np
import pyarrow as pa
from tests.impact.direct import alike

from afterclick.impact import Question
from afterclick.impact.target_trial import LONGEST_WAIT_MS, emulate, settled

SECOND = 1_000
UNTIL = 2 * LONGEST_WAIT_MS
QUESTION = Question(step="pay", signal="slow", onset=0, until=UNTIL)


def with_columns(table: pa.Table, **columns: list[int]) -> pa.Table:
    for name, values in columns.items():
        place = table.column_names.index(name)
        table = table.set_column(place, name, pa.array(np.array(values)))
    return table


def test_arrivals_that_have_not_had_the_time_that_orders_take_are_left_out() -> None:
    """Of those who came in good time each ordered after a minute, so that is waited for."""
    arrived = [0, SECOND, UNTIL - 61 * SECOND, UNTIL - 60 * SECOND, UNTIL - 59 * SECOND]
    ordered = [60 * SECOND, 61 * SECOND, 0, 0, 0]
    kept = settled(with_columns(alike(0, 5), arrived=arrived, next_order=ordered), QUESTION)
    assert kept["arrived"].to_pylist() == arrived[:4]


def test_an_order_that_took_longer_than_half_an_hour_is_not_waited_for() -> None:
    arrived = [0, UNTIL - LONGEST_WAIT_MS, UNTIL - LONGEST_WAIT_MS + 1]
    kept = settled(with_columns(alike(0, 3), arrived=arrived, next_order=[UNTIL, 0, 0]), QUESTION)
    assert kept["arrived"].to_pylist() == arrived[:2]


def test_what_a_visit_does_after_it_first_met_the_problem_says_nothing() -> None:
    one_visit = {"visit": [7, 7, 7, 7], "arrived": [1, 2, 3, 4], "view_index": [1, 2, 3, 4]}
    cohort = emulate(with_columns(alike(0, 4), exposed=[0, 1, 0, 1], **one_visit), QUESTION).cohort
    assert cohort.others.tolist() == [True, False]
    assert cohort.exposed.tolist() == [False, True]
    assert cohort.later.tolist() == [1, -1]
