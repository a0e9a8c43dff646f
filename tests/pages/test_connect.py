from afterclick.accounts import Site
from afterclick.pages.connect.context import DOORS, connect
from afterclick.web.intake import Intake

NOW = 1_780_000_000_000
KEY, COLLECTOR = "ac_0123", "https://in.example.com"
SHOP = Site("shop", "Tent & Trail", "EUR", "UTC")


class Came:
    """Two doors were used."""

    def intake(self, site: str, since: int) -> Intake:
        doors = {"events": NOW - 3_000, "segment": NOW - 7_200_000}
        return Intake(accepted={"events": 1200, "segment": 7}, doors=doors, last_received=NOW - 3_000)


def test_every_door_says_when_it_last_took_something_and_how_much() -> None:
    page = connect(SHOP, KEY, COLLECTOR, Came(), NOW)
    lines = {line.name: (line.last, line.records) for line in page.doors}
    assert lines["Browser SDK and our own JSON"] == ("3\u00a0s ago", "1,200")
    assert lines["Segment"] == ("2\u00a0h ago", "7")
    assert lines["Sentry"] == ("", "0")


def test_every_door_has_a_snippet_with_the_readers_own_key() -> None:
    page = connect(SHOP, KEY, COLLECTOR, Came(), NOW)
    texts = {snippet.id: snippet.text for snippet in page.snippets}
    for name in DOORS:
        text = texts[DOORS[name][1]]
        wanted = {"mark": [], "hooks": ['site = "shop"', "in.example.com/hooks/shop"]}
        assert all(part in text for part in wanted.get(name, [KEY, "in.example.com"])), name


def test_the_answer_calls_the_site_by_its_name_and_the_snippets_by_its_id() -> None:
    page = connect(SHOP, KEY, COLLECTOR, Came(), NOW)
    assert page.answer.text.startswith("Tent & Trail is connected")
    assert page.site == "shop"
