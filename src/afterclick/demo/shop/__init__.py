"""Tarn & Timber, a demo shop that can be broken on purpose.

In: a collector's URL and a write key. Out: eight processes on loopback that are a real web shop, six of which
send OpenTelemetry spans to the collector, and whose pages load Afterclick's browser SDK. `docs/demo.md` lists
every endpoint and fault. Nothing here imports the rest of Afterclick.
"""

from afterclick.demo.shop.faults import FAULTS
from afterclick.demo.shop.ports import DEFAULT, PROCESSES, TRACED, Ports
from afterclick.demo.shop.running import Shop, ShopError, read_faults, start, switch_fault

__all__ = [
    "DEFAULT",
    "FAULTS",
    "PROCESSES",
    "TRACED",
    "Ports",
    "Shop",
    "ShopError",
    "read_faults",
    "start",
    "switch_fault",
]
