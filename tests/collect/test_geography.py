"""Country and region: from the event, the proxy's header, or the file of addresses; and no address is kept."""

from collections.abc import Callable
from pathlib import Path
from typing import Any, cast

import mmdb_writer
import pytest
from netaddr import IPSet
from tests.app.residue import files_with
from tests.collect.conftest import House

from afterclick.collect.passage.geography import client_address, trusted
from afterclick.collect.passage.passage import Passage
from afterclick.errors import Misconfigured

BROWSER = "Mozilla/5.0 (X11; Linux x86_64; rv:145.0) Gecko/20100101 Firefox/145.0"
Open = Callable[..., House]


@pytest.fixture
def geo_file(tmp_path: Path) -> Path:
    """A small file as GeoLite2-City has it, and one range as IPinfo has it."""
    writer = mmdb_writer.MMDBWriter(ip_version=6, ipv4_compatible=True, database_type="Test-City")
    _insert(writer, "203.0.113.0/24", {"country": {"iso_code": "CZ"}, "subdivisions": [{"iso_code": "20"}]})
    _insert(writer, "198.51.100.0/24", {"country": {"iso_code": "DE"}})
    _insert(writer, "127.0.0.0/8", {"country": {"iso_code": "NO"}, "subdivisions": [{"iso_code": "03"}]})
    _insert(writer, "2001:db8::/32", {"country": "FR", "country_code": "FR"})
    _insert(writer, "192.0.2.0/24", {"continent": {"code": "EU"}})
    file = tmp_path / "places.mmdb"
    writer.to_db_file(str(file))
    return file


def _insert(writer: mmdb_writer.MMDBWriter, network: str, record: dict[str, Any]) -> None:
    writer.insert_network(IPSet([network]), cast("Any", record))


def test_a_browsers_address_gives_the_country_unless_the_event_or_the_proxy_does(
    open_house: Open, geo_file: Path
) -> None:
    house = open_house(geo_file=geo_file, country_header="CF-IPCountry")
    house.post(house.event(), house.event(country="se"), user_agent=BROWSER)
    house.post(house.event(value=1), user_agent=BROWSER, cf_ipcountry="DK")
    house.post(house.event(value=2), user_agent=BROWSER, cf_ipcountry="unknown")
    assert [event.country for event in house.events()] == ["NO", "SE", "DK", "NO"]


def test_the_address_of_a_server_says_nothing_and_the_one_it_passes_on_does(
    open_house: Open, geo_file: Path
) -> None:
    house = open_house(geo_file=geo_file)
    addresses = [
        None,
        "203.0.113.9",
        "198.51.100.1",
        "2001:db8::1",
        "192.0.2.1",
        "8.8.8.8",
        "nonsense",
        "::1%x",
    ]
    house.post(*[house.event(value=n, ip=ip) for n, ip in enumerate(addresses)])
    events = house.events()
    assert [event.country for event in events] == ["", "CZ", "DE", "FR", "", "", "", ""]
    assert [event.region for event in events][:4] == ["", "CZ-20", "", ""]


def test_an_event_may_bring_its_region_and_one_that_is_none_is_left_out(house: House) -> None:
    house.post(house.event(country="CZ", region="CZ-20"), house.event(country="CZ", region="Prague", value=1))
    assert [event.region for event in house.events()] == ["CZ-20", ""]


def test_no_address_reaches_the_spool(open_house: Open, geo_file: Path) -> None:
    house = open_house(geo_file=geo_file, trusted_proxies="127.0.0.0/8")
    house.post(house.event(ip="203.0.113.9"), user_agent=BROWSER, x_forwarded_for="203.0.113.10")
    house.close()
    assert files_with(house.settings.data, ["CZ"]) != set()
    assert files_with(house.settings.data, ["203.0.113.9", "203.0.113.10", "127.0.0.1"]) == set()


def test_without_a_file_the_country_stays_empty(house: House) -> None:
    house.post(house.event(ip="203.0.113.9"), user_agent=BROWSER)
    assert [event.country for event in house.events()] == [""]


@pytest.mark.parametrize(
    ("connection", "forwarded", "believed"),
    [
        ("203.0.113.9", "198.51.100.1", "203.0.113.9"),
        ("10.0.0.1", "198.51.100.1", "198.51.100.1"),
        ("10.0.0.1", "192.0.2.66, 198.51.100.1", "198.51.100.1"),
        ("10.0.0.1", "198.51.100.1, 10.0.0.2, fd00::7", "198.51.100.1"),
        ("10.0.0.1", "", "10.0.0.1"),
        ("10.0.0.1", "10.0.0.3", "10.0.0.3"),
        ("10.0.0.1", "made up", "made up"),
        ("", "198.51.100.1", ""),
    ],
)
def test_forwarded_addresses_are_believed_from_trusted_proxies_alone(
    connection: str, forwarded: str, believed: str
) -> None:
    async def receive() -> dict[str, object]:
        return {}

    passage = Passage("events", "/", {b"x-forwarded-for": forwarded.encode()}, b"", receive, 0)
    passage.address = connection
    assert client_address(passage, trusted("10.0.0.0/8, fd00::/8")) == believed
    assert client_address(passage, trusted("")) == connection


@pytest.mark.parametrize(
    "chosen", [{"geo_file": "missing.mmdb"}, {"geo_file": __file__}, {"trusted_proxies": "10.0.0.0/99"}]
)
def test_a_wrong_setting_is_told_in_a_sentence_at_the_start(open_house: Open, chosen: dict[str, str]) -> None:
    with pytest.raises(Misconfigured, match=r"AFTERCLICK_.*\."):
        open_house(**chosen)


def test_an_id_made_from_the_content_is_not_made_from_the_address(house: House) -> None:
    house.post(house.event(ip="203.0.113.9"))
    house.restart()
    house.post(house.event(ip="203.0.113.10"))
    assert len({event.event_id for event in house.events()}) == 1
