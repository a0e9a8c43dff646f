"""A simulated run as the events that browsers would have sent, in the shape of the `events` table."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from afterclick.demo.shoppers import Simulation
from afterclick.store.schema.records import EVENTS
from afterclick.store.store import Store

Column = NDArray[np.generic]
Ids = NDArray[np.uint8]


def insert(store: Store, site: str, run: Simulation, seed: int = 0) -> None:
    """Put the whole run into the store, as one site."""
    table = pa.concat_tables(tables(site, run, seed))
    for start in range(0, table.num_rows, _BATCH):
        store.insert("events", table.slice(start, _BATCH), token=f"{site}-{start}")


def tables(site: str, run: Simulation, seed: int = 0) -> Iterator[pa.Table]:
    """One table of events for each kind of event."""
    views, visits = run.views, run.visits
    feed = _Feed(site, run, np.random.default_rng(seed))
    everything = np.ones(len(views.time), dtype=np.bool_)
    yield feed.events(everything, 0, "page_view", route=_ROUTES[_codes(views.step)], step=views.step)
    yield feed.events(~np.isnan(views.lcp), 40, "vital", name="LCP", value=views.lcp)
    yield feed.events(~np.isnan(views.inp), 50, "vital", name="INP", value=views.inp)
    answered = np.where(views.error, 502, 200)
    asked = ~np.isnan(views.request_ms)
    yield feed.events(asked, 30, "request", target="/api", duration_ms=views.request_ms, status=answered)
    yield feed.events(views.error & ~asked, 30, "error", name="TypeError", source="shop.js:1")
    slow = ~np.isnan(views.resource_ms)
    yield feed.events(slow, 20, "resource", name="script", duration_ms=views.resource_ms, status=200)
    yield feed.events(views.struggle, 60, "struggle", name="rage_click", value=3.0)
    yield feed.events(views.cart_value > 0, 70, "cart", value=views.cart_value)
    ordered = (views.step == "thanks") & visits.ordered[views.visit]
    paid = visits.revenue[views.visit]
    names = np.char.add("order-", views.visit.astype(np.str_))
    yield feed.events(ordered, 1, "order", order_id=names, revenue=paid, currency="EUR")


_BATCH = 100_000
_KINDS: dict[str, pa.DataType] = dict(zip(EVENTS.names, EVENTS.types, strict=True))
_STEPS = np.array(["home", "list", "product", "cart", "checkout", "payment", "thanks"])
_ROUTES = np.array(["/", "/category/:id", "/product/:id", "/cart", "/checkout", "/payment", "/thanks"])


def _codes(steps: NDArray[np.str_]) -> NDArray[np.intp]:
    order = np.argsort(_STEPS)
    return order[np.searchsorted(_STEPS[order], steps)]


@dataclass
class _Feed:
    site: str
    run: Simulation
    random: np.random.Generator
    view_ids: Ids = field(init=False)
    session_ids: Ids = field(init=False)

    def __post_init__(self) -> None:
        self.view_ids = self._ids(len(self.run.views.time))
        self.session_ids = self._ids(len(self.run.visits.start))
        started = self.run.visits.start.astype(">i8").view(np.uint8).reshape(-1, 8)
        self.session_ids[:, :6] = started[:, 2:]
        self.session_ids[:, 6] = 0x70 | (self.session_ids[:, 6] & 0x0F)

    def events(
        self, kept: NDArray[np.bool_], after_ms: int, type: str, **fields: Column | str | float | int
    ) -> pa.Table:
        """Events of one type, one for each view in `kept`, `after_ms` after the view began."""
        views, visits = self.run.views, self.run.visits
        visit = views.visit[kept]
        rows = len(visit)
        time = _times(views.time[kept] + after_ms)
        columns: dict[str, pa.Array[Any] | pa.ChunkedArray[Any]] = {
            "site": pa.repeat(self.site, rows),
            "type": pa.repeat(type, rows),
            "event_id": _uuids(self._ids(rows)),
            "time": time,
            "received": time,
            "session_id": _uuids(self.session_ids[visit]),
            "session_start": _times(visits.start[visit]),
            "page_view_id": _uuids(self.view_ids[kept]),
            "device_id": pa.array(np.char.add("device-", visits.person[visit].astype(np.str_))),
            "release": pa.array(views.release[kept]),
            "tags": _tags(views.card_network[kept]),
        }
        for name in ("visitor", "country", "campaign", "device_class", "device_tier", "browser"):
            columns[name] = pa.array(getattr(visits, name)[visit])
        for name, values in fields.items():
            kind = _KINDS[name]
            chosen = values[kept] if isinstance(values, np.ndarray) else np.repeat(values, rows)
            columns[name] = _cast(pa.array(chosen), kind)
        return pa.table(
            [columns[name] if name in columns else _blank(kind, rows) for name, kind in _KINDS.items()],
            schema=EVENTS,
        )

    def _ids(self, rows: int) -> Ids:
        return self.random.integers(0, 256, (rows, 16), dtype=np.uint8)


def _blank(kind: pa.DataType, rows: int) -> pa.Array[Any]:
    empty = Decimal(0) if pa.types.is_decimal(kind) else "" if pa.types.is_string(kind) else 0
    return pa.array([empty] * rows, kind)


def _cast(values: pa.Array[Any], kind: pa.DataType) -> pa.Array[Any]:
    return pc.round(values, 4).cast(kind) if pa.types.is_decimal(kind) else values.cast(kind, safe=False)


def _times(milliseconds: NDArray[np.int64]) -> pa.Array[Any]:
    return pa.array(milliseconds).cast(pa.timestamp("ms", tz="UTC"))


def _uuids(ids: Ids) -> pa.Array[Any]:
    storage = pa.FixedSizeBinaryArray.from_buffers(
        pa.binary(16), len(ids), [None, pa.py_buffer(ids.tobytes())]
    )
    return pa.ExtensionArray.from_storage(pa.uuid(), storage)  # pyright: ignore[reportUnknownMemberType, reportUnknownVariableType]


def _tags(networks: NDArray[np.str_]) -> pa.Array[Any]:
    known = networks != ""
    offsets = pa.array(np.concatenate([[0], np.cumsum(known)]), pa.int32())
    return pa.ListArray.from_arrays(offsets, pa.array(np.char.add("card_network=", networks[known])))  # pyright: ignore[reportUnknownMemberType]


def random_site() -> str:
    """A site id that nothing else uses."""
    return f"site-{uuid.uuid4().hex[:12]}"
