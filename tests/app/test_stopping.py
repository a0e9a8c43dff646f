"""`afterclick serve` under load is told to end: it does so soon, and nothing that was acknowledged is lost."""

import time
from pathlib import Path

from tests.app.installed import Load, query, send_a_past, until

from afterclick.demo.product import Place, Product
from afterclick.demo.run import free_ports

SOON_S = 20.0
ROWS = 6_000


def test_it_ends_within_twenty_seconds_of_the_signal_under_load_and_keeps_what_it_took(
    tmp_path: Path,
) -> None:
    place = Place(tmp_path / "data", *free_ports(2))
    with Product(place) as product:
        product.wait()
        send_a_past(product, days_ago=1)
        with Load(product, product.public_key()) as load:
            until(lambda: len(load.acknowledged) > ROWS, "load")
            began = time.monotonic()
            product.end()
            assert product.ended(SOON_S + 20) == 0
            took = time.monotonic() - began
    assert took < SOON_S
    with Product(place) as again:
        again.wait()
        until(lambda: again.waiting() == 0, "what waited to be stored")
        rows = query(again, "SELECT toString(event_id) AS id FROM events WHERE name = 'tick' LIMIT 100000")
        assert {row["id"] for row in rows} >= set(load.acknowledged)
