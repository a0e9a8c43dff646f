"""A period in which nothing came is not a site that never began."""

from dataclasses import replace

import httpx
from tests.web.desks import BUSY, Doors, served
from tests.web.markup import Page

from afterclick import web
from afterclick.pages import dashboard


def answer_of(url: str, path: str) -> str:
    return Page(httpx.get(url + path).text).by_class("answer")[0].text.strip()


def test_a_quiet_period_of_a_site_that_has_begun_is_no_lesson_in_setting_up(empty_desk: web.Desk) -> None:
    begun = replace(empty_desk, health=Doors(BUSY))
    with served(dashboard(begun), begun.live) as url:
        asked = httpx.get(f"{url}/?from=2025-01-01&to=2025-01-02").text
        assert "Nothing to show before the first visit" not in asked
        said = answer_of(url, "/?from=2025-01-01&to=2025-01-02")
        assert said == "No visit was received from 2025-01-01 to 2025-01-02; check the connection."
        assert answer_of(url, "/").startswith("No visit was received in the last 7 days;")
