"""Identity over the real store: events in, people out."""

import random
import uuid
from typing import Any

import pytest
from hypothesis import given
from hypothesis import settings as limits
from hypothesis import strategies as st
from tests.customers.conftest import DAY, NOON, Keep, Visit, hashed
from tests.store.conftest import over_both

from afterclick.customers import Identity, Node, SqlCuts, person_of, persons, persons_by_bucket
from afterclick.signals import Event
from afterclick.store.engine.query import Statement
from afterclick.store.schema.records import events_table
from afterclick.store.scope import Scope
from afterclick.store.store import Store


def unique(store: Store, scope: Scope, since: int = NOON - DAY, until: int = NOON + DAY) -> int:
    return persons(store, scope, since, until)


def test_devices_of_one_user_are_one_person_also_before_the_sign_in(
    store: Store, scope: Scope, visit: Visit, keep: Keep, identity: Identity
) -> None:
    keep(visit("phone"), visit("laptop"), visit("stranger"))
    identity.run()
    assert unique(store, scope) == 3
    keep(visit("phone", "ada"), visit("laptop", "ada"))
    identity.run()
    assert unique(store, scope) == 2


@over_both
def test_a_late_merge_changes_yesterdays_people_without_rewriting_a_row(
    store: Store, scope: Scope, visit: Visit, keep: Keep, identity: Identity
) -> None:
    keep(visit("phone", at=-DAY), visit("laptop", at=-DAY))
    identity.run()
    yesterday = (NOON - DAY, NOON - DAY + 1000)
    assert unique(store, scope, *yesterday) == 2
    before = rows_of(store, scope)
    keep(visit("phone", "ada", at=5000), visit("laptop", "ada", at=6000))
    identity.run()
    assert unique(store, scope, *yesterday) == 1
    assert [row for row in rows_of(store, scope) if row["session_start"] in starts(before)] == before


def rows_of(store: Store, scope: Scope) -> list[dict[str, Any]]:
    """What stands in the visits' rows of identity."""
    sql = """
        SELECT session_start, session_id, who, node FROM sessions
        WHERE site = {site:String} ORDER BY session_start, session_id
    """
    return store.arrow(scope, Statement("rows", sql)).to_pylist()


def starts(rows: list[dict[str, Any]]) -> set[object]:
    return {row["session_start"] for row in rows}


def test_alias_joins_two_users_and_a_device_that_was_known_before(
    store: Store, scope: Scope, visit: Visit, keep: Keep, identity: Identity
) -> None:
    keep(visit("d1", "old"), visit("d2", "new"), visit("d3"))
    identity.run()
    assert unique(store, scope) == 3
    keep(visit("", "new", props={"previous_id": "old"}))
    identity.run()
    assert unique(store, scope) == 2
    keep(visit("", "new", props={"previous_id": "d3"}))
    identity.run()
    assert unique(store, scope) == 1


def test_users_with_one_e_mail_address_are_one_person_however_it_is_written(
    store: Store, scope: Scope, visit: Visit, keep: Keep, identity: Identity
) -> None:
    keep(
        visit("d1", "shop-1", props={"email_hash": hashed("Ada@example.org")}),
        visit("d2", "app-9", props={"email_hash": hashed("ada@example.org ").upper()}),
    )
    identity.run()
    assert unique(store, scope) == 1


@pytest.mark.parametrize("worthless", [hashed(""), "", "ada@example.org", "[email]", "none"])
def test_what_is_no_hash_of_an_address_joins_nobody(
    store: Store, scope: Scope, visit: Visit, keep: Keep, identity: Identity, worthless: str
) -> None:
    props = {"email_hash": worthless}
    keep(visit("d1", "a", props=props), visit("d2", "b", props=props))
    identity.run()
    assert unique(store, scope) == 2


@pytest.mark.parametrize("nobody", ["null", "Guest", "undefined", "0"])
def test_an_id_that_stands_for_nobody_joins_nobody(
    store: Store, scope: Scope, visit: Visit, keep: Keep, identity: Identity, nobody: str
) -> None:
    keep(visit("d1", nobody), visit("d2", nobody))
    identity.run()
    assert unique(store, scope) == 2


@pytest.mark.parametrize("nobody", ["bot", "program"])
def test_a_bot_that_carries_the_ids_of_people_joins_none_of_them(
    store: Store, scope: Scope, visit: Visit, keep: Keep, identity: Identity, nobody: str
) -> None:
    keep(visit("d1"), visit("d2", "ada"), visit("d1", "ada", device_class=nobody))
    identity.run()
    assert unique(store, scope) == 2


def test_a_shared_device_never_makes_two_signed_in_people_one(
    store: Store, scope: Scope, visit: Visit, keep: Keep, identity: Identity
) -> None:
    first, second = visit("tablet", "ada"), visit("tablet", "bob")
    alone, elsewhere = visit("tablet"), visit("phone", "ada")
    keep(first, second, alone, elsewhere)
    identity.run()
    whose = [number(store, scope, event) for event in (first, second, alone, elsewhere)]
    assert whose[0] == whose[3]
    assert len(set(whose)) == unique(store, scope) == 3


def number(store: Store, scope: Scope, event: Event) -> int:
    person = person_of(store, scope, event.session_id)
    assert person is not None
    return person.number


def test_a_visit_belongs_to_the_user_who_signs_in_during_it_also_on_a_shared_device(
    store: Store, scope: Scope, visit: Visit, keep: Keep, identity: Identity
) -> None:
    browsed = visit("tablet")
    signed_in = visit("tablet", "ada", session_id=browsed.session_id)
    other, own = visit("tablet", "bob"), visit("phone", "ada")
    keep(browsed)
    identity.run()
    keep(signed_in, other, own)
    identity.run()
    assert number(store, scope, browsed) == number(store, scope, own)
    assert unique(store, scope) == 2


@over_both
def test_unmerge_parts_what_an_alias_joined_and_mending_joins_it_again(
    store: Store, scope: Scope, visit: Visit, keep: Keep, identity: Identity, cuts: SqlCuts
) -> None:
    keep(visit("d1", "old"), visit("d2", "new", props={"previous_id": "old"}))
    identity.run()
    assert unique(store, scope) == 1
    cuts.cut(scope.site, Node("user", "new"), Node("user", "old"), NOON)
    assert identity.run()
    assert unique(store, scope) == 2
    cuts.mend(scope.site, Node("user", "old"), Node("user", "new"))
    identity.run()
    assert unique(store, scope) == 1


def test_a_device_can_be_parted_from_a_user(
    store: Store, scope: Scope, visit: Visit, keep: Keep, identity: Identity, cuts: SqlCuts
) -> None:
    keep(visit("phone"), visit("phone", "ada"))
    identity.run()
    assert unique(store, scope) == 1
    cuts.cut(scope.site, Node.parse("user:ada"), Node.parse("device:phone"), NOON)
    identity.run()
    assert unique(store, scope) == 2


def test_the_same_events_again_change_nobody(
    store: Store, scope: Scope, visit: Visit, keep: Keep, identity: Identity
) -> None:
    events = [visit("phone"), visit("phone", "ada"), visit("laptop", "ada"), visit("other")]
    keep(*events)
    identity.run()
    whose = [number(store, scope, event) for event in events]
    keep(*reversed(events))
    assert not identity.run()
    assert [number(store, scope, event) for event in events] == whose
    assert unique(store, scope) == 2


def test_sites_do_not_share_people(store: Store, visit: Visit, keep: Keep, identity: Identity) -> None:
    here, there = f"site-{uuid.uuid4().hex[:12]}", f"site-{uuid.uuid4().hex[:12]}"
    keep(visit("phone", "ada", site=here), visit("phone", "bob", site=there))
    identity.run()
    assert unique(store, Scope(here)) == unique(store, Scope(there)) == 1


def test_a_visit_of_nobody_counts_for_no_person(
    store: Store, scope: Scope, visit: Visit, keep: Keep, identity: Identity
) -> None:
    nobody, bot = visit(), visit("crawler", device_class="bot")
    keep(nobody, bot)
    identity.run()
    assert unique(store, scope) == 0
    assert person_of(store, scope, nobody.session_id) is None


@over_both
def test_rebuilt_visits_keep_their_people(
    store: Store, scope: Scope, visit: Visit, keep: Keep, identity: Identity
) -> None:
    keep(visit("phone"), visit("phone", "ada"), visit("other"))
    identity.run()
    store.rebuild(NOON, NOON + 1)
    assert unique(store, scope) == 2
    identity.run()
    assert unique(store, scope) == 2


def test_people_of_a_period_and_the_one_before_count_once_in_each(
    store: Store, scope: Scope, visit: Visit, keep: Keep, identity: Identity
) -> None:
    keep(
        visit("d", at=-DAY),
        visit("d", at=0),
        visit("d", "ada", at=10),
        visit("e", "ada", at=20),
        visit("f", at=10),
    )
    identity.run()
    found = persons_by_bucket(
        store, scope, [NOON - DAY, NOON, NOON + 10], NOON, NOON - DAY + 1000, NOON + DAY
    )
    assert {(one.bucket, one.half): one.persons for one in found} == {
        (0, 1): 2,
        (0, 2): 1,
        (NOON - DAY, 0): 1,
        (NOON, 0): 1,
        (NOON + 10, 0): 2,
    }


def test_a_persons_visits_devices_and_users_are_told(
    store: Store, scope: Scope, visit: Visit, keep: Keep, identity: Identity
) -> None:
    one = visit("phone", at=5)
    keep(one, visit("phone", "ada", at=10), visit("laptop", "ada", at=20), visit("other"))
    identity.run()
    person = person_of(store, scope, one.session_id)
    assert person is not None
    assert (person.visits, person.devices, person.users) == (3, 2, 1)
    assert (person.first, person.last) == (NOON + 5, NOON + 20)


def test_people_can_be_asked_for_in_ones_own_sql(
    store: Store, scope: Scope, visit: Visit, keep: Keep, identity: Identity
) -> None:
    keep(visit("phone"), visit("phone", "ada"), visit("other"))
    identity.run()
    answer = store.read_only(scope, "SELECT uniqExact(person) AS people FROM session_person")
    assert answer.to_pylist() == [{"people": 2}]


def test_a_history_is_numbered_period_by_period_and_every_device_once(
    store: Store, scope: Scope, visit: Visit, keep: Keep, identity: Identity, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("afterclick.store.rollups.identity.SLICE", 3)
    hour = 3_600_000
    keep(
        *[visit(f"d{n % 5}", at=n * hour - DAY // 2) for n in range(11)],
        visit("d0", "ada"),
        visit("d1", "ada"),
    )
    assert len(store.identity.stale_stretches()) >= 4
    identity.run()
    assert store.identity.stale_stretches() == []
    assert unique(store, scope) == 4
    numbers = {row["who"]: row["node"] & 0xFFFFFFFF for row in rows_of(store, scope) if row["who"]}
    assert len(set(numbers.values())) == len(numbers) == 6


@limits(max_examples=8)
@given(seed=st.integers(0, 1_000_000))
def test_any_order_and_split_of_deliveries_gives_the_same_people(
    store: Store, identity: Identity, visit: Visit, seed: int
) -> None:
    chance = random.Random(seed)
    drawn = [story(chance) for _ in range(14)]
    counts = [
        delivered(store, identity, [visit(**one, site=site) for one in chance.sample(drawn, len(drawn))])
        for site in (f"site-{uuid.uuid4().hex[:12]}", f"site-{uuid.uuid4().hex[:12]}")
    ]
    assert counts[0] == counts[1]


def story(chance: random.Random) -> dict[str, Any]:
    told: dict[str, Any] = {"device": chance.choice(["", "d1", "d2", "d3", "d4"])}
    if chance.random() < 0.5:
        told["user"] = chance.choice(["u1", "u2", "u3"])
        told["props"] = chance.choice(
            [{}, {"previous_id": chance.choice(["u1", "d4"])}, {"email_hash": "ab" * 32}]
        )
    return told


def delivered(store: Store, identity: Identity, events: list[Event]) -> int:
    for half in (events[:7], events[7:], events[:3]):
        store.insert("events", events_table(half), uuid.uuid4().hex)
        identity.run()
    return unique(store, Scope(events[0].site))
