"""`POST /v1/import`: what an import left out by itself, counted like what a door drops. Its steps, and its answers.

The body is `{"left": {"malformed": 3}}`: how many rows by drop reason.
"""

import msgspec

from afterclick.collect.event import door as events
from afterclick.collect.event.steps import ENTER
from afterclick.collect.passage import steps
from afterclick.collect.passage.passage import Answer, House, Passage, Step
from afterclick.drops import REASONS
from afterclick.errors import InvalidInput

_MOST = 1_000_000_000
"""Rows of one reason that a request may tell of."""


class _Told(msgspec.Struct):
    left: dict[str, int]


_TOLD = msgspec.json.Decoder(_Told)

refuse = events.refuse


def decode(_: House, passage: Passage) -> None:
    """Read the counts; raises InvalidInput when one is none, or of no reason that is known."""
    try:
        left = _TOLD.decode(passage.body).left
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise InvalidInput(f'The body is none such as {{"left": {{"malformed": 3}}}}: {error}.') from error
    for name, rows in left.items():
        if name not in REASONS or not 0 < rows <= _MOST:
            raise InvalidInput(
                f"{name[:40]!r}: {rows} tells no rows; send 1 to {_MOST} of a reason that is in docs/collect.md."
            )
    passage.before = {REASONS[name].key: rows for name, rows in left.items()}


def answer(passage: Passage) -> Answer:
    """202 with what was counted."""
    return Answer(202, "application/json", msgspec.json.encode({"counted": passage.counts}))


STEPS = (
    *ENTER,
    Step("decode", decode),
    Step("spool", steps.spool),
)
