"""A problem in words, and as JSON that carries its words."""

import msgspec

from afterclick.clock import now_ms
from afterclick.resolve import Problem
from afterclick.words.wording import answer


def sentence(problem: Problem, zone: str) -> str:
    """The one plain sentence: what, for whom, since when, at what cost, because of what."""
    return answer(problem, now_ms(), zone).text


def told(problem: Problem, zone: str) -> dict[str, object]:
    """The problem's fields with its `sentence` first."""
    fields: dict[str, object] = msgspec.to_builtins(problem)
    return {"sentence": sentence(problem, zone), **fields}
