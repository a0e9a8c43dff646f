"""A trouble that goes on does not fill the log, and nothing but the same words is held back."""

import pytest
import structlog

from afterclick.log.repetition import MOST, PERIOD_S, Repetition


class Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


def said(repetition: Repetition, words: str, method: str = "warning") -> dict[str, object] | None:
    try:
        return dict(repetition.processor(None, method, {"event": words, "logger": "drain"}))
    except structlog.DropEvent:
        return None


def test_ten_warnings_a_second_are_a_few_a_minute_and_the_rest_is_counted() -> None:
    clock = Clock()
    repetition = Repetition(clock)
    lines: list[dict[str, object]] = []
    for tenth in range(int(10 * PERIOD_S) + 1):
        clock.now = tenth / 10
        if (line := said(repetition, "the store does not take rows, they wait")) is not None:
            lines.append(line)
    assert len(lines) == MOST + 1
    assert lines[-1]["unsaid"] == 10 * PERIOD_S - MOST


@pytest.mark.parametrize(
    ("words", "method"), [("refused", "warning"), ("job failed", "exception"), ("x", "info")]
)
def test_what_must_be_said_each_time_is(words: str, method: str) -> None:
    repetition = Repetition(Clock())
    assert all(said(repetition, words, method) for _ in range(100))


def test_other_words_are_said_meanwhile() -> None:
    repetition = Repetition(Clock())
    assert all(said(repetition, f"trouble {number}") for number in range(100))
