from itertools import combinations

from afterclick.pages.problem.service_map import Call, service_map


def call(caller: str, callee: str, ms: float = 10.0) -> Call:
    return Call(
        caller=caller,
        callee=callee,
        calls_now=2,
        errors_now=1,
        ms_now=ms,
        calls_before=0,
        errors_before=0,
        ms_before=0,
    )


def test_calls_run_left_to_right_and_the_culprit_is_marked() -> None:
    drawn = service_map(
        [call("shop", "pay"), call("pay", "bank", 6200), call("shop", "stock")], "pay", "bank"
    )
    assert drawn is not None
    x = {node.name: node.x for node in drawn.nodes}
    assert x["shop"] < x["pay"] == x["stock"] < x["bank"]
    assert [node.name for node in drawn.nodes if node.culprit] == ["pay"]
    assert [(edge.caller, edge.callee, edge.label) for edge in drawn.edges if edge.culprit] == [
        ("pay", "bank", "3.1\u00a0s")
    ]
    assert "before unknown" in drawn.edges[0].words


def test_services_that_call_in_a_circle_are_drawn_apart_and_within_the_drawing() -> None:
    drawn = service_map([call("a", "b"), call("b", "c"), call("c", "a"), call("c", "c")])
    assert drawn is not None
    assert all((one.x, one.y) != (other.x, other.y) for one, other in combinations(drawn.nodes, 2))
    assert all(
        node.x + node.width <= drawn.width and node.y + node.height <= drawn.height for node in drawn.nodes
    )


def test_without_calls_there_is_no_map() -> None:
    assert service_map([]) is None
