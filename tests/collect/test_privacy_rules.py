"""What a site decided about personal data, held to at the collector's doors."""

import json
from collections.abc import Callable

import pytest
from sqlalchemy.exc import OperationalError
from tests.collect.conftest import NOW, House

from afterclick.accounts.site_privacy import UNDECIDED, SitePrivacy, SiteRules
from afterclick.accounts.viewer import THIS_MACHINE
from afterclick.collect.passage.site_rules import MEMORY_SECONDS, RulesOfSites
from afterclick.errors import InvalidInput, Unavailable

BROWSER = "Mozilla/5.0 (X11; Linux x86_64) Firefox/130.0"
DAY = 86_400_000


def decide(house: House, **rules: object) -> None:
    SitePrivacy(house.control).put(THIS_MACHINE, house.site, SiteRules(**rules))  # pyright: ignore[reportArgumentType]
    house.restart()  # its memory of the rules is over


@pytest.mark.parametrize("header", ["sec_gpc", "dnt"])
def test_a_browser_that_signals_refusal_is_made_anonymous_unless_its_visitor_was_asked(
    house: House, header: str
) -> None:
    own = {"user_id": "ada", "device_id": "d"}
    events = [
        house.event(**own),
        house.event(**own, consent={"analytics": True}),
        house.event(type="identify", **own),
    ]
    house.post(*events, **{header: "1"}, user_agent=BROWSER)
    kept = house.events()
    assert [(event.user_id, event.device_id) for event in kept] == [("", ""), ("ada", "d")]
    assert house.counted()["no_consent"] == 1


def test_a_site_may_take_no_heed_of_such_signals(house: House) -> None:
    decide(house, honour_signals=False)
    house.post(house.event(user_id="ada"), sec_gpc="1")
    assert house.events()[0].user_id == "ada"


def test_without_consent_events_are_anonymous_where_the_site_says_so(house: House) -> None:
    decide(house, without_consent="anonymise")
    house.post(house.event(user_id="ada"), house.event(user_id="bob", consent={"analytics": True}))
    assert [event.user_id for event in house.events()] == ["", "bob"]


def test_without_consent_events_are_dropped_but_for_the_shops_own_records(house: House) -> None:
    decide(house, without_consent="drop")
    order = house.event(type="order", order_id="o1", revenue=4, currency="EUR", user_id="ada")
    mark = house.event(type="mark", name="note", message="sale")
    house.post(
        house.event(user_id="ada"), order, mark, house.event(user_id="bob", consent={"analytics": True})
    )
    assert [(event.type, event.user_id) for event in house.events()] == [
        ("order", ""), ("mark", ""), ("page_view", "bob"),
    ]  # fmt: skip
    assert house.counted()["no_consent"] == 1


@pytest.mark.parametrize("unasked", ["keep", "drop"])
def test_a_page_view_of_who_was_asked_and_agreed_says_so(house: House, unasked: str) -> None:
    decide(house, without_consent=unasked)
    asked = [
        {"analytics": True},
        {"marketing": False, "analytics": True},
        {"analytics": False},
        {"marketing": True},
        {},
    ]
    house.post(
        *(house.event(props={"a": 1}, consent=one) for one in asked),
        house.event(type="track", consent=asked[0]),
    )
    told = [json.loads(event.props or "{}") for event in house.events()]
    assert [one.get("consent") for one in told] == ["given", "given", None, None, None, None]
    assert told[0]["a"] == 1


@pytest.mark.parametrize(
    ("place", "kept"), [("region", ("CZ", "CZ-10")), ("country", ("CZ", "")), ("none", ("", ""))]
)
def test_no_finer_place_is_kept_than_the_site_says(house: House, place: str, kept: tuple[str, str]) -> None:
    decide(house, place=place)
    house.post(house.event(country="CZ", region="CZ-10"))
    assert [(event.country, event.region) for event in house.events()] == [kept]


def test_parameters_of_addresses_that_the_site_allows_are_kept(house: House) -> None:
    decide(house, kept_query=("sort",))
    house.post(house.event(url="https://shop.example/list?sort=price&token=s3cret"))
    assert house.events()[0].props == '{"query.sort":"price"}'


def test_times_before_the_sites_retention_are_refused(house: House) -> None:
    decide(house, retention_days=30)
    house.post(house.event(time=NOW - 29 * DAY), house.event(time=NOW - 31 * DAY))
    assert len(house.events()) == 1
    assert house.counted()["too_old"] == 1


def test_a_retention_beyond_the_installations_keeps_no_longer(house: House) -> None:
    assert SiteRules(retention_days=4000).days(395) == 395
    assert UNDECIDED.days(395) == 395


def test_a_parameter_that_is_none_is_refused_in_one_sentence(house: House) -> None:
    with pytest.raises(InvalidInput, match="'a b' is not"):
        decide(house, kept_query=("a b",))


@pytest.mark.parametrize(
    ("address", "kept"),
    [
        ("203.0.113.9", "internal"),
        ("::ffff:203.0.113.9", "internal"),
        ("2001:db8::7", "internal"),
        ("203.0.114.9", ""),
    ],
)
def test_visits_from_networks_of_the_sites_own_people_are_internal(
    open_house: Callable[..., House], address: str, kept: str
) -> None:
    house = open_house(trusted_proxies="127.0.0.0/8")
    decide(house, internal_networks=("203.0.113.0/24", "2001:db8::/48"))
    house.post(house.event(), user_agent=BROWSER, x_forwarded_for=address)
    house.post(house.event(ip=address, path="/told"))
    assert [event.device_class for event in house.events()] == [kept, kept]


def test_the_address_of_a_server_that_passes_on_events_makes_no_customer_internal(
    open_house: Callable[..., House],
) -> None:
    house = open_house(trusted_proxies="127.0.0.0/8")
    decide(house, internal_networks=("203.0.113.0/24",))
    house.post(house.event(), user_agent="python-requests/2.32", x_forwarded_for="203.0.113.9")
    house.post(
        house.event(ip="198.51.100.1", path="/told"), user_agent=BROWSER, x_forwarded_for="203.0.113.9"
    )
    assert [event.device_class for event in house.events()] == ["", ""]


class Sometimes:
    """Rules that can be read, or not."""

    def __init__(self) -> None:
        self.broken = False
        self.read = 0
        self.now = 0.0

    def __call__(self) -> dict[str, SiteRules]:
        self.read += 1
        if self.broken:
            raise OperationalError("", {}, Exception("away"))
        return {"s": SiteRules(place="none")}


def test_rules_are_remembered_for_seconds_and_for_as_long_as_they_cannot_be_read() -> None:
    source = Sometimes()
    rules = RulesOfSites(source, lambda: source.now)
    assert (rules.of("s").place, rules.of("other"), source.read) == ("none", UNDECIDED, 1)
    source.now, source.broken = MEMORY_SECONDS, True
    assert (rules.of("s").place, source.read) == ("none", 2)


def test_nothing_is_taken_before_the_rules_were_read_once() -> None:
    source = Sometimes()
    source.broken = True
    with pytest.raises(Unavailable):
        RulesOfSites(source).of("s")
