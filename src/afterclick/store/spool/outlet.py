"""The end of the spool that the drain reads: groups fixed under a token before they go, forgotten once they are in."""

import threading
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from afterclick.clock import Clock, now_ms
from afterclick.drops import DropReason, reason
from afterclick.store.spool.batch import Aside, Depth, Group, Kind, Range, Tally
from afterclick.store.spool.file import ADD_TALLY, MINUTE_MS, depth, open_spool, transaction


class Outlet:
    """The reading end, for the one process that drains a spool. Safe to call from several threads."""

    def __init__(self, folder: Path, clock: Clock = now_ms) -> None:
        self._connection = open_spool(folder)
        self._clock = clock
        self._lock = threading.Lock()
        self.id: str = self._connection.execute("SELECT id FROM identity").fetchone()[0]

    def unfinished(self) -> list[Group]:
        """Groups whose token was fixed and that were not finished: a crash lies between. Oldest first."""
        with self._lock:
            found = self._connection.execute(
                "SELECT token, kind, first, last FROM groups ORDER BY first"
            ).fetchall()
            return [self._load(*row) for row in found]

    def waiting(self, kind: Kind, limit: int, apart: Sequence[Range] = ()) -> tuple[int, int | None]:
        """Rows of `kind` outside the ranges `apart` (counted up to about `limit`), and when the oldest came, UTC ms."""
        with self._lock:
            found = self._connection.execute(
                "SELECT id, rows, received FROM batches WHERE kind = ? ORDER BY id", (kind,)
            )
            rows, oldest = 0, None
            for number, count, received in found:
                if any(held.holds(kind, number) for held in apart):
                    continue
                oldest = received if oldest is None else oldest
                rows += count
                if rows >= limit:
                    break
            return rows, oldest

    def take(
        self, kind: Kind, after: int, limit: int, apart: Sequence[Range] = (), *, newest: bool = False
    ) -> Group | None:
        """Fix the next group of `kind` behind batch id `after` and outside the ranges `apart`, durably, and return it;
        None when nothing waits.

        A group holds whole batches in a row: at least one, then as many as stay within `limit` rows, from the oldest
        on or, with `newest`, from the newest back.
        """
        order = "DESC" if newest else "ASC"
        with self._lock:
            chosen: list[int] = []
            rows = 0
            for number, count in self._connection.execute(
                f"SELECT id, rows FROM batches WHERE kind = ? AND id > ? ORDER BY id {order}",  # noqa: S608
                (kind, after),
            ):
                held = any(other.holds(kind, number) for other in apart)
                if held and not chosen:
                    continue
                if held or (chosen and rows + count > limit):
                    break
                chosen.append(number)
                rows += count
            if not chosen:
                return None
            first, last = min(chosen), max(chosen)
            token = f"{self.id}:{kind}:{first}:{last}"
            with transaction(self._connection) as connection:
                connection.execute("INSERT INTO groups VALUES (?, ?, ?, ?)", (token, kind, first, last))
            return self._load(token, kind, first, last)

    def finish(
        self,
        group: Group,
        aside: Iterable[Aside] = (),
        dropped: Mapping[tuple[str, DropReason], int] | None = None,
    ) -> None:
        """Forget a group that is in the store, and keep what the store refused, in one commit: nothing
        counts twice. `dropped` counts rows that a step left out, by site and reason; raises Uncounted for a reason
        that the catalogue does not have.
        """
        now = self._clock()
        refused = list(aside)
        counts: defaultdict[tuple[str, DropReason], int] = defaultdict(int, dropped or {})
        for row in refused:
            counts[row.site, "refused_by_store"] += 1
        tallies = [
            (site, "drain", reason(why).key, now - now % MINUTE_MS, n, now)
            for (site, why), n in counts.items()
        ]
        with self._lock, transaction(self._connection) as connection:
            connection.executemany(
                "INSERT OR IGNORE INTO aside VALUES (?, ?, ?, ?, ?, ?, ?)",
                [(a.token, a.position, a.kind, a.site, a.row, a.reason, a.time) for a in refused],
            )
            connection.executemany(ADD_TALLY, tallies)
            connection.execute(
                "DELETE FROM batches WHERE kind = ? AND id BETWEEN ? AND ?",
                (group.kind, group.first, group.last),
            )
            connection.execute("DELETE FROM groups WHERE token = ?", (group.token,))

    def aside(self, site: str, limit: int = 100) -> list[Aside]:
        """The newest rows of a site that the store refused."""
        query = "SELECT * FROM aside WHERE site = ? ORDER BY time DESC LIMIT ?"
        with self._lock:
            return [Aside(*row) for row in self._connection.execute(query, (site, limit))]

    def tallies(self, since: int) -> list[Tally]:
        """What was taken and dropped from the minute of `since` (UTC ms) on, each with its whole count so
        far.
        """
        query = "SELECT * FROM tallies WHERE minute >= ? ORDER BY minute"
        with self._lock:
            return [Tally(*row) for row in self._connection.execute(query, (since - since % MINUTE_MS,))]

    def forget_tallies(self, before: int) -> None:
        """Delete tallies of minutes before `before` (UTC ms) that were published."""
        with self._lock, transaction(self._connection) as connection:
            connection.execute("DELETE FROM tallies WHERE minute < ?", (before,))

    def depth(self) -> Depth:
        """What waits in the spool."""
        with self._lock:
            return depth(self._connection)

    def close(self) -> None:
        """Let go of the file."""
        with self._lock:
            self._connection.close()

    def _load(self, token: str, kind: Kind, first: int, last: int) -> Group:
        found = self._connection.execute(
            "SELECT rows, received, body FROM batches WHERE kind = ? AND id BETWEEN ? AND ? ORDER BY id",
            (kind, first, last),
        ).fetchall()
        rows = sum(row[0] for row in found)
        received = min((row[1] for row in found), default=self._clock())
        return Group(token, kind, first, last, rows, received, tuple(row[2] for row in found))
