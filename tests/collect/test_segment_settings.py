"""What analytics.js starts by: settings that point to where they were asked for."""

import pytest
from tests.collect.conftest import House

SETTINGS: list[tuple[dict[str, str], str, str]] = [
    ({"host": "collect.example:4318"}, "http", "collect.example:4318/v1"),
    ({"host": "collect.example", "x_forwarded_proto": "https"}, "https", "collect.example/v1"),
    (
        {"host": "inner:4318", "x_forwarded_host": "c.example, x", "x_forwarded_proto": "https,http"},
        "https",
        "c.example/v1",
    ),
    ({"host": "collect.example", "origin": "https://shop.example"}, "https", "collect.example/v1"),
    ({"host": "127.0.0.1:4318", "origin": "https://shop.example"}, "http", "127.0.0.1:4318/v1"),
    ({"host": "[::1]:4318"}, "http", "[::1]:4318/v1"),
]


@pytest.mark.parametrize(("headers", "protocol", "host"), SETTINGS, ids=[str(case[0]) for case in SETTINGS])
def test_the_settings_point_to_where_they_were_asked_for(
    house: House, headers: dict[str, str], protocol: str, host: str
) -> None:
    answer = house.send(b"", f"/v1/projects/{house.key}/settings", "GET", key="", **headers)
    assert (answer.status_code, answer.headers["access-control-allow-origin"]) == (200, "*")
    (name, found), *others = answer.json()["integrations"].items()
    assert (name, others) == ("Segment.io", [])
    assert (found["apiKey"], found["protocol"], found["apiHost"]) == (house.key, protocol, host)


def test_the_settings_of_an_unknown_key_or_host_are_refused(house: House) -> None:
    assert house.send(b"", "/v1/projects/ac_wrong/settings", "GET", key="").status_code == 401
    path = f"/v1/projects/{house.key}/settings"
    assert house.send(b"", path, "GET", key="", x_forwarded_host='e.example"/x').status_code == 400
    assert house.send(b"", path, "POST", key="").status_code == 405
