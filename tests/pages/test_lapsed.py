"""What pages say of a problem that closed because it was not met: never that it was seen to end."""

from dataclasses import replace

import httpx
import pytest
from tests.web.desks import Book, served
from tests.web.shopfront import HOUR, NOW
from tests.web.troubles import a_problem

from afterclick import web
from afterclick.pages import dashboard


@pytest.mark.parametrize("lapsed", [True, False])
@pytest.mark.parametrize("price", [{}, {"estimate": None}], ids=["priced", "not priced"])
def test_the_end_of_a_problem_is_told_as_measured_only_where_it_was(
    empty_desk: web.Desk, lapsed: bool, price: dict[str, object]
) -> None:
    end = NOW - 2 * HOUR
    ended = {"status": "closed", "closed": end, "last_seen": end, "lapsed": lapsed}
    desk = replace(
        empty_desk, problems=Book([a_problem(empty_desk.scope.site, NOW, id="one", **ended, **price)])
    )
    with served(dashboard(desk), desk.live) as url:
        page = httpx.get(f"{url}/problems/one").text
        listed = httpx.get(f"{url}/problems").text
        told = httpx.get(f"{url}/api/v1/problems/one").json()
    assert told["lapsed"] is lapsed
    assert ("whether it has ended was not measured" in told["sentence"]) is lapsed
    for text in (page, listed):
        assert ("not met since today 09:" in text) is lapsed
    assert ("back to what it was since today" in listed) is not lapsed
    if lapsed:
        assert " until today" not in page
        assert " until today" not in listed


def test_a_problem_to_which_nobody_comes_is_not_told_to_go_on(empty_desk: web.Desk) -> None:
    quiet = a_problem(empty_desk.scope.site, NOW, id="one", last_seen=NOW, came=NOW - 2 * HOUR)
    with served(dashboard(replace(empty_desk, problems=Book([quiet]))), empty_desk.live) as url:
        page, listed = httpx.get(f"{url}/problems/one").text, httpx.get(f"{url}/problems").text
    assert "still going on" not in page
    for text in (page, listed):
        assert "nobody has come there since today 09:" in text
