"""A problem's list of visits: exactly those that met it, by its whole segment."""

from dataclasses import replace

import httpx
import pytest
from tests.web.desks import Book, served
from tests.web.shopfront import DAY, NOW
from tests.web.troubles import a_problem

from afterclick import web
from afterclick.pages import dashboard
from afterclick.store.engine.query import Statement

_MET = Statement(
    "met",
    "SELECT DISTINCT toString(session_id) AS visit FROM page_view_felt WHERE site = {site:String} AND slow "
    "AND step = 'payment' AND has(tags, {tag:String}) AND time >= fromUnixTimestamp64Milli({since:Int64}, 'UTC')",
)


@pytest.mark.parametrize("network", ["amex", "visa"])
def test_it_lists_every_visit_that_met_it_and_no_other(shop_desk: web.Desk, network: str) -> None:
    """The filter of an amex problem showed 535 visits, 394 of them amex."""
    since = NOW - 3 * DAY
    problem = a_problem(
        shop_desk.scope.site, id="p", onset=since, last_seen=NOW, segment={"card_network": network}
    )
    parameters = {"tag": f"card_network={network}", "since": since}
    expected = {row["visit"] for row in shop_desk.reader.arrow(shop_desk.scope, _MET, parameters).to_pylist()}
    assert expected or network == "visa"
    desk = replace(shop_desk, problems=Book([problem]))
    with served(dashboard(desk), desk.live) as url:
        found = httpx.get(f"{url}/api/v1/visits?problem=p&period=30d&limit=1000", timeout=60).json()["visits"]
        page = httpx.get(f"{url}/visits?problem=p&period=30d", timeout=60).text
        unknown = httpx.get(f"{url}/visits?problem=none")
    assert {one["session_id"] for one in found} == expected
    assert '<a href="/problems/p' in page
    assert f"Payment is slow for card network {network}" in page
    assert 'name="problem" value="p"' in page
    assert unknown.status_code == 404
