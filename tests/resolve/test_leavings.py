"""A page that failed at the server and carried no script is joined to the visit that asked for it, or to none."""

import random
import uuid
from collections.abc import Sequence

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from afterclick.journeys import visit
from afterclick.pages.visit.context import visit_page
from afterclick.resolve import unknown_failures
from afterclick.resolve.leavings import CLEAR, LATELY, REACH, Failure, Lead, Leaving, answered, joined
from afterclick.signals import Event, Span
from afterclick.store.schema.records import events_table, spans_table
from afterclick.store.scope import Scope
from afterclick.store.store import Store

NOW = 1_780_000_200_000
MINUTE = 60_000
AT = NOW - 5 * MINUTE
"""When the customer pressed the button."""
SKEW = 4_000
"""ms by which the customer's clock is fast."""

leavings = st.lists(
    st.builds(
        Leaving,
        event_id=st.uuids().map(str),
        left_at=st.integers(0, 12_000),
        method=st.sampled_from(["GET", "POST"]),
        target=st.just("/pay"),
    ),
    max_size=8,
    unique_by=lambda one: one.event_id,
)
failures = st.lists(
    st.builds(
        Failure,
        trace_id=st.uuids().map(lambda one: one.hex),
        at=st.integers(0, 12_000),
        http_status=st.just(500),
        operation=st.sampled_from(["GET /pay", "POST /pay"]),
    ),
    max_size=8,
    unique_by=lambda one: one.trace_id,
)


@given(leavings, failures, st.randoms(use_true_random=False))
def test_no_failure_is_of_two_visits_and_neither_order_nor_repetition_changes_whose_it_is(
    left: list[Leaving], failed: list[Failure], luck: random.Random
) -> None:
    pairs = joined(left, failed)
    assert len({failure.trace_id for _, failure in pairs}) == len(pairs)
    assert len({leaving.event_id for leaving, _ in pairs}) == len(pairs)
    shuffled = joined(luck.sample(left, len(left)), luck.sample(failed, len(failed)))
    assert names(shuffled) == names(pairs)
    rest = joined(*without(left, failed, pairs))
    assert rest == []


@given(leavings, failures)
def test_what_is_joined_asked_for_the_same_at_the_same_time_and_nothing_left_over_is_as_near(
    left: list[Leaving], failed: list[Failure]
) -> None:
    pairs = joined(left, failed)
    lonely_left, lonely_failed = without(left, failed, pairs)
    for leaving, failure in pairs:
        gap = abs(leaving.left_at - failure.at)
        assert leaving.asks == failure.asks
        assert gap <= REACH
        assert all(
            abs(one.left_at - failure.at) >= gap + CLEAR for one in lonely_left if one.asks == failure.asks
        )
        assert all(
            abs(one.at - leaving.left_at) >= gap + CLEAR for one in lonely_failed if one.asks == leaving.asks
        )


def names(pairs: Sequence[tuple[Leaving, Failure]]) -> set[tuple[str, str]]:
    return {(leaving.event_id, failure.trace_id) for leaving, failure in pairs}


def without(
    left: list[Leaving], failed: list[Failure], pairs: Sequence[tuple[Leaving, Failure]]
) -> tuple[list[Leaving], list[Failure]]:
    gone = {one for pair in names(pairs) for one in pair}
    return (
        [one for one in left if one.event_id not in gone],
        [one for one in failed if one.trace_id not in gone],
    )


@pytest.mark.parametrize(
    ("method", "address", "operation", "is_it"),
    [
        ("POST", "/pay", "", True),
        ("", "", "POST /pay", True),
        ("post", "https://shop.example/pay?token=1", "", True),
        ("POST", "/p%61y", "", True),
        ("POST", "//evil/pay", "", False),
        ("GET", "/pay", "", False),
        ("POST", "/pay/", "", False),
        ("POST", "", "POST", False),
        ("POST", "http://[bad", "", False),
    ],
)
def test_a_failure_answers_a_leaving_that_asked_for_its_method_and_path(
    method: str, address: str, operation: str, is_it: bool
) -> None:
    left = Leaving("a", AT, "POST", "/pay")
    failed = Failure("t", AT + 40, 500, operation, method, address)
    assert bool(joined([left], [failed])) is is_it


class Shop:
    """Visits, each with a page of the step `payment`, and the server's spans."""

    def __init__(self, store: Store, scope: Scope) -> None:
        self.store, self.scope = store, scope
        self._luck = random.Random(scope.site)
        self.page = {"path": "/checkout/payment", "step": "payment", "route": "/checkout/payment"}

    def visit(
        self,
        left_at: int,
        target: str = "/checkout/pay",
        method: str = "POST",
        next_page: int | None = None,
        next_path: str = "/next",
    ) -> str:
        """A visit that leaves its page for `target`, and perhaps opens another so many ms later; its id."""
        session = str(
            uuid.UUID(int=(left_at - 60_000) << 80 | 7 << 76 | 2 << 62 | self._luck.getrandbits(62))
        )
        shown = self._id()
        at = {
            "site": self.scope.site,
            "session_id": session,
            "session_start": left_at - 60_000,
            "device_id": session[-12:],
        }
        at |= {"country": "CZ", "device_class": "mobile", "host": "shop.example", "tags": ["card=visa"]}
        here = at | self.page | {"page_view_id": shown}
        rows = [
            here | {"type": "page_view", "time": left_at - 30_000 + SKEW, "received": left_at - 29_000},
            here
            | {"type": "leave", "time": left_at + SKEW, "received": left_at + 90, "duration_ms": 80.0}
            | {"method": method, "target": target},
        ]
        if next_page is not None:
            when = left_at + next_page
            rows.append(
                at
                | {
                    "type": "page_view",
                    "time": when + SKEW,
                    "received": when,
                    "path": next_path,
                    "step": next_path,
                    "page_view_id": self._id(),
                }
            )
        self.insert([msgspec.convert(row | {"event_id": self._id()}, Event) for row in rows])
        return session

    def _id(self) -> str:
        return str(uuid.UUID(int=self._luck.getrandbits(128)))

    def insert(self, events: Sequence[Event]) -> None:
        self.store.insert("events", events_table(events), str(uuid.uuid4()))

    def fails(self, at: int, name: str = "POST /checkout/pay", status: int = 500) -> str:
        """A request that fails at the server; its trace."""
        trace = f"{self._luck.getrandbits(128):032x}"
        span = Span(
            site=self.scope.site, trace_id=trace, span_id=trace[:16], service="shop", name=name, kind="server", time=at,
            start_ns=at * 1_000_000, duration_ns=70_000_000, received=at + 5_000, status="error", http_status=status,
        )  # fmt: skip
        self.store.insert("spans", spans_table([span]), trace)
        self.store.settle(NOW)
        return trace

    def join(self, now: int = NOW) -> list[Event]:
        """One run of the job, and what the drain makes of it."""
        events = answered(self.store, self.scope, now)
        self.insert(events)
        return events

    def unknown(self) -> int:
        found = unknown_failures(self.store, self.scope, NOW - 60 * MINUTE, NOW, NOW)
        return sum(one.failed for one in found)

    def verdict(self, session: str) -> str:
        return visit_page(visit(self.store, self.scope, session), None, "UTC").answer.text


@pytest.fixture
def shop(store: Store, scope: Scope) -> Shop:
    return Shop(store, scope)


def test_a_failure_becomes_a_page_of_the_visit_that_asked_for_it_and_is_unknown_no_more(shop: Shop) -> None:
    session, trace = shop.visit(AT), shop.fails(AT + 30)
    assert (shop.unknown(), "met nothing" in shop.verdict(session)) == (1, True)
    (told,) = shop.join()
    assert (told.session_id, told.trace_id, told.status, told.time) == (session, trace, 500, AT + 30)
    assert (told.method, told.path, told.step, told.source) == ("POST", "/checkout/pay", "payment", "server")
    assert (told.country, told.device_class, told.tags) == ("CZ", "mobile", ["card=visa"])
    assert (shop.unknown(), "met 1 error" in shop.verdict(session)) == (0, True)


def test_what_was_joined_is_joined_no_more_and_a_repeated_delivery_changes_nothing(
    shop: Shop, store: Store
) -> None:
    session = shop.visit(AT)
    shop.fails(AT + 30)
    again = answered(store, shop.scope, NOW)
    told = shop.join()
    assert told == again
    shop.insert(again)
    assert shop.join(NOW + MINUTE) == []
    assert "met 1 error" in shop.verdict(session)
    shop.fails(AT + 200)
    assert shop.join() == [], "the leaving has its answer"


def test_nothing_is_joined_where_two_visits_or_two_failures_are_as_near(shop: Shop) -> None:
    for at in (AT, AT + 400):
        shop.visit(at)
    shop.fails(AT + 200)
    shop.visit(AT + MINUTE)
    for at in (AT + MINUTE, AT + MINUTE + 500):
        shop.fails(at)
    assert shop.join() == []
    assert shop.unknown() == 3


@pytest.mark.parametrize("next_page", [-100, 40, 250])
def test_a_leaving_that_a_page_view_answers_met_no_failure(shop: Shop, next_page: int) -> None:
    shop.visit(AT, next_page=next_page)
    shop.fails(AT + 30)
    assert shop.join() == []


def test_who_goes_back_from_the_failure_met_it_all_the_same(shop: Shop) -> None:
    shop.visit(AT, next_page=1_500)
    shop.fails(AT + 30)
    assert len(shop.join()) == 1


def test_a_page_waits_a_minute_for_those_that_may_tell_of_it_and_half_an_hour_for_its_spans(
    shop: Shop, store: Store
) -> None:
    shop.visit(AT)
    shop.fails(AT + 30)
    assert [
        len(answered(store, shop.scope, AT + after))
        for after in (MINUTE, MINUTE + 31, LATELY, LATELY + 2 * MINUTE)
    ] == [0, 1, 1, 0]


def test_a_page_that_others_opened_stands_at_its_own_step(shop: Shop) -> None:
    opened = {"path": "/product/7", "step": "product", "route": "/product/:id"}
    own, shop.page = shop.page, opened
    shop.visit(AT - 2 * MINUTE)
    shop.page = own
    shop.visit(AT, "/product/7", "GET")
    shop.fails(AT + 30, "GET /product/7")
    shop.visit(AT + MINUTE, "/about", "GET")
    shop.fails(AT + MINUTE, "GET /about")
    assert [(one.path, one.step, one.route) for one in shop.join()] == [
        ("/product/7", "product", "/product/:id"),
        ("/about", "", ""),
    ]


def test_a_refusal_is_no_failure_of_the_server(shop: Shop) -> None:
    shop.visit(AT)
    shop.fails(AT + 30, status=404)
    assert shop.join() == []


def test_a_failed_page_that_a_form_leads_to_by_a_redirect_is_one_of_the_visit_that_sent_the_form(
    shop: Shop,
) -> None:
    for before in (3, 4):
        shop.visit(AT - before * MINUTE, next_page=20, next_path="/checkout/done")
    session = shop.visit(AT)
    shop.fails(AT + 400, "GET /checkout/done")
    (told,) = shop.join()
    assert (told.session_id, told.method, told.path) == (session, "GET", "/checkout/done")
    assert (told.step, told.status) == ("/checkout/done", 500)
    assert (shop.unknown(), shop.join()) == (0, [])


@pytest.mark.parametrize(("sent_on", "next_page"), [(0, 20), (1, 20), (2, 900)])
def test_what_no_two_visits_were_sent_on_to_answers_no_form(shop: Shop, sent_on: int, next_page: int) -> None:
    for before in range(sent_on):
        shop.visit(AT - (3 + before) * MINUTE, next_page=next_page, next_path="/checkout/done")
    shop.visit(AT)
    shop.fails(AT + 400, "GET /checkout/done")
    assert shop.join() == []


def test_the_form_itself_goes_before_where_it_leads() -> None:
    leads = [Lead("POST", "/pay", "/done"), Lead("POST", "/pay", "/late")]
    left = [Leaving("a", AT, "POST", "/pay"), Leaving("b", AT + 5_000, "POST", "/pay")]
    own, led = Failure("t", AT + 40, 500, "POST /pay"), Failure("u", AT + 5_060, 500, "GET /done")
    assert joined(left, [led, own], leads) == [(left[0], own), (left[1], led)]
    as_near = Failure("v", AT + 5_100, 500, "GET /late")
    assert joined(left, [as_near, led, own], leads) == [(left[0], own)]
    assert joined(left, [Failure("w", AT + 5_060, 500, "POST /done")], leads) == []
