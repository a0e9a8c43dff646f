"""Erasure: what belongs to one person, wherever it stands, and how it is found, taken out and kept out.

`registry` gathers every place, and what it holds of people; `person` finds one person's ids; `tables` reads and removes
their rows of the engine, `spooled_rows` those of the spool; `tombstones` and `late` keep late data out.
"""

from afterclick.store.erasure.late import ClientMark, Late
from afterclick.store.erasure.person import IdKind, PersonIds, is_nobody
from afterclick.store.erasure.registry import registry
from afterclick.store.erasure.spooled_rows import SpooledRows
from afterclick.store.erasure.tables import SEARCHED, PersonTables
from afterclick.store.erasure.tombstones import Tombstone, Tombstones, tombstones
from afterclick.store.erasure.wipe import wipe, wipe_control

__all__ = [
    "SEARCHED",
    "ClientMark",
    "IdKind",
    "Late",
    "PersonIds",
    "PersonTables",
    "SpooledRows",
    "Tombstone",
    "Tombstones",
    "is_nobody",
    "registry",
    "tombstones",
    "wipe",
    "wipe_control",
]
