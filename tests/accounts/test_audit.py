"""The audit log: who did what to what."""

import hashlib
from concurrent.futures import ThreadPoolExecutor
from dataclasses import astuple, replace

import msgspec
import pytest
from sqlalchemy import Engine, text
from sqlalchemy.exc import DatabaseError

from afterclick.accounts.audit import Asked, Audit
from afterclick.accounts.policy import Role
from afterclick.accounts.viewer import THIS_MACHINE, with_roles

ANNA = with_roles("member", "p1", "anna@shop.example", {"*": Role.ADMINISTRATOR})


@pytest.fixture
def audit(control: Engine) -> Audit:
    times = iter(range(1000, 1_000_000, 1000))
    return Audit(control, lambda: next(times))


def test_an_entry_says_who_did_what_to_what_where_and_when(audit: Audit) -> None:
    audit.record(ANNA, "key.create", "ac_1234", "shop", "first key")
    [entry] = audit.read()
    assert (entry.number, entry.time, entry.kind, entry.who, entry.name) == (
        1,
        1000,
        "member",
        "p1",
        ANNA.name,
    )
    assert (entry.action, entry.target, entry.site, entry.detail) == (
        "key.create",
        "ac_1234",
        "shop",
        "first key",
    )


def test_the_log_is_read_page_by_page_newest_first(audit: Audit) -> None:
    for number in range(5):
        audit.record(ANNA, "visit.view", str(number))
    assert [entry.target for entry in audit.read(limit=2)] == ["4", "3"]
    assert [entry.target for entry in audit.read(before=4, limit=2)] == ["2", "1"]
    assert [entry.target for entry in audit.every()] == ["4", "3", "2", "1", "0"]


def test_the_log_is_filtered_by_who_what_when_and_site(audit: Audit) -> None:
    audit.record(ANNA, "key.create", "ac_1", "shop")
    audit.record(THIS_MACHINE, "key.revoke", "ac_1", "shop")
    audit.record(ANNA, "signin.fail", "50%_off", "")

    def found(**asked: str | int) -> list[int]:
        return [entry.number for entry in audit.read(Asked(**asked))]  # pyright: ignore[reportArgumentType]

    assert found(who="ANNA@") == [3, 1]
    assert found(who="local") == [2]
    assert found(action="key.") == [2, 1]
    assert found(target="50%_") == [3]
    assert found(target="5%") == []
    assert found(site="shop") == [2, 1]
    assert found(since=2000, until=3000) == [2]
    assert [entry.number for entry in audit.read(Asked(sites=frozenset({"shop"})))] == [2, 1]
    assert audit.read(Asked(sites=frozenset())) == []


def test_an_entry_is_neither_changed_nor_deleted(audit: Audit, control: Engine) -> None:
    audit.record(ANNA, "key.create", "ac_1")
    for statement in ("UPDATE audit SET name = 'nobody'", "DELETE FROM audit"):
        with pytest.raises(DatabaseError, match="only grows"), control.begin() as connection:
            connection.execute(text(statement))
    assert audit.verify().rows == 1


@pytest.mark.parametrize(
    "tampering",
    [
        *(
            f"UPDATE audit SET {column} = 'other' WHERE number = 2"
            for column in ("kind", "who", "name", "action", "target", "site", "detail", "digest")
        ),
        "UPDATE audit SET time = time + 1 WHERE number = 2",
        "DELETE FROM audit WHERE number = 2",
    ],
)
def test_tampering_behind_the_triggers_shows_at_its_row(
    audit: Audit, control: Engine, tampering: str
) -> None:
    for number in range(4):
        audit.record(ANNA, "visit.view", str(number))
    whole = audit.verify()
    assert (whole.rows, whole.broken, whole.digest) == (4, None, audit.read()[0].digest)
    tamper(control, tampering)
    assert audit.verify().broken == 2


def test_a_row_changed_together_with_its_digest_shows_at_the_next_row(audit: Audit, control: Engine) -> None:
    for number in range(3):
        audit.record(ANNA, "visit.view", str(number))
    _, second, first = audit.read()
    fields = [*astuple(replace(second, name="nobody"))[:-1]]
    digest = hashlib.sha256(msgspec.json.encode([first.digest, *fields])).hexdigest()
    tamper(control, f"UPDATE audit SET name = 'nobody', digest = '{digest}' WHERE number = 2")
    assert audit.verify().broken == 3


def tamper(control: Engine, statement: str) -> None:
    """Change the table as somebody may who owns the database."""
    if control.dialect.name == "sqlite":
        triggers = ("DROP TRIGGER audit_no_UPDATE", "DROP TRIGGER audit_no_DELETE")
    else:
        triggers = ("DROP TRIGGER audit_only_grows ON audit",)
    with control.begin() as connection:
        for each in (*triggers, statement):
            connection.execute(text(each))


def test_entries_written_at_once_stand_in_one_chain(control: Engine) -> None:
    def record(number: int) -> None:
        Audit(control).record(ANNA, "visit.view", str(number))

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(record, range(40)))
    assert (Audit(control).verify().rows, Audit(control).verify().broken) == (40, None)


def test_hostile_texts_are_kept_as_far_as_they_fit(audit: Audit) -> None:
    audit.record(ANNA, "x" * 500, "a\0b\ud800" + "y" * 5000, "s" * 500, "z" * 5000)
    [entry] = audit.read()
    assert entry.target.startswith("ab?y")
    assert [len(part) for part in (entry.action, entry.target, entry.site, entry.detail)] == [
        64,
        256,
        64,
        1024,
    ]
    assert audit.verify().broken is None
