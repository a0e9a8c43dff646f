"""What the store's views are bound to: the catalogue's limits and lists, by their names in `store/schema/views/`."""

from collections.abc import Mapping, Sequence

from afterclick.measure.dimensions import DIMENSIONS
from afterclick.measure.felt import FELT
from afterclick.measure.population import LEFT_OUT

BOUND: Mapping[str, int | float | Sequence[str]] = {
    "lcp_ms": FELT.lcp_ms,
    "inp_ms": FELT.inp_ms,
    "request_ms": FELT.request_ms,
    "resource_ms": FELT.resource_ms,
    "failed_status": FELT.failed_status,
    "left_out": sorted({one for kind in LEFT_OUT for one in kind.device_classes}),
    "visit_dimensions": [one.name for one in DIMENSIONS if one.detected and one.of == "visit"],
    "page_view_dimensions": [one.name for one in DIMENSIONS if one.detected and one.of == "page view"],
}
