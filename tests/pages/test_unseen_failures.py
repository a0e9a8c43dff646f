"""Failed server requests that no page view knows of are counted where people look, and none that a page tells of."""

from collections.abc import Callable, Sequence

import httpx
import pytest
from tests.web.desks import served
from tests.web.markup import Page
from tests.web.shopfront import NOW

from afterclick import web
from afterclick.pages import dashboard
from afterclick.signals import Event, Span
from afterclick.store.schema.records import events_table, spans_table
from afterclick.store.store import Store

PAGE = "019e83c7-d000-7000-8000-0000000000a1"
VISIT = "019e83c7-d000-7000-8000-0000000000b1"
MINUTE = 60_000
Write = Callable[[int, Sequence[int]], None]


@pytest.fixture
def write(store: Store, site: str) -> Write:
    """Puts so many failed requests of one route, those of `known` told by a page view, and one visit."""

    def put(failed: int, known: Sequence[int]) -> None:
        traces = [f"{index + 1:032x}" for index in range(failed)]
        at = NOW - 5 * MINUTE
        spans = [
            Span(
                site=site, trace_id=trace, span_id=trace[:16], service="shop", name="POST /ship", kind="server",
                time=at, start_ns=at * 1_000_000, duration_ns=1_000_000, received=at, status="error", http_status=500,
            )
            for trace in traces
        ]  # fmt: skip
        events = [
            Event(
                site=site, event_id=f"019e83c7-d000-7000-8000-{index:012x}", type="page_view", time=at, received=at,
                session_id=VISIT, session_start=at, page_view_id=PAGE, path="/ship", step="ship", trace_id=trace,
            )
            for index, trace in enumerate([traces[one] for one in known] or [""])
        ]  # fmt: skip
        store.insert("spans", spans_table(spans), f"{site}-s")
        store.insert("events", events_table(events), f"{site}-e")
        store.settle(NOW)

    return put


@pytest.mark.parametrize(
    ("failed", "known", "told"),
    [
        (0, (), ""),
        (2, (0, 1), ""),
        (1, (), "1 server request failed that no page view knows of, POST /ship of shop, with 500"),
        (4, (3,), "3 server requests failed that no page view knows of, all of them POST /ship of shop, with 500"),
    ],
)  # fmt: skip
def test_the_overview_and_data_quality_count_failures_that_no_page_view_knows_of(
    empty_desk: web.Desk, write: Write, failed: int, known: Sequence[int], told: str
) -> None:
    write(failed, known)
    with (
        served(dashboard(empty_desk), empty_desk.live) as url,
        httpx.Client(base_url=url, timeout=30) as client,
    ):
        overview, quality = (
            Page(client.get(path).text).all("main")[0].text for path in ("/?period=24h", "/quality")
        )
        figures = client.get("/api/v1/overview?period=24h").json()
    assert (told in overview, "that no page view knows of" in overview) == (True, bool(told))
    assert told in quality
    assert figures["server_failures"]["value"] == failed - len(known)
