import msgspec
import pytest

from afterclick.journeys import Span, trace


def span(span_id: str, parent: str = "", start: int = 0, length: int = 10) -> Span:
    return Span(
        trace_id="t", span_id=span_id, parent_span_id=parent, service=span_id, name="work", kind="server",
        start_ns=start * 1_000_000, duration_ns=length * 1_000_000, status="ok", status_message="", http_status=200,
        peer="", exception="", generated=False,
    )  # fmt: skip


def test_a_waterfall_walks_depth_first_in_time_order() -> None:
    found = trace([span("c", "a", 6, 2), span("b", "a", 1, 4), span("a"), span("d", "b", 2, 1)])
    assert [(bar.span.span_id, bar.depth) for bar in found.bars] == [("a", 0), ("b", 1), ("d", 2), ("c", 1)]
    assert found.length == 10.0


def test_the_heaviest_span_is_the_one_with_most_time_of_its_own() -> None:
    found = trace(
        [span("a", "", 0, 100), span("b", "a", 1, 40), span("c", "a", 20, 75), span("d", "c", 21, 3)]
    )
    assert [bar.span.span_id for bar in found.bars if bar.heaviest] == ["c"]
    assert found.bars[0].own == 6.0  # 100 less the union of 1..41 and 20..95


def test_orphans_loops_and_repeated_parents_are_all_drawn_once() -> None:
    found = trace([span("a", "b"), span("b", "a"), span("c", "gone", 3), span("d", "d")])
    assert sorted(bar.span.span_id for bar in found.bars) == ["a", "b", "c", "d"]


def test_a_giant_trace_is_cut_and_says_by_how_much() -> None:
    found = trace([span(f"{i}", "0" if i else "", i) for i in range(260)])
    assert len(found.bars) == 200
    assert found.left_out == 60


@pytest.mark.parametrize(
    ("query", "shown"),
    [
        ("SELECT 1", "SELECT ?"),
        ("SELECT a1 FROM t2 WHERE x = 1.5", "SELECT a1 FROM t2 WHERE x = ?"),
        ("UPDATE u SET name = 'O''Neil', note = 'it\\'s' WHERE id = 3", "UPDATE u SET name = ?, note = ? WHERE id = ?"),
        ("SELECT * FROM u WHERE mail = 'ann@exam", "SELECT * FROM u WHERE mail = ?"),
        ('SELECT "order"."id" FROM "order" WHERE x = "ann smith"', 'SELECT "order"."id" FROM "order" WHERE x = ?'),
        ("SELECT * FROM u WHERE id = %s AND a = $1 AND b = :2", "SELECT * FROM u WHERE id = %s AND a = $1 AND b = :2"),
        ("SELECT *\n  FROM u", "SELECT * FROM u"),
        ("GET cart:ann", "GET cart:ann"),
    ],
)  # fmt: skip
def test_a_statement_is_shown_without_its_values(query: str, shown: str) -> None:
    assert msgspec.structs.replace(span("a"), name="SELECT", query=query).does == shown


@pytest.mark.parametrize(
    ("name", "method", "address", "shown"),
    [
        ("GET", "GET", "/basket", "GET /basket"),
        ("GET", "GET", "https://shop.example/basket?a=1", "GET /basket"),
        ("GET", "GET", "https://shop.example", "GET /"),
        ("GET", "GET", "http://[", "GET /"),
        ("HTTP GET", "", "/basket", "HTTP GET /basket"),
        ("POST /basket/:id", "POST", "/basket/7", "POST /basket/:id"),
        ("charge", "", "", "charge"),
    ],
)
def test_a_request_is_shown_with_its_path(name: str, method: str, address: str, shown: str) -> None:
    assert msgspec.structs.replace(span("a"), name=name, method=method, address=address).does == shown
