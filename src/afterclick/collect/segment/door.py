"""Segment's HTTP API v1, by its long and its short paths. Its steps, and its answers."""

import msgspec

from afterclick.collect.event.steps import EVENT_STEPS
from afterclick.collect.passage import refusal, steps
from afterclick.collect.passage.passage import Answer, Passage, Step
from afterclick.collect.segment.body import decode
from afterclick.collect.segment.key import authenticate, authenticate_by_body
from afterclick.errors import AfterclickError

PATHS = tuple(
    f"/v1/{name}"
    for name in (
        *("batch", "track", "page", "screen", "identify", "group", "alias"),
        *("b", "t", "p", "s", "i", "g", "a"),
    )
)


def answer(passage: Passage) -> Answer:
    """200, the only status that every client takes for success; calls that were refused are listed beside it."""
    content: dict[str, object] = {"success": True}
    if passage.told:
        content["dropped"] = sum(passage.dropped.values())
        content["errors"] = [
            {"index": r.index, "reason": r.reason, "message": r.message} for r in passage.told
        ]
    return Answer(200, "application/json", msgspec.json.encode(content))


def refuse(_: Passage, error: AfterclickError) -> Answer:
    """The error's status, its reason as `code` and its sentence as `message`, where the clients look for them."""
    content = {"success": False, "code": refusal.reason(error), "message": str(error)}
    return Answer(error.status, "application/json", msgspec.json.encode(content))


STEPS = (
    Step("authenticate", authenticate),
    Step("limit", steps.limit),
    Step("read", steps.read),
    Step("authenticate body", authenticate_by_body),
    Step("decode", decode),
    *EVENT_STEPS,
    Step("spool", steps.spool),
)
