"""While visits of before carry labels of the version before, the pages say so; and where rules are made, from when on
they count.
"""

from dataclasses import replace

import httpx
from tests.web.desks import served
from tests.web.shopfront import NOW

from afterclick import web
from afterclick.pages import dashboard
from afterclick.pages.settings.system.context import system_page
from afterclick.store.rollups.outdated import Outdated
from afterclick.visits.routes import LearnedRoute
from afterclick.web.vitals import NothingKnown, Vitals

MARCH = 1_772_323_200_000
SAYS = "Visits before 1 March 2026 still carry labels of the version before; 2 months to go."


class Knows(NothingKnown):
    """Operations of an installation with older visits, or none."""

    def __init__(self, found: Outdated | None) -> None:
        self._found = found

    def outdated(self) -> Outdated | None:
        return self._found


def shown(desk: web.Desk, path: str, found: Outdated | None) -> httpx.Response:
    asked = replace(desk, operations=Knows(found))
    with served(dashboard(asked), asked.live) as url:
        return httpx.get(f"{url}{path}", timeout=60)


def test_data_quality_says_which_visits_still_carry_older_labels_and_nothing_once_all_are_anew(
    shop_desk: web.Desk,
) -> None:
    assert SAYS in shown(shop_desk, "/quality", Outdated(2, MARCH)).text
    assert "Older visits" not in shown(shop_desk, "/quality", None).text


def test_programs_are_told_the_same(shop_desk: web.Desk) -> None:
    told = shown(shop_desk, "/api/v1/quality", Outdated(2, MARCH)).json()["outdated"]
    assert told == {"months": 2, "before": MARCH}
    assert shown(shop_desk, "/api/v1/quality", None).json()["outdated"] is None


def test_the_system_page_says_it_too() -> None:
    def facts(found: Outdated | None) -> dict[str, str]:
        return {fact.name: fact.note for fact in system_page(Vitals(outdated=found), NOW).facts}

    assert facts(Outdated(2, MARCH))["Older visits"].startswith(SAYS)
    assert "Older visits" not in facts(None)


def test_the_page_that_tells_how_to_write_a_rule_for_routes_says_from_when_on_it_counts(
    shop_desk: web.Desk,
) -> None:
    routes = (LearnedRoute("/p/:slug", "structure", (), "/p/* -> ="),)

    def learned(_: str) -> tuple[LearnedRoute, ...]:
        return routes

    told = shown(replace(shop_desk, routes=learned), "/quality", None).text
    assert "A rule counts from that restart on" in told
    assert "page views stored before keep the route that they had" in told
