"""What is known of the visits of clients that have none: stretches of time, in a SQLite file of the data folder.

A stretch says that its owner was in one place: a node (a client's own session, a device, a user) in a visit, or a
visit on a page view. Stretches of one owner never overlap, never shrink and never change their place: that is why a
repeated delivery meets the same answer.
"""

import sqlite3
from collections.abc import Generator, Iterable
from contextlib import contextmanager
from pathlib import Path

import msgspec

from afterclick.clock import Clock, now_ms
from afterclick.store.folder import private_file
from afterclick.store.holding import FileTable, Held, Holding, in_the_file

FILE = "visits.db"
DAY = 86_400_000
KEPT_DAYS = 8
"""Days after its last change that a stretch is forgotten: clients that try again do so for some days at most."""

_STRETCHES = FileTable(
    "stretches",
    "owner BLOB NOT NULL, first INTEGER NOT NULL, start INTEGER NOT NULL, end INTEGER NOT NULL, "
    "place BLOB NOT NULL, home BLOB NOT NULL, day INTEGER NOT NULL, PRIMARY KEY (owner, first)",
    Held(
        why="visits for clients that send none, and for what servers tell of users",
        holds="hashes of devices, users and clients' sessions, and when they were on which page",
        kept=f"{KEPT_DAYS} days",
        erased="stretches of the person's devices, users and visits are deleted; the file is written anew",
    ),
    "WITHOUT ROWID",
)
_MISDATED = FileTable(
    "misdated",
    "id BLOB PRIMARY KEY, day INTEGER NOT NULL",
    Held(
        why="visits of clients whose clock is off, told by others under the id that such a clock made",
        holds="ids of visits as such a clock made them",
        kept=f"{KEPT_DAYS} days",
        erased="those of the person's clients are deleted; the file is written anew",
    ),
    "WITHOUT ROWID",
)
HOLDINGS = (
    Holding("files", FILE, Held("the memory of visits", "see its tables", "see its tables", "written anew")),
    *in_the_file("visits", [_STRETCHES, _MISDATED]),
)
_SCHEMA = f"""
{_STRETCHES.create};
{_MISDATED.create};
CREATE INDEX IF NOT EXISTS stretches_by_day ON stretches (day);
CREATE TEMP TABLE wanted (owner BLOB PRIMARY KEY) WITHOUT ROWID;
"""
_LOAD = """
SELECT owner, first, start, end, place, home FROM stretches JOIN wanted USING (owner) ORDER BY owner, start
"""


class Stretch(msgspec.Struct):
    """From `start` to `end` (UTC ms, both included) `owner` was in `place`: a visit, or a page view.

    `first` is the time at which it was made, which names it. `home` is the node for which a visit was made, empty where
    a client made it.
    """

    owner: bytes
    first: int
    start: int
    end: int
    place: bytes
    home: bytes = b""


class Stretches:
    """Those that a batch needs, and which of them it changed. `misdated` are ids that it found to be so."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection
        self._held: dict[bytes, list[Stretch]] = {}
        self._changed: dict[tuple[bytes, int], Stretch] = {}
        self.misdated: set[bytes] = set()

    def of(self, owner: bytes) -> list[Stretch]:
        """The stretches of an owner in the order of time."""
        if owner not in self._held:
            self.load([owner])
        return self._held[owner]

    def load(self, owners: Iterable[bytes]) -> None:
        """Bring the stretches of these owners into memory, all in one query."""
        missing = {owner for owner in owners if owner not in self._held}
        self._held.update((owner, []) for owner in missing)
        self._connection.execute("DELETE FROM wanted")
        self._connection.executemany("INSERT INTO wanted VALUES (?)", [(owner,) for owner in missing])
        for row in self._connection.execute(_LOAD):
            self._held[row[0]].append(Stretch(*row))

    def homes(self) -> set[bytes]:
        """The homes of all that is in memory."""
        return {stretch.home for several in self._held.values() for stretch in several if stretch.home}

    def changed(self, stretch: Stretch) -> None:
        """Have a stretch kept as it is when the batch ends."""
        self._changed[stretch.owner, stretch.first] = stretch

    def save(self, day: int) -> None:
        """Write what was changed; to be committed by the caller."""
        rows = [(s.owner, s.first, s.start, s.end, s.place, s.home, day) for s in self._changed.values()]
        self._connection.executemany("INSERT OR REPLACE INTO stretches VALUES (?, ?, ?, ?, ?, ?, ?)", rows)
        ids = [(id, day) for id in self.misdated]
        self._connection.executemany("INSERT OR REPLACE INTO misdated VALUES (?, ?)", ids)


class Memory:
    """The file. One batch at a time; its owner sees to that. `patience` is in seconds, for a file that is locked.

    `misdated` are the ids (16 bytes) of visits that have the time of a clock that is off.
    """

    def __init__(self, folder: Path, clock: Clock = now_ms, patience: float = 10.0) -> None:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        private_file(folder / FILE)
        self._connection = sqlite3.connect(
            folder / FILE, timeout=patience, isolation_level=None, check_same_thread=False
        )
        self._clock = clock
        self._cleared = 0
        self._connection.execute("PRAGMA journal_mode = WAL")
        self._connection.execute("PRAGMA synchronous = FULL")
        self._connection.executescript(_SCHEMA)
        self.misdated = self._load_misdated()

    @contextmanager
    def batch(self) -> Generator[Stretches]:
        """The stretches for one batch; what it changed is on disk when the block has ended, or nothing is.

        Raises sqlite3.Error when the file cannot be read or written.
        """
        self._connection.execute("BEGIN IMMEDIATE")
        try:
            stretches = Stretches(self._connection)
            yield stretches
            today = self._clock() // DAY
            stretches.save(today)
            if today != self._cleared:
                self._connection.execute("DELETE FROM stretches WHERE day < ?", (today - KEPT_DAYS,))
                self._connection.execute("DELETE FROM misdated WHERE day < ?", (today - KEPT_DAYS,))
            self._connection.execute("COMMIT")
            self.misdated |= stretches.misdated
            if today != self._cleared:
                self.misdated = self._load_misdated()
            self._cleared = today
        finally:
            if self._connection.in_transaction:
                self._connection.execute("ROLLBACK")

    def close(self) -> None:
        """Let go of the file."""
        self._connection.close()

    def _load_misdated(self) -> set[bytes]:
        return {id for (id,) in self._connection.execute("SELECT id FROM misdated")}
