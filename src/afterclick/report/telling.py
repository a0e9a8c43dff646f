"""A problem in words, and as JSON that carries its words."""

import msgspec

from afterclick.clock import now_ms
from afterclick.report.wording import answer
from afterclick.resolve import Problem


def sentence(problem: Problem, zone: str) -> str:
    """The one plain sentence: what, for whom, since when, at what cost, because of what."""
    return answer(problem, now_ms(), zone).text


def told(problem: Problem, zone: str) -> dict[str, object]:
    """The problem's fields with its `sentence` first."""
    fields: dict[str, object] = msgspec.to_builtins(problem)
    return {"sentence": sentence(problem, zone), **fields}
