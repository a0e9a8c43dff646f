"""What may be asked about a person: which records there are, an archive of them, and their erasure."""

import hashlib
from collections.abc import Callable, Generator, Sequence
from typing import BinaryIO, Protocol

import msgspec

from afterclick.accounts.audit import Audit
from afterclick.accounts.viewer import Viewer
from afterclick.clock import Clock, now_ms
from afterclick.customers.cuts import Node
from afterclick.customers.erasing import Eraser, Memory, Step, kept_away
from afterclick.customers.exporting import write_zip
from afterclick.customers.identity import Identity
from afterclick.customers.requests import Request, Requests
from afterclick.errors import InvalidInput, NotFound, Unavailable
from afterclick.jobs import Job, Stop
from afterclick.store.erasure import PersonIds, PersonTables, SpooledRows, Tombstones, is_nobody
from afterclick.store.rollups.identity import NodeKind

_LONGEST = 256
_KINDS: tuple[NodeKind, ...] = ("user", "device", "email")


class Found(msgspec.Struct, frozen=True, kw_only=True):
    """One person and how many records of theirs each place holds; `kept_away` says whether they were erased before."""

    person: PersonIds
    about: str
    records: dict[str, int]
    kept_away: bool

    @property
    def total(self) -> int:
        """Records of all places."""
        return sum(self.records.values())


class Privacy:
    """Answers for one installation. Safe to use from any thread; every call blocks, erasing for long.

    `masked` does to a hash what the collector does to texts, so that it is compared with what is stored.
    """

    def __init__(
        self,
        tables: PersonTables,
        waiting: SpooledRows,
        memory: Memory,
        identity: Identity,
        tombstones: Tombstones,
        requests: Requests,
        eraser: Eraser,
        audit: Audit,
        masked: Callable[[str], str],
        clock: Clock = now_ms,
    ) -> None:
        self._tables = tables
        self._waiting = waiting
        self._memory = memory
        self._identity = identity
        self._tombstones = tombstones
        self._requests = requests
        self._eraser = eraser
        self._audit = audit
        self._masked = masked
        self._clock = clock

    def find(self, viewer: Viewer, site: str, who: str) -> Found:
        """The person whom a user id, a device id, an e-mail address or a node (`user:ID`) names.

        Raises InvalidInput for an id that stands for nobody.
        """
        found = self._find(site, who)
        self._audit.record(viewer, "person.view", found.about, site, f"{found.total} records")
        return found

    def export(self, viewer: Viewer, site: str, who: str, out: BinaryIO) -> Request:
        """Write a ZIP of the person's records to `out`, which can be sought in.

        Raises NotFound when there is no record, InvalidInput for an id that stands for nobody.
        """
        found = self._find(site, who)
        if not found.total:
            raise NotFound("There is no record of this person at this site.")
        records = write_zip(out, found.person, self._tables, self._waiting, self._clock())
        made = self._requests.exported(site, found.about, viewer.name, records)
        self._audit.record(viewer, "person.export", found.about, site, f"request {made.id}")
        return made

    def ask_erasure(self, viewer: Viewer, site: str, who: str) -> Request:
        """Have the person erased: by `run`, or by whoever calls `run_due`.

        Who has no record is kept away all the same. Raises InvalidInput for an id that stands for nobody.
        """
        asked = self._asked(site, who)
        made = self._requests.erasing(asked, self._about(asked), viewer.name)
        self._audit.record(viewer, "person.erase", made.about, site, f"request {made.id}")
        return made

    def run(self, request: Request) -> Generator[Step]:
        """Run an erasure to its end, yielding each step before it is done; raises Unavailable when it has to wait."""
        return self._eraser.run(request)

    def run_due(self, stop: Stop | None = None) -> None:
        """Run what was asked for and what an end of the app interrupted; what has to wait is tried again next time.

        Raises Stopped between two steps once `stop` is set.
        """
        for request in self._requests.unfinished():
            try:
                for _ in self._eraser.run(request):
                    if stop:
                        stop.check()
            except Unavailable as error:
                self._requests.held_up(request.id, str(error))

    def wipe_late(self) -> None:
        """Leave nothing in the spool's file of late rows that were dropped."""
        self._waiting.wipe_late()

    def allow(self, viewer: Viewer, site: str, who: str) -> int:
        """Let an erased person's ids come in again; how many were kept away. Nothing that is gone comes back."""
        asked = self._asked(site, who)
        lifted = self._tombstones.lift(site, kept_away(asked))
        self._audit.record(viewer, "person.allow", self._about(asked), site, f"{lifted} ids")
        return lifted

    def request(self, site: str, id: str) -> Request:
        """One request of the site; raises NotFound."""
        found = self._requests.get(id)
        if found.site != site:
            raise NotFound(f"There is no request {id[:32]!r}.")
        return found

    def requests(self, site: str) -> Sequence[Request]:
        """The site's exports and erasures, newest first."""
        return self._requests.list(site)

    def _find(self, site: str, who: str) -> Found:
        asked = self._asked(site, who)
        self._tombstones.sites()
        away = any(self._tombstones.covers(site, kind, id) for kind, id in kept_away(asked))
        person = self._tables.find(asked)
        person = person.with_more(PersonIds(site=site, clients=self._memory.clients(person)))
        records = self._tables.counts(person)
        for place, _ in self._waiting.rows(person):
            records[place] = records.get(place, 0) + 1
        if remembered := self._memory.count(person):
            records["stretches"] = remembered
        return Found(person=person, about=self._about(asked), records=records, kept_away=away)

    def _asked(self, site: str, who: str) -> PersonIds:
        nodes = self._nodes(who)
        keys = self._identity.together([self._identity.key(site, node) for node in nodes])
        ids = {kind: tuple(node.id for node in nodes if node.kind == kind) for kind in _KINDS}
        return PersonIds(site=site, users=ids["user"], devices=ids["device"], emails=ids["email"], nodes=keys)

    def _nodes(self, who: str) -> list[Node]:
        """What the words may name: `kind:id`, else a user or a device of that id, and the address when it is one."""
        who = who.strip()
        kind, _, id = who.partition(":")
        if kind in _KINDS and id:
            nodes = [self._mail(id)] if kind == "email" else [Node.parse(who)]
        else:
            nodes = [Node("user", who), Node("device", who)] + ([self._mail(who)] if "@" in who else [])
        if is_nobody(nodes[0].id) or len(nodes[0].id) > _LONGEST:
            raise InvalidInput(
                f"{who[:64]!r} names no person; give a user id, a device id or an e-mail address."
            )
        return nodes

    def _mail(self, text: str) -> Node:
        """The node of an address, or of a hash that was given in its place."""
        mark = hashlib.sha256(text.strip().lower().encode()).hexdigest() if "@" in text else text.lower()
        return Node("email", self._masked(mark))

    def _about(self, asked: PersonIds) -> str:
        """Tells people apart in lists and logs: how they were named, and a keyed hash of it."""
        kind, id = next(asked.ids())
        return f"{kind} {self._tombstones.mark(asked.site, kind, id)[:8]}"


class _Parts(Protocol):
    @property
    def privacy(self) -> Privacy: ...


def _erase(parts: _Parts, stop: Stop) -> None:
    parts.privacy.run_due(stop)


def _wipe(parts: _Parts, _: Stop) -> None:
    parts.privacy.wipe_late()


ERASE = Job("erase", 2, _erase, "runs the erasures that were asked for, see [privacy.md](privacy.md)")
WIPE_LATE = Job("wipe late rows", 600, _wipe, "leaves nothing in the spool of late rows of erased people")
