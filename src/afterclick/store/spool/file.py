"""The file of a spool: its tables, how it is opened, and its one kind of transaction."""

import sqlite3
from pathlib import Path
from uuid import uuid4

from afterclick.errors import Misconfigured
from afterclick.store.folder import private_file
from afterclick.store.holding import FileTable, Held, Holding, in_the_file
from afterclick.store.spool.batch import Depth

FILE = "spool.db"
MINUTE_MS = 60_000

_TABLES = (
    FileTable("identity", "id TEXT NOT NULL", Held("the spool's own id")),
    FileTable(
        "batches",
        "id INTEGER PRIMARY KEY AUTOINCREMENT, kind TEXT NOT NULL, rows INTEGER NOT NULL, "
        "received INTEGER NOT NULL, body BLOB NOT NULL",
        Held(
            why="nothing acknowledged is lost",
            holds="whole records that wait for the store, with User-Agent and the client's own session",
            kept="seconds, while the store is away longer",
            erased="lines that tombstones cover are cut out; the file is written anew",
        ),
    ),
    FileTable(
        "groups",
        "token TEXT PRIMARY KEY, kind TEXT NOT NULL, first INTEGER NOT NULL, last INTEGER NOT NULL",
        Held("which batches are being inserted"),
    ),
    FileTable(
        "tallies",
        "site TEXT NOT NULL, door TEXT NOT NULL, reason TEXT NOT NULL, minute INTEGER NOT NULL, "
        "rows INTEGER NOT NULL, last INTEGER NOT NULL DEFAULT 0, PRIMARY KEY (site, door, reason, minute)",
        Held("counts of what was taken and dropped"),
        "WITHOUT ROWID",
    ),
    FileTable(
        "taken",
        "id INTEGER PRIMARY KEY AUTOINCREMENT, marks BLOB NOT NULL, amount INTEGER NOT NULL",
        Held(
            why="what is sent again after a restart counts once",
            holds="hashes of the ids of the last events, about 131,072",
            kept="until as many have come after them",
            erased="not: a hash names nobody, and no record can be found by it",
        ),
    ),
    FileTable(
        "aside",
        "token TEXT NOT NULL, position INTEGER NOT NULL, kind TEXT NOT NULL, site TEXT NOT NULL, row TEXT NOT NULL, "
        "reason TEXT NOT NULL, time INTEGER NOT NULL, PRIMARY KEY (token, position)",
        Held(
            why="can be sent again",
            holds="whole records that the store refused",
            kept="until replayed",
            erased="rows that tombstones cover or that name the person are deleted; the file is written anew",
        ),
        "WITHOUT ROWID",
    ),
)
_STATEMENTS = (
    *(table.create for table in _TABLES),
    "CREATE INDEX IF NOT EXISTS batches_by_kind ON batches (kind)",
)
HOLDINGS = (
    Holding("files", "spool", Held("the spool's file", "see its tables", "see its tables", "written anew")),
    *in_the_file("spool", _TABLES),
)
ADD_TALLY = (
    "INSERT INTO tallies VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT (site, door, reason, minute) "
    "DO UPDATE SET rows = rows + excluded.rows, last = max(last, excluded.last)"
)


class transaction:  # noqa: N801 - reads as the statement it is
    """`BEGIN IMMEDIATE` … `COMMIT`, or `ROLLBACK` when the block or the commit fails."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    def __enter__(self) -> sqlite3.Connection:
        self._connection.execute("BEGIN IMMEDIATE")
        return self._connection

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        try:
            if kind is None:
                self._connection.execute("COMMIT")
        finally:
            if self._connection.in_transaction:
                self._connection.execute("ROLLBACK")


def open_spool(folder: Path) -> sqlite3.Connection:
    """A connection to the spool of a folder, made when there is none.

    Raises Misconfigured when the disk does not allow it.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        private_file(folder / FILE)
        return _connected(folder)
    except (sqlite3.OperationalError, OSError) as error:
        raise Misconfigured(
            f"The spool in {folder} cannot be opened ({error}); check that the disk has room and may be written."
        ) from error


def _connected(folder: Path) -> sqlite3.Connection:
    connection = sqlite3.connect(folder / FILE, timeout=10, isolation_level=None, check_same_thread=False)
    connection.execute("PRAGMA page_size = 16384")
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("PRAGMA synchronous = FULL")
    connection.execute("PRAGMA wal_autocheckpoint = 1000")
    connection.execute("PRAGMA journal_size_limit = 67108864")
    with transaction(connection):
        for statement in _STATEMENTS:
            connection.execute(statement)
        if "last" not in {row[1] for row in connection.execute("PRAGMA table_info(tallies)")}:
            connection.execute("ALTER TABLE tallies ADD COLUMN last INTEGER NOT NULL DEFAULT 0")
        connection.execute(
            "INSERT INTO identity SELECT ? WHERE NOT EXISTS (SELECT 1 FROM identity)", (str(uuid4()),)
        )
    return connection


def disk_bytes(connection: sqlite3.Connection) -> int:
    """Pages in use; free pages are filled again before the file grows."""
    pages, free, size = (
        connection.execute(f"PRAGMA {name}").fetchone()[0]
        for name in ("page_count", "freelist_count", "page_size")
    )
    return (pages - free) * size


def depth(connection: sqlite3.Connection) -> Depth:
    """What waits in the spool of this connection."""
    rows, oldest = connection.execute("SELECT coalesce(sum(rows), 0), min(received) FROM batches").fetchone()
    return Depth(rows, disk_bytes(connection), oldest)
