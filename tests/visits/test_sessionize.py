"""Visits and page views for clients that have none: the rules, and what befalls their memory."""

import sqlite3
import uuid
from collections.abc import Iterator
from pathlib import Path

import pyarrow as pa
import pytest
from tests.visits.visiting import (
    DAY,
    LINES,
    MINUTE,
    NOW,
    event,
    given_by,
    pages,
    table,
    visit_of_client,
    visits,
)

from afterclick.errors import Unavailable
from afterclick.store.drain.drain import Drain
from afterclick.store.erasure import PersonIds
from afterclick.store.spool.batch import Batch
from afterclick.store.spool.outlet import Outlet
from afterclick.store.spool.spool import Spool
from afterclick.visits import memory as visit_memory
from afterclick.visits.forgetting import VisitMemory
from afterclick.visits.sessionize import Sessionizer

OWN = "019e6d2f-b800-7abc-8def-0123456789ab"
PAGE = "00000000-0000-4000-8000-00000000000a"


class Hand:
    """A clock that stands still."""

    def __init__(self) -> None:
        self.now = NOW

    def __call__(self) -> int:
        return self.now


@pytest.fixture
def clock() -> Hand:
    return Hand()


@pytest.fixture
def sessionizer(tmp_path: Path, clock: Hand) -> Iterator[Sessionizer]:
    opened = Sessionizer(tmp_path, clock)
    yield opened
    opened.close()


def test_less_than_thirty_minutes_between_two_events_of_a_device_is_one_visit(
    sessionizer: Sessionizer,
) -> None:
    one, two, three = visits(
        sessionizer, event(0, device_id="d"), event(29.9, device_id="d"), event(60, device_id="d")
    )
    assert one == two != three


def test_devices_users_and_sites_do_not_share_a_visit(sessionizer: Sessionizer) -> None:
    several = [
        event(device_id="x"),
        event(user_id="x"),
        event(session_key="x"),
        event(device_id="x", site="t"),
    ]
    assert len(set(visits(sessionizer, *several))) == 4


def test_the_id_is_a_uuid7_of_the_first_event_and_the_same_in_every_installation(
    sessionizer: Sessionizer, tmp_path: Path
) -> None:
    first = event(0, device_id="d")
    [visit] = visits(sessionizer, first)
    assert (uuid.UUID(visit).version, uuid.UUID(visit).variant) == (7, uuid.RFC_4122)
    assert uuid.UUID(visit).int >> 80 == first.time
    elsewhere = Sessionizer(tmp_path / "elsewhere")
    assert visits(elsewhere, event(0, device_id="d"), first) == [visit, visit]
    elsewhere.close()


def test_rows_that_brought_their_visit_and_page_view_pass_untouched(
    sessionizer: Sessionizer, tmp_path: Path
) -> None:
    whole = event(
        device_id="d", session_id=OWN, session_start=int(OWN[:8] + OWN[9:13], 16), page_view_id=PAGE
    )
    rows = table([whole, event(type="mark", name="note"), event()])
    assert sessionizer.apply(rows) is rows
    with sqlite3.connect(tmp_path / visit_memory.FILE) as memory:
        assert memory.execute("SELECT count(*) FROM stretches").fetchone() == (0,)
    memory.close()


def test_a_visit_that_the_client_made_is_kept_and_does_not_join_another(sessionizer: Sessionizer) -> None:
    own, made = visits(sessionizer, event(0, device_id="d", session_id=OWN), event(1, device_id="d"))
    assert own == OWN
    assert made not in ("", OWN)


def test_which_user_is_in_a_visit_of_the_clients_own_is_learned_from_rows_that_pass_untouched(
    sessionizer: Sessionizer,
) -> None:
    own = visit_of_client(0)
    rows = table([event(0, "track", device_id="d", user_id="u", page_view_id=PAGE, **own)])
    assert sessionizer.apply(rows) is rows
    assert (
        visits(sessionizer, event(20, "order", user_id="u"), event(45, user_id="u"))
        == [own["session_id"]] * 2
    )
    assert (
        visits(sessionizer, event(80, user_id="u"), event(1, user_id="u", site="t"))
        != [own["session_id"]] * 2
    )


def test_what_a_server_told_of_a_user_stays_there_when_the_clients_visit_comes_later(
    sessionizer: Sessionizer,
) -> None:
    order, own = event(0, "order", user_id="u"), visit_of_client(-1)
    [alone] = visits(sessionizer, order)
    assert (
        visits(
            sessionizer, event(-1, "track", user_id="u", **own), event(1, "track", user_id="u", **own), order
        )[2]
        == alone
    )
    assert visits(sessionizer, event(2, user_id="u")) == [own["session_id"]]


def test_a_refund_of_a_clients_visit_tells_nothing_of_where_its_user_is(sessionizer: Sessionizer) -> None:
    own = visit_of_client(0)
    refund = event(1, "refund", order_id="1", revenue=5, currency="EUR", user_id="u", **own)
    assert own["session_id"] not in visits(sessionizer, refund, event(1, user_id="u"))[1:]


def test_a_user_id_that_many_clients_share_fills_no_memory(sessionizer: Sessionizer, tmp_path: Path) -> None:
    for second in range(120):
        sessionizer.apply(
            table(
                [
                    event(second / 60, "track", page_view_id=PAGE, user_id="u", **visit_of_client(0, n))
                    for n in range(5)
                ]
            )
        )
    with sqlite3.connect(tmp_path / visit_memory.FILE) as memory:
        assert memory.execute("SELECT count(*) FROM stretches").fetchone() == (1,)
    memory.close()


@pytest.mark.parametrize("by_user", [True, False])
def test_an_erased_persons_visits_of_their_clients_own_are_forgotten(
    sessionizer: Sessionizer, tmp_path: Path, by_user: bool
) -> None:
    own = visit_of_client(0)
    visits(sessionizer, event(0, "track", user_id="u", page_view_id=PAGE, **own))
    visit = str(own["session_id"])
    person = PersonIds(site="s", users=("u",)) if by_user else PersonIds(site="s", visits=(visit,))
    memory = VisitMemory(tmp_path)
    assert (memory.count(person), memory.remove(person), memory.count(person)) == (1, 1, 0)
    assert visits(sessionizer, event(1, user_id="u")) != [visit]


def test_marks_refunds_and_a_servers_identify_are_in_no_visit(sessionizer: Sessionizer) -> None:
    outside = [
        event(type="mark", name="note", device_id="d"),
        event(type="refund", order_id="1", revenue=5, currency="EUR", device_id="d"),
        event(type="identify", user_id="u"),
    ]
    assert visits(sessionizer, *outside, event(type="identify", device_id="d", user_id="u"))[:3] == [""] * 3
    assert all(visits(sessionizer, event(type="identify", device_id="e", user_id="u")))


def test_a_clients_own_session_is_one_visit_whatever_lies_between(sessionizer: Sessionizer) -> None:
    one, two, other = visits(
        sessionizer,
        event(0, session_key="k", device_id="d"),
        event(200, session_key="k", device_id="d"),
        event(1, session_key="l", device_id="d"),
    )
    assert one == two != other


def test_a_servers_event_of_a_user_joins_the_visit_that_the_users_device_is_in(
    sessionizer: Sessionizer,
) -> None:
    browser = [event(0, device_id="d", user_id="u"), event(50, device_id="d", user_id="u")]
    assert len(set(visits(sessionizer, browser[0], event(25, user_id="u"), browser[1]))) == 1


def test_a_servers_event_just_before_the_first_of_the_device_is_in_its_visit(
    sessionizer: Sessionizer,
) -> None:
    [server] = visits(sessionizer, event(0, user_id="u"))
    assert visits(sessionizer, event(1, device_id="d", user_id="u")) == [server]


def test_two_devices_of_one_user_are_two_visits(sessionizer: Sessionizer) -> None:
    phone, desk, phone_again = visits(
        sessionizer,
        event(0, device_id="phone", user_id="u"),
        event(1, device_id="desk", user_id="u"),
        event(2, device_id="phone"),
    )
    assert phone == phone_again != desk


def test_a_servers_event_joins_the_first_visit_of_a_user_who_is_active_on_two_devices(
    sessionizer: Sessionizer,
) -> None:
    phone, _, server = visits(
        sessionizer,
        event(0, device_id="phone", user_id="u"),
        event(25, device_id="desk", user_id="u"),
        event(50, user_id="u"),
    )
    assert server == phone


def test_an_event_that_comes_late_joins_the_visit_it_is_inside_or_just_before(
    sessionizer: Sessionizer,
) -> None:
    [first] = visits(sessionizer, event(0, device_id="d"))
    assert visits(sessionizer, event(20, device_id="d")) == [first]
    assert visits(sessionizer, event(10, device_id="d"), event(-29, device_id="d")) == [first, first]
    assert visits(sessionizer, event(-60, device_id="d")) != [first]


def test_a_visit_ends_after_a_day_so_that_a_machine_makes_no_endless_one(sessionizer: Sessionizer) -> None:
    beats = [event(20 * n, device_id="d") for n in range(24 * 3 * 3)]
    found = visits(sessionizer, *beats)
    assert 3 <= len(set(found)) <= 4


def test_page_views_get_an_id_and_what_follows_belongs_to_them(sessionizer: Sessionizer) -> None:
    first, second = event(1, "page_view", device_id="d"), event(3, "page_view", device_id="d")
    before, on_first, on_second = event(0, device_id="d"), event(2, device_id="d"), event(3, device_id="d")
    found = pages(sessionizer, on_second, second, on_first, first, before)
    assert found == [second.event_id, second.event_id, first.event_id, first.event_id, ""]
    assert pages(sessionizer, event(4, device_id="d")) == [second.event_id]


def test_a_page_view_id_that_the_client_sent_is_kept_and_followed(sessionizer: Sessionizer) -> None:
    told = event(0, "page_view", device_id="d", page_view_id=PAGE)
    assert pages(sessionizer, told, event(1, device_id="d")) == [PAGE, PAGE]


def test_in_a_visit_of_the_clients_own_page_views_get_ids_too(sessionizer: Sessionizer) -> None:
    shown, after = event(0, "page_view", session_id=OWN), event(1, session_id=OWN)
    assert given_by(sessionizer, shown, after) == {
        shown.event_id: (OWN, shown.event_id),
        after.event_id: (OWN, shown.event_id),
    }


def test_a_page_view_that_comes_late_takes_nothing_from_the_one_before(sessionizer: Sessionizer) -> None:
    first, between = event(0, "page_view", device_id="d"), event(2, device_id="d")
    late = event(1, "page_view", device_id="d")
    before = given_by(sessionizer, first, between)
    assert pages(sessionizer, late, event(3, device_id="d")) == [late.event_id, late.event_id]
    assert given_by(sessionizer, first, between) == before


def test_what_was_decided_before_a_crash_is_decided_again(tmp_path: Path) -> None:
    block = [event(5, device_id="d"), event(40, device_id="d")]
    dying = Sessionizer(tmp_path)
    before = visits(dying, *block)
    bridge = visits(dying, event(20, device_id="d"))  # the next block was decided too when the process died
    reborn = Sessionizer(tmp_path)
    assert visits(reborn, *block) == before
    assert bridge == before[:1]
    for one in (dying, reborn):
        one.close()


def test_visits_are_forgotten_after_eight_days(sessionizer: Sessionizer, clock: Hand, tmp_path: Path) -> None:
    visits(sessionizer, event(0, device_id="d"))
    clock.now += 9 * DAY + 1
    visits(sessionizer, event(0, device_id="e"))
    with sqlite3.connect(tmp_path / visit_memory.FILE) as memory:
        assert memory.execute("SELECT count(*) FROM stretches WHERE home != x''").fetchone() == (1,)
    memory.close()


def test_history_that_is_imported_block_by_block_keeps_its_visits(
    sessionizer: Sessionizer, clock: Hand
) -> None:
    [first] = visits(sessionizer, event(-300 * 1440, device_id="d"))
    clock.now += DAY
    assert visits(sessionizer, event(-300 * 1440 + 10, device_id="d")) == [first]


def test_a_memory_that_fails_holds_the_rows_back_and_sets_none_aside(tmp_path: Path) -> None:
    spool, outlet = Spool(tmp_path / "spool", 1 << 30), Outlet(tmp_path / "spool")
    taken: list[pa.Table] = []

    class Store:
        def insert(self, table: str, rows: pa.Table, token: str) -> None:
            if table == "events" and rows.num_rows:
                taken.append(rows)

    spool.write(
        [Batch("s", "events", "events", 20, LINES.encode_lines([event(n, device_id="d") for n in range(20)]))]
    )
    sessionizer = Sessionizer(tmp_path, patience=0.01)
    drain = Drain(outlet, Store(), [sessionizer.step])
    lock = sqlite3.connect(tmp_path / visit_memory.FILE, isolation_level=None)
    lock.execute("BEGIN IMMEDIATE")
    with pytest.raises(Unavailable, match="memory of visits"):
        drain.once()
    assert (outlet.depth().rows, outlet.aside("s"), taken) == (20, [], [])
    lock.execute("ROLLBACK")
    assert drain.once() == 20
    assert [rows.num_rows for rows in taken] == [20]
    for opened in (lock, sessionizer, outlet, spool):
        opened.close()


def test_a_visit_named_by_an_id_whose_time_is_wrong_begins_when_it_did_and_is_one_whoever_tells_it(
    sessionizer: Sessionizer,
) -> None:
    told_by_server = event(1, "order", session_id=OWN, session_start=int(OWN.replace("-", "")[:12], 16))
    browser, server, browser_again = visits(
        sessionizer, event(0, "page_view", session_key=OWN), told_by_server, event(2, session_key=OWN)
    )
    assert browser == server == browser_again != OWN
    assert int(browser.replace("-", "")[:12], 16) == NOW
    assert visits(sessionizer, event(3, session_id=OWN)) == [browser]


def test_that_an_id_has_a_wrong_time_is_known_after_a_restart_and_for_eight_days(
    sessionizer: Sessionizer, clock: Hand, tmp_path: Path
) -> None:
    (found,) = visits(sessionizer, event(session_key=OWN, device_id="d"))
    sessionizer.close()
    again = Sessionizer(tmp_path, clock)
    assert visits(again, event(1, session_id=OWN)) == [found]
    clock.now += 9 * DAY
    visits(again, event(device_id="e"))
    assert visits(again, event(2, session_id=OWN)) == [OWN]
    again.close()


def test_the_same_id_at_another_site_names_another_visit(sessionizer: Sessionizer) -> None:
    ours, theirs = visits(sessionizer, event(session_key=OWN), event(session_id=OWN, site="t"))
    assert ours != theirs


def test_a_visit_that_stands_under_its_own_id_stays_there_when_a_wrong_clock_names_it(tmp_path: Path) -> None:
    sessionizer = Sessionizer(tmp_path, begun=lambda named: {one for one in named if one.site == "s"})
    days = [event(day * DAY / MINUTE, session_key=OWN) for day in (0, 3)]
    assert visits(sessionizer, *days, event(1, session_id=OWN)) == [OWN] * 3
    assert visits(sessionizer, event(session_key=OWN, site="t")) != [OWN]
    sessionizer.close()


def test_a_refund_that_tells_such_an_id_is_in_no_visit(sessionizer: Sessionizer) -> None:
    assert visits(sessionizer, event(session_key=OWN), event(1, "refund", session_id=OWN))[1] == ""


def test_an_erased_persons_wrong_ids_are_forgotten(sessionizer: Sessionizer, tmp_path: Path) -> None:
    (found,) = visits(sessionizer, event(session_key=OWN, device_id="d"))
    person = PersonIds(site="s", devices=("d",), visits=(found,))
    VisitMemory(tmp_path).remove(person)
    with sqlite3.connect(tmp_path / "visits.db") as file:
        assert file.execute("SELECT count(*) FROM misdated").fetchone() == (0,)
