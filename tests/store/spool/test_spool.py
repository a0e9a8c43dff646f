"""The spool: what it keeps, in which order, within which budget."""

import asyncio
import threading
from collections.abc import Sequence
from pathlib import Path

import pytest

from afterclick.drops import Drop, DropReason
from afterclick.errors import Unavailable
from afterclick.store.spool.batch import Aside, Batch, Tally
from afterclick.store.spool.outlet import Outlet
from afterclick.store.spool.spool import Spool

MINUTE = 1_780_000_020_000


def batch(body: bytes, rows: int = 1, *drops: Drop) -> Batch:
    return Batch("shop", "events", "events", rows, body, drops)


def drop(reason: DropReason, rows: int) -> Drop:
    return Drop(site="shop", door="events", reason=reason, rows=rows, time=MINUTE)


async def append_all(spool: Spool, batches: list[Batch]) -> None:
    await asyncio.gather(*(spool.append(one) for one in batches))


def test_what_was_appended_is_read_back_in_order_and_forgotten_when_finished(tmp_path: Path) -> None:
    spool, outlet = Spool(tmp_path, 1 << 30), Outlet(tmp_path)
    bodies = [b"%d\n" % number for number in range(200)]
    asyncio.run(append_all(spool, [batch(body) for body in bodies]))
    group = outlet.take("events", 0, 1000)
    assert group is not None
    assert b"".join(group.bodies) == b"".join(bodies)
    assert outlet.unfinished() == [group]
    outlet.finish(group)
    assert (outlet.unfinished(), outlet.take("events", 0, 1000), outlet.depth().rows) == ([], None, 0)
    spool.close()
    outlet.close()


def test_a_group_keeps_its_token_and_rows_over_a_restart_while_more_arrives(tmp_path: Path) -> None:
    spool, outlet = Spool(tmp_path, 1 << 30), Outlet(tmp_path)
    spool.write([batch(b"1\n")])
    before = outlet.take("events", 0, 10)
    outlet.close()
    spool.write([batch(b"2\n")])
    again = Outlet(tmp_path)
    assert again.unfinished() == [before]
    spool.close()
    again.close()


def test_a_group_holds_whole_batches_up_to_its_limit_and_at_least_one(tmp_path: Path) -> None:
    spool, outlet = Spool(tmp_path, 1 << 30), Outlet(tmp_path)
    for rows in (3, 3, 3, 50):
        spool.write([batch(b"x\n" * rows, rows)])
    after, sizes = 0, list[int]()
    while group := outlet.take("events", after, 7):
        after = group.last
        sizes.append(group.rows)
    assert sizes == [6, 3, 50]
    spool.close()
    outlet.close()


def test_over_its_budget_it_refuses_until_it_is_drained(tmp_path: Path) -> None:
    spool, outlet = Spool(tmp_path, 3_000_000), Outlet(tmp_path)
    big = batch(b"x" * 1_000_000 + b"\n")

    async def fill() -> int:
        taken = 0
        while True:
            await spool.append(big)
            taken += 1

    with pytest.raises(Unavailable) as refusal:
        asyncio.run(fill())
    assert refusal.value.retry_after == 30
    group = outlet.take("events", 0, 1000)
    assert group is not None
    assert 1 <= group.rows <= 3
    outlet.finish(group)
    asyncio.run(append_all(spool, [big]))
    spool.close()
    outlet.close()


def test_what_waits_for_the_disk_counts_towards_the_budget(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    spool, big, disk = Spool(tmp_path, 3_000_000), batch(b"x" * 1_000_000), threading.Event()

    def write(batches: Sequence[Batch]) -> None:
        assert disk.wait(20)

    monkeypatch.setattr(spool, "write", write)

    async def crowd() -> None:
        waiting = [spool.append(big), spool.append(big)]
        with pytest.raises(Unavailable, match="The spool is full"):
            spool.append(big)
        disk.set()
        await asyncio.gather(*waiting)
        await spool.append(big)

    asyncio.run(crowd())
    spool.close()


def test_counts_are_kept_with_the_rows_and_add_up_by_minute(tmp_path: Path) -> None:
    spool = Spool(tmp_path, 1 << 30, lambda: MINUTE + 5)
    spool.write([batch(b"1\n2\n", 2, drop("future", 1)), batch(b"", 0, drop("future", 2))])
    outlet = Outlet(tmp_path)
    assert outlet.tallies(MINUTE) == [
        Tally("shop", "events", "", MINUTE, 2, MINUTE + 5),
        Tally("shop", "events", "future", MINUTE, 3, MINUTE + 5),
    ]
    assert outlet.depth().rows == 2
    spool.close()
    outlet.close()


def test_a_row_set_aside_is_counted_in_the_commit_that_forgets_its_group(tmp_path: Path) -> None:
    spool, outlet = Spool(tmp_path, 1 << 30), Outlet(tmp_path, lambda: MINUTE)
    spool.write([batch(b"bad\n")])
    group = outlet.take("events", 0, 10)
    assert group is not None
    refused = Aside(group.token, 0, "events", "shop", "bad", "because", MINUTE)
    outlet.finish(group, [refused])
    assert outlet.aside("shop") == [refused]
    assert [tally for tally in outlet.tallies(0) if tally.reason] == [
        Tally("shop", "drain", "refused_by_store", MINUTE, 1, MINUTE)
    ]
    spool.close()
    outlet.close()


def test_a_disk_that_refuses_is_told_to_everyone_who_waits(tmp_path: Path) -> None:
    spool = Spool(tmp_path, 1 << 30)
    outlet = Outlet(tmp_path)
    outlet._connection.execute("DROP TABLE batches")  # pyright: ignore[reportPrivateUsage] - stands for a broken disk
    for _ in range(2):
        with pytest.raises(Unavailable, match="send again"):
            asyncio.run(append_all(spool, [batch(b"1\n")]))
    spool.close()
    outlet.close()
