"""The steps that doors share."""

import asyncio

from afterclick.clock import now_ms
from afterclick.collect.passage import steps
from afterclick.collect.passage.gate import Gate
from afterclick.collect.passage.passage import House, Passage
from afterclick.collect.passage.rate_limit import Limiter
from afterclick.collect.transport.exposition import Metrics
from afterclick.settings import Settings
from afterclick.signals import Event
from afterclick.store.spool.batch import Batch

NOW = 1_780_315_200_000


def test_a_request_that_waits_for_the_disk_holds_no_rows_and_still_knows_their_number(
    settings: Settings,
) -> None:
    passage = Passage("events", "/v1/events", {}, b"", nothing, NOW)
    passage.keep(
        "events", [Event(site="s", event_id=f"e{n}", type="track", time=NOW, received=NOW) for n in (1, 2)]
    )
    held: list[tuple[int, int, int]] = []

    class Disk:
        async def append(self, *batches: Batch) -> None:
            held.append((len(passage.records), passage.rows, sum(batch.rows for batch in batches)))

    house = House(settings, Gate(lambda _: None), Limiter(0), Disk(), Metrics(), now_ms)
    asyncio.run(steps.spool(house, passage))
    assert (held, passage.rows) == ([(0, 2, 2)], 2)
    assert house.seen.has("", "e1")


async def nothing() -> dict[str, object]:
    raise AssertionError("the body was read already")
