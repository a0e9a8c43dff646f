"""What a problem's page says of the share before its onset: what was measured, never what is assumed as if it were."""

import pytest
from tests.web.shopfront import NOW
from tests.web.troubles import a_problem, replace_struct

from afterclick.pages.problem.context import problem_page
from afterclick.resolve import Before


@pytest.mark.parametrize(
    ("before", "said"),
    [
        (Before(9, 500), "1.80% before (9 of 500)"),
        (Before(0, 12_000), "0% before (0 of 12,000)"),
        (Before(0, 0), "nothing was measured before; 1.80% is assumed"),
        (None, "about 1.80% before"),
    ],
)
def test_the_share_before_is_what_was_measured(before: Before | None, said: str) -> None:
    problem = replace_struct(a_problem("site"), {"before": before})
    [many] = [fact for fact in problem_page(problem, NOW, "UTC").facts if fact.question == "How many"]
    assert many.note == f"212 of 231 arrivals; {said}"
