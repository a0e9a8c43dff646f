"""What pages say of a problem that a wider one took in: that it goes on, and where it is counted."""

from dataclasses import replace

import httpx
from tests.web.desks import Book, served
from tests.web.shopfront import NOW
from tests.web.troubles import a_problem

from afterclick import web
from afterclick.pages import dashboard
from afterclick.resolve import Merged


def test_a_merged_problem_links_to_the_one_that_took_it_in_and_nowhere_says_that_it_ended(
    empty_desk: web.Desk,
) -> None:
    site = empty_desk.scope.site
    host = a_problem(site, id="wide", segment={})
    into = Merged(into="wide", at=NOW - 60_000, signal="slow", segment={})
    part = a_problem(site, id="narrow", status="merged", merged=into)
    desk = replace(empty_desk, problems=Book([host, part]))
    with served(dashboard(desk), desk.live) as url:
        page = httpx.get(f"{url}/problems/narrow").text
        listed = httpx.get(f"{url}/problems").text
        told = httpx.get(f"{url}/api/v1/problems/narrow").json()
    assert '<a href="/problems/wide" class="strong">Payment is slow</a>' in page
    assert "it has not ended, but is part of" in page
    assert "Part of “Payment is slow”, and counted there" in listed
    assert ">Closed</h2>" not in listed
    for html in (page, listed):
        assert "lost" not in html.split('id="live-part"')[1].split('id="worth"')[0].split("<ol")[0]
    assert (told["status"], told["merged"]["into"], told["closed"]) == ("merged", "wide", None)
