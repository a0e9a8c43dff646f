"""A page that the server answered with 500 is told wherever a visit's failures are."""

import random

import pytest
from tests.web.shopfront import NOW, Shopper

from afterclick.journeys import Filter, visit, visits
from afterclick.pages.visit.context import visit_page
from afterclick.store.schema.records import events_table
from afterclick.store.scope import Scope
from afterclick.store.store import Store


def answered(store: Store, scope: Scope, status: int) -> Shopper:
    """A visit whose second and last page was answered with `status`."""
    one = Shopper(scope.site, random.Random(status), NOW, {})
    one.open(4, 0, 900.0)
    one.page_view, one.place = "019e83c7-d000-7000-8000-0000000000a1", {"step": "payment", "path": "/payment"}
    one.add("page_view", 5_000, status=status)
    store.insert("events", events_table(one.events), one.session_id)
    return one


@pytest.mark.parametrize(
    ("status", "verdict", "told"),
    [
        (0, "met nothing slow or broken", []),
        (200, "met nothing slow or broken", []),
        (404, "met nothing slow or broken", [("The page was answered with 404", "/payment", False)]),
        (500, "met 1 error", [("The page was answered with 500", "/payment", True)]),
        (503, "met 1 error", [("The page was answered with 503", "/payment", True)]),
    ],
)
def test_a_visit_says_what_a_page_was_answered_with_and_counts_a_server_failure_as_an_error(
    store: Store, scope: Scope, status: int, verdict: str, told: list[tuple[str, str, bool]]
) -> None:
    one = answered(store, scope, status)
    shown = visit_page(visit(store, scope, one.session_id), None, "UTC")
    assert verdict in shown.answer.text
    assert [(part.what, part.detail, part.bad) for part in shown.stops[-1].moments] == told
    listed = visits(store, scope, NOW - 1, NOW + 60_000, Filter(felt="error"))
    assert [row.session_id for row in listed] == [one.session_id] * (status >= 500)
