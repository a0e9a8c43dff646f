"""What every event passes between the door that decoded it and the spool, whatever its protocol."""

from afterclick.collect.event.errors import read_errors
from afterclick.collect.event.query import read_query
from afterclick.collect.event.record import clean
from afterclick.collect.event.validity import validate
from afterclick.collect.passage import steps
from afterclick.collect.passage.bots import drop_bots
from afterclick.collect.passage.clocks import repair_clocks
from afterclick.collect.passage.consent import honour_consent
from afterclick.collect.passage.duplicates import deduplicate
from afterclick.collect.passage.geography import locate
from afterclick.collect.passage.internal import mark_internal
from afterclick.collect.passage.passage import Step

ENTER = (
    Step("authenticate", steps.authenticate),
    Step("limit", steps.limit),
    Step("read", steps.read),
)
EVENT_STEPS = (
    Step("bots", drop_bots),
    Step("errors", read_errors),
    Step("clocks", repair_clocks),
    Step("validate", validate),
    Step("internal", mark_internal),
    Step("geography", locate),
    Step("consent", honour_consent),
    Step("deduplicate", deduplicate),
    Step("query", read_query),
    Step("clean", clean),
)
"""To be put between a door's `decode` and `spool`."""
