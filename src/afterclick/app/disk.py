"""What the data folder takes up, and how long the disk lasts at the last day's rate; measured at most once a minute."""

import os
import shutil
import threading
import time
from collections.abc import Iterator
from pathlib import Path

from afterclick.app.installation import DAY_MS, Installation
from afterclick.clock import now_ms
from afterclick.store.scope import Scope
from afterclick.store.spool.spool import RESERVE
from afterclick.web.vitals import Disk

_SECONDS = 60.0


class DiskGauge:
    """Measures the disk of one installation. Safe to use from any thread."""

    def __init__(self, installation: Installation) -> None:
        self._in = installation
        self._lock = threading.Lock()
        self._measured: Disk | None = None
        self._due = 0.0

    def disk(self) -> Disk:
        """As of the last minute. Raises Unavailable when the store does not answer."""
        with self._lock:
            if self._measured is None or time.monotonic() >= self._due:
                self._measured = self._measure()
                self._due = time.monotonic() + _SECONDS
            return self._measured

    def _measure(self) -> Disk:
        data, now, used = self._in.settings.data, now_ms(), self._in.store.usage()
        taken = (
            self._in.quality.accepted(Scope(site.id), now - DAY_MS, now + 60_000).values()
            for site in self._in.sites.list()
        )
        return Disk(
            folders=tuple(folder_sizes(data)),
            free=shutil.disk_usage(data).free,
            reserve=RESERVE,
            day_rows=sum(sum(rows) for rows in taken),
            row_bytes=used.bytes / used.rows if used.rows else 0.0,
        )


def folder_sizes(data: Path) -> Iterator[tuple[str, int]]:
    """Bytes on disk of each folder in the data folder, largest first, and of its files together."""
    found = {path.name: _size(path) for path in data.iterdir() if path.is_dir()}
    files = sum(_bytes(path) for path in data.iterdir() if path.is_file())
    yield from sorted({**found, "files": files}.items(), key=lambda entry: -entry[1])


def _size(folder: Path) -> int:
    return sum(_bytes(Path(root) / name) for root, _, names in os.walk(folder) for name in names)


def _bytes(file: Path) -> int:
    try:
        return file.lstat().st_blocks * 512
    except OSError:  # gone since it was listed
        return 0
