"""Free SQL shows a reader the columns that their role is for, whatever shape the question has."""

from uuid import uuid4

import pytest

from afterclick.accounts.policy import ROLES, Capability, Role
from afterclick.errors import InvalidInput
from afterclick.signals import Event
from afterclick.store.free_sql.readonly import TABLES
from afterclick.store.schema import catalogue
from afterclick.store.schema.records import events_table
from afterclick.store.schema.table import EVERY, Column
from afterclick.store.scope import Scope
from afterclick.store.store import Store

NOW = 1_780_000_000_000
SECRETS = {"money": "7777", "personal": "user-secret", "visits": "device-secret"}


@pytest.fixture
def shop(store: Store, site: str) -> str:
    """A site with one order of a known customer."""
    order = Event(
        site=site, event_id=str(uuid4()), type="order", time=NOW, received=NOW, session_id=str(uuid4()),
        session_start=NOW, device_id="device-secret", user_id="user-secret", order_id="user-secret-order",
        revenue=7777, value=7777, currency="EUR", props='{"who": "user-secret", "device": "device-secret"}',
    )  # fmt: skip
    store.insert("events", events_table([order]), order.event_id)
    return site


def reader(site: str, *permissions: str) -> Scope:
    return Scope(site, frozenset({"view", "query", *permissions}))


def test_the_permissions_are_capabilities() -> None:
    assert {Capability(one) for one in EVERY} == {Capability.MONEY, Capability.VISITS, Capability.PERSONAL}


def test_every_column_of_every_table_is_decided_about() -> None:
    """`props` may hold anything, so it takes every permission; no other column does for want of a decision."""
    undecided = {
        f"{table}.{column.name}"
        for table in TABLES
        for column in catalogue.table(table).columns
        if column.needs == EVERY
    }
    assert undecided == {"events.props"}


def test_a_column_that_nobody_decided_about_needs_every_permission() -> None:
    assert Column("something_new", "String").needs == EVERY


@pytest.mark.parametrize("missing", sorted(SECRETS))
@pytest.mark.parametrize("table", sorted(TABLES))
def test_what_a_role_may_not_see_is_in_no_row_of_any_table(
    store: Store, shop: str, table: str, missing: str
) -> None:
    held = reader(shop, *(EVERY - {missing}))
    rows = store.read_only(held, f"SELECT * FROM {table}").to_pylist()
    assert SECRETS[missing] not in str(rows)


def test_the_rows_hold_it_for_who_may_see_it(store: Store, shop: str) -> None:
    rows = str(store.read_only(reader(shop, *EVERY), "SELECT * FROM events").to_pylist())
    assert all(secret in rows for secret in SECRETS.values())


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT revenue FROM events",
        "SELECT e.revenue FROM events AS e",
        "SELECT sum(revenue) FROM session_felt",
        "SELECT count() FROM events WHERE revenue > 7000",
        "SELECT count() FROM events GROUP BY user_id",
        "SELECT 1 FROM events ORDER BY user_id",
        "WITH all AS (SELECT * FROM events) SELECT revenue FROM all",
        "SELECT 1 FROM events AS a JOIN events AS b USING (revenue)",
        "SELECT 1 FROM events AS a JOIN orders AS b ON a.time = b.time AND b.revenue > 7000",
        "SELECT (SELECT max(revenue) FROM events)",
        "SELECT tupleElement(tuple(*), 'revenue') FROM events",
        "SELECT COLUMNS('revenue') FROM events",
        "SELECT events.props.who FROM events",
        "SELECT * REPLACE (revenue AS type) FROM events",
    ],
)
def test_a_hidden_column_cannot_be_named_in_any_place_of_a_query(store: Store, shop: str, sql: str) -> None:
    try:
        rows = store.read_only(reader(shop), sql).to_pylist()
    except InvalidInput:
        return
    assert "7777" not in str(rows)
    assert "user-secret" not in str(rows)
    pytest.fail(f"answered {rows}")


@pytest.mark.parametrize("role", [role for role in Role if Capability.QUERY in ROLES[role]])
def test_each_role_that_may_ask_counts_views_by_step(store: Store, shop: str, role: Role) -> None:
    scope = Scope(shop, frozenset(ROLES[role]))
    assert store.read_only(scope, "SELECT type, count() AS n FROM events GROUP BY type").num_rows == 1
