"""One installation's parts, opened once: control data, the store, and what the command line may ask of them."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from threading import Event
from typing import Self

import pyarrow as pa
from sqlalchemy import Engine

from afterclick.accounts import Key, NewKey, Site, Sites, first_run
from afterclick.accounts.accounts import Accounts
from afterclick.accounts.audit import Audit
from afterclick.accounts.keyring import Keyring
from afterclick.accounts.secrets import Secrets
from afterclick.accounts.site_privacy import SitePrivacy, SiteRules
from afterclick.accounts.viewer import THIS_MACHINE
from afterclick.clock import now_ms
from afterclick.collect.passage.cleaning import scrubbed
from afterclick.customers import Identity, Node, SqlCuts
from afterclick.customers.erasing import Eraser
from afterclick.customers.privacy import Found, Privacy
from afterclick.customers.requests import Request, Requests
from afterclick.journeys import Filter, VisitRow, visits
from afterclick.measure import BOUND
from afterclick.resolve import Problem
from afterclick.resolve.book import SqlProblemBook
from afterclick.resolve.watch import Changes
from afterclick.settings import Settings
from afterclick.store.backup import stop_half_restored
from afterclick.store.control.database import open_control
from afterclick.store.control.learned import Learned
from afterclick.store.control.taken_and_dropped import Quality
from afterclick.store.drain.block import Conversion
from afterclick.store.drain.insertion import Insertion
from afterclick.store.drain.replay import Replayed, Standing, replay, standing_aside
from afterclick.store.erasure import Late, SpooledRows, Tombstones
from afterclick.store.scope import Scope
from afterclick.store.store import Store, open_store
from afterclick.visits import enrich
from afterclick.visits.forgetting import VisitMemory, client_mark
from afterclick.visits.routes import routes_of

DAY_MS = 86_400_000


@dataclass(frozen=True)
class Installation:
    """Open with `Installation.open`; close when done. Safe to use from any thread; blocks."""

    settings: Settings
    control: Engine
    store: Store
    book: SqlProblemBook
    quality: Quality
    learned: Learned
    keyring: Keyring
    accounts: Accounts
    sites: Sites
    changes: Changes
    identity: Identity
    tombstones: Tombstones
    late: Late
    site_privacy: SitePrivacy
    privacy: Privacy
    draining: Event
    """Set by whoever runs a drain beside."""

    @classmethod
    def open(cls, settings: Settings, *, restoring: bool = False) -> Self:
        """Open the data folder, making what is missing; `restoring` one that a restore still fills.

        Raises Misconfigured when another process owns the folder, a DSN is wrong, a newer release has written the data,
        or a restore was stopped in the middle.
        """
        settings.data.mkdir(parents=True, exist_ok=True, mode=0o700)
        if not restoring:
            stop_half_restored(settings.data)
        control = open_control(settings)
        first_run(control, settings)
        return cls.over(settings, control, open_store(settings, BOUND))

    @classmethod
    def over(cls, settings: Settings, control: Engine, store: Store) -> Self:
        """The parts over two open databases."""
        tombstones = Tombstones(control, Secrets.open(settings).derived("tombstones"))
        identity, late, draining = (
            Identity(store.identity, SqlCuts(control)),
            Late(tombstones, client_mark),
            Event(),
        )
        return cls(
            settings=settings,
            control=control,
            store=store,
            book=SqlProblemBook(control),
            quality=Quality(control),
            learned=Learned(control),
            keyring=Keyring.over(control, settings),
            accounts=Accounts.over(control, settings),
            sites=Sites(control),
            changes=Changes(),
            identity=identity,
            tombstones=tombstones,
            late=late,
            site_privacy=SitePrivacy(control),
            privacy=_privacy(settings, control, store, identity, tombstones, late, draining),
            draining=draining,
        )

    def close(self) -> None:
        """Close everything; another process may open the folder then."""
        self.store.close()
        self.control.dispose()

    def find_person(self, site: str, who: str) -> Found:
        """The person whom the words name, and how many records there are of them."""
        return self.privacy.find(THIS_MACHINE, site, who)

    def export_person(self, site: str, who: str, to: Path) -> Request:
        """Write a ZIP of their records to a file."""
        with to.open("w+b") as out:
            return self.privacy.export(THIS_MACHINE, site, who, out)

    def erase_person(self, site: str, who: str) -> Iterator[Request]:
        """Erase them; yields the request before each step, and when it is done."""
        asked = self.privacy.ask_erasure(THIS_MACHINE, site, who)
        for _ in self.privacy.run(asked):
            yield self.privacy.request(site, asked.id)
        yield self.privacy.request(site, asked.id)

    def allow_person(self, site: str, who: str) -> int:
        """Let an erased person's ids come in again; how many were kept away."""
        return self.privacy.allow(THIS_MACHINE, site, who)

    def privacy_requests(self, site: str) -> Sequence[Request]:
        """Exports and erasures of the site, newest first."""
        return self.privacy.requests(site)

    def privacy_rules(self, site: str) -> SiteRules:
        """What the site decided about personal data."""
        return self.site_privacy.get(site)

    def set_privacy_rules(self, site: str, rules: SiteRules) -> None:
        """Decide anew."""
        self.site_privacy.put(THIS_MACHINE, site, rules)

    def site(self, site: str) -> Site:
        """One site; raises NotFound."""
        return self.accounts.sites.get(site)

    def problems(self, site: str) -> list[Problem]:
        """Problems of the site, open ones first, most money first."""
        return self.book.problems(site)

    def query(self, site: str, sql: str) -> pa.Table:
        """The answer to one SELECT over the site's own rows; raises InvalidInput when it is more than that."""
        return self.store.read_only(Scope(site), sql)

    def visits(self, site: str, limit: int) -> list[VisitRow]:
        """The newest visits of the last 30 days."""
        now = now_ms()
        return visits(self.store, Scope(site), now - 30 * DAY_MS, now + DAY_MS, Filter(), limit)

    def keys(self, site: str) -> list[Key]:
        """Write keys of the site."""
        return self.keyring.keys.list(site)

    def create_key(
        self, site: str, name: str, capabilities: list[str], origins: list[str], browsers_only: bool
    ) -> NewKey:
        """Make a write key."""
        return self.keyring.create_key(THIS_MACHINE, site, name, capabilities, origins, browsers_only)

    def rotate_key(self, site: str, prefix: str, overlap_hours: float) -> NewKey:
        """Put a new write key in the place of one, which goes on for the overlap."""
        return self.keyring.rotate_key(THIS_MACHINE, site, prefix, overlap_hours)

    def restrict_key(self, site: str, prefix: str, origins: list[str], browsers_only: bool) -> Key:
        """Set what a write key is for."""
        return self.keyring.restrict_key(THIS_MACHINE, site, prefix, origins, browsers_only)

    def part(self, site: str, one: Node, other: Node) -> None:
        """Let the link between two nodes of a person count no more."""
        SqlCuts(self.control).cut(site, one, other, now_ms())

    def join(self, site: str, one: Node, other: Node) -> None:
        """Let it count again; raises NotFound when it was not parted."""
        SqlCuts(self.control).mend(site, one, other)

    def revoke_key(self, site: str, prefix: str) -> None:
        """End a write key."""
        self.keyring.revoke_key(THIS_MACHINE, site, prefix)

    def set_aside(self) -> list[Standing]:
        """Rows that the store refused, by kind and reason, of all sites."""
        return standing_aside(self.settings.spool)

    def replay(self, reason: str) -> Replayed:
        """Send rows that stand aside for a reason that holds the text into the store again.

        While an app runs, its own drain does this: see `local`.
        """
        steps = (*self.late.steps(), *enrich.steps(routes_of(self.settings)))
        return replay(self.settings.spool, Insertion(self.store, Conversion(steps)), self.store, reason)


def _privacy(
    settings: Settings,
    control: Engine,
    store: Store,
    identity: Identity,
    tombstones: Tombstones,
    late: Late,
    draining: Event,
) -> Privacy:
    tables, memory = store.persons, VisitMemory(settings.data)
    waiting, requests = SpooledRows(settings.spool, late), Requests(control, Secrets.open(settings))
    eraser = Eraser(
        tables, waiting, memory, identity, SqlCuts(control), tombstones, requests, control, draining.is_set
    )
    return Privacy(tables, waiting, memory, identity, tombstones, requests, eraser, Audit(control), scrubbed)
