import asyncio

import httpx
import pytest
from tests.web.desks import served

from afterclick import web
from afterclick.accounts.policy import Role
from afterclick.accounts.viewer import NOBODY, THIS_MACHINE, Viewer, with_roles
from afterclick.pages import dashboard
from afterclick.web.live import stream


def notice(site: str, sentence: str) -> web.Notice:
    return web.Notice(kind="problem", site=site, sentence=sentence, problem_id="p1")


def test_a_new_problem_reaches_an_open_page_of_its_site_only(empty_desk: web.Desk) -> None:
    site, live = empty_desk.scope.site, empty_desk.live
    assert isinstance(live, web.Broadcaster)
    with (
        served(dashboard(empty_desk), live) as url,
        httpx.stream("GET", f"{url}/live", timeout=30) as reply,
    ):
        lines = reply.iter_lines()
        assert reply.headers["content-type"].startswith("text/event-stream")
        assert next(lines) == "retry: 2000"
        live.tell(notice("another", "Not for this page."))
        live.tell(notice(site, "Payment fails."))
        heard = [next(lines) for _ in range(3)]
    assert heard[1] == "event: problem"
    assert '"sentence":"Payment fails."' in heard[2]


def test_an_unknown_site_has_no_stream(empty: httpx.Client) -> None:
    assert empty.get("/live?site=elsewhere").status_code == 404


def test_a_listener_that_falls_behind_loses_the_oldest_and_costs_no_more_memory() -> None:
    async def flood() -> list[str]:
        live = web.Broadcaster()
        listening = live.listen()
        first = asyncio.ensure_future(anext(listening))
        await asyncio.sleep(0)
        for number in range(250):
            live.tell(notice("s", str(number)))
        heard = [(await first).sentence]
        live.close()
        return heard + [one.sentence async for one in listening]

    heard = asyncio.run(flood())
    assert len(heard) <= 101
    assert heard[-1] == "249"


def test_a_stream_ends_when_the_app_stops(empty_desk: web.Desk) -> None:
    live = empty_desk.live
    assert isinstance(live, web.Broadcaster)

    async def read() -> list[bytes]:
        parts = list[bytes]()
        async for part in stream(empty_desk, empty_desk.scope.site, lambda: THIS_MACHINE):
            parts.append(part)
            asyncio.get_running_loop().call_later(0.05, live.close)
        return parts

    assert asyncio.run(asyncio.wait_for(read(), 10)) == [b"retry: 2000\n\n"]


@pytest.mark.parametrize("n", [1, 3])
def test_every_listener_hears_every_notice(n: int) -> None:
    async def hear() -> list[str]:
        live = web.Broadcaster()
        listeners = [live.listen() for _ in range(n)]
        waiting = [asyncio.ensure_future(anext(one)) for one in listeners]
        await asyncio.sleep(0)
        await asyncio.to_thread(live.tell, notice("s", "hear"))
        return [(await one).sentence for one in waiting]

    assert asyncio.run(hear()) == ["hear"] * n


def heard_by(desk: web.Desk, *listeners: Viewer) -> list[bytes]:
    """What a stream says when a notice is told while each of the listeners, in turn, stands behind it."""
    live, site, left = desk.live, desk.scope.site, list(listeners)
    assert isinstance(live, web.Broadcaster)

    async def read() -> list[bytes]:
        parts = list[bytes]()
        async for part in stream(desk, site, lambda: left.pop(0)):
            parts.append(part)
            live.tell(notice(site, "Payment loses €100."))
        return parts[1:]

    return asyncio.run(asyncio.wait_for(read(), 10))


def test_a_stream_ends_when_its_listener_loses_the_site(empty_desk: web.Desk) -> None:
    assert len(heard_by(empty_desk, THIS_MACHINE, NOBODY)) == 1


def test_who_may_not_see_money_hears_of_a_problem_without_its_sentence(empty_desk: web.Desk) -> None:
    engineer = with_roles("member", "p", "p", {empty_desk.scope.site: Role.ENGINEERING})
    (said,) = heard_by(empty_desk, engineer, NOBODY)
    assert b"event: problem" in said
    assert b"100" not in said
