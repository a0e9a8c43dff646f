"""What the store's views are bound to: the catalogue's limits, by the names that stand in `store/schema/views/`."""

from collections.abc import Mapping, Sequence

from afterclick.measure.felt import FELT

BOUND: Mapping[str, int | float | Sequence[str]] = {
    "lcp_ms": FELT.lcp_ms,
    "inp_ms": FELT.inp_ms,
    "request_ms": FELT.request_ms,
    "resource_ms": FELT.resource_ms,
    "failed_status": FELT.failed_status,
}
