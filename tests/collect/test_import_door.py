"""`POST /v1/import`: what an import left out of a file is counted like what a door drops."""

import json

import pytest
from tests.collect.conftest import House

from afterclick.store.spool.outlet import Outlet


def tell(house: House, body: object) -> int:
    return house.send(json.dumps(body).encode(), "/v1/import", content_type="application/json").status_code


def test_what_an_import_left_out_is_counted_under_its_own_door_on_disk_and_in_the_metrics(
    house: House,
) -> None:
    assert tell(house, {"left": {"malformed": 2, "odd_field": 1}}) == 202
    assert tell(house, {"left": {"malformed": 1}}) == 202
    outlet = Outlet(house.settings.spool)
    found = {(tally.site, tally.door, tally.reason): tally.rows for tally in outlet.tallies(0)}
    outlet.close()
    assert found == {(house.site, "import", "malformed"): 3, (house.site, "import", "odd_field"): 1}
    assert 'door="import",reason="malformed"} 3' in house.send(b"", "/metrics", "GET").text


@pytest.mark.parametrize(
    "body",
    [
        {}, 7, {"left": {"no_such": 1}}, {"left": {"malformed": 0}}, {"left": {"malformed": -1}},
        {"left": {"bot": 10**10}}, {"left": {"malformed": "x"}},
    ],
)  # fmt: skip
def test_counts_that_are_none_are_refused_with_a_sentence(house: House, body: object) -> None:
    answer = house.send(json.dumps(body).encode(), "/v1/import")
    assert (answer.status_code, answer.json()["error"][-1]) == (400, ".")


def test_counts_of_many_rows_are_no_work_and_slow_no_import_down(house: House) -> None:
    for _ in range(3):
        assert tell(house, {"left": {"not_kept": 1_000_000_000}}) == 202
    assert house.post(house.event()).status_code == 202
