"""`POST /v1/events`: our own JSON. Its steps, and its answers."""

import msgspec

from afterclick.collect.event.body import decode
from afterclick.collect.event.steps import ENTER, EVENT_STEPS
from afterclick.collect.passage import steps
from afterclick.collect.passage.passage import Answer, Passage, Step
from afterclick.errors import AfterclickError


def answer(passage: Passage) -> Answer:
    """202 with what was taken and what was not."""
    content = {
        "accepted": passage.rows,
        "dropped": sum(passage.dropped.values()),
        "reasons": passage.counts,
        "errors": [{"index": r.index, "reason": r.reason, "message": r.message} for r in passage.told],
    }
    return Answer(202, "application/json", msgspec.json.encode(content))


def refuse(_: Passage, error: AfterclickError) -> Answer:
    """The error's status and its sentence."""
    return Answer(error.status, "application/json", msgspec.json.encode({"error": str(error)}))


STEPS = (
    *ENTER,
    Step("decode", decode),
    *EVENT_STEPS,
    Step("spool", steps.spool),
)
