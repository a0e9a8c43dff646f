"""Lines of values as a template draws them."""

import pytest

from afterclick.words.chart import Line
from afterclick.words.scale import spark


@pytest.mark.parametrize(
    ("values", "runs"),
    [
        ((4.0,), ["0.0,1.0 0.0,1.0"]),
        ((None, 4.0, None), ["50.0,1.0 50.0,1.0"]),
        ((0.0, 4.0), ["0.0,23.0 100.0,1.0"]),
        ((None, None), []),
    ],
)
def test_a_value_without_a_neighbour_is_drawn_as_a_dot(
    values: tuple[float | None, ...], runs: list[str]
) -> None:
    assert spark(Line("Visits", "did", "count", values), values) == runs
