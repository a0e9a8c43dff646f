"""What every event passes between the door that decoded it and the spool, whatever its protocol."""

from afterclick.collect import steps
from afterclick.collect.bots import drop_bots
from afterclick.collect.clocks import repair_clocks
from afterclick.collect.consent import honour_consent
from afterclick.collect.duplicates import deduplicate
from afterclick.collect.event_record import clean
from afterclick.collect.event_validity import validate
from afterclick.collect.geography import locate
from afterclick.collect.passage import Step
from afterclick.collect.query import read_query

ENTER = (
    Step("authenticate", steps.authenticate),
    Step("limit", steps.limit),
    Step("read", steps.read),
)
EVENT_STEPS = (
    Step("bots", drop_bots),
    Step("clocks", repair_clocks),
    Step("validate", validate),
    Step("geography", locate),
    Step("consent", honour_consent),
    Step("deduplicate", deduplicate),
    Step("query", read_query),
    Step("clean", clean),
)
"""To be put between a door's `decode` and `spool`."""
