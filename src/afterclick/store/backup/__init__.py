"""Backups: one folder or .tar file that holds an installation as it was, with a manifest that says what must be in it.

`archive` writes and reads such a thing, `manifest` describes it, `parts` takes the tables out of a running engine and
puts them into a new one, `sealing` keeps the secret key in it unreadable.
"""

from afterclick.store.backup.archive import Reader, Writer, reading, writing
from afterclick.store.backup.manifest import File, Manifest, stop_half_restored
from afterclick.store.backup.parts import Frozen, attach, drop_frozen, frozen

__all__ = [
    "File",
    "Frozen",
    "Manifest",
    "Reader",
    "Writer",
    "attach",
    "drop_frozen",
    "frozen",
    "reading",
    "stop_half_restored",
    "writing",
]
