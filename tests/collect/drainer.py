"""A process that drains until it is killed; or, given a site, once, and prints what the store then holds of it."""

import sys

import msgspec

from afterclick.measure import BOUND
from afterclick.settings import load
from afterclick.store.drain.drain import Drain
from afterclick.store.engine.query import Statement
from afterclick.store.scope import Scope
from afterclick.store.spool.outlet import Outlet
from afterclick.store.store import Store, open_store

COUNTS = Statement(
    "counts",
    """
    SELECT count() AS events, uniqExact(event_id) AS ids,
        (SELECT count() FROM page_views WHERE site = {site:String}) AS page_views,
        (SELECT sum(length(steps)) FROM sessions WHERE site = {site:String}) AS steps
    FROM events WHERE site = {site:String}
    """,
)
IDS = Statement("ids", "SELECT toString(event_id) AS id FROM events WHERE site = {site:String}")


def held(store: Store, scope: Scope) -> bytes:
    """Counts, and the ids of all events, as JSON."""
    [counts] = store.arrow(scope, COUNTS).to_pylist()
    return msgspec.json.encode((counts, store.arrow(scope, IDS)["id"].to_pylist()))


if __name__ == "__main__":
    settings = load()
    store = open_store(settings, BOUND)
    outlet = Outlet(settings.spool)
    if len(sys.argv) > 1:
        Drain(outlet, store).once()
        print(held(store, Scope(sys.argv[1])).decode())
        store.close()
    else:
        drain = Drain(outlet, store, block_rows=200)
        while True:
            drain.once()
