"""One installation's parts, opened once: control data, the store, and what is made of both."""

from dataclasses import dataclass
from threading import Event
from typing import Self

from sqlalchemy import Engine

from afterclick.accounts import Sites, first_run
from afterclick.accounts.accounts import Accounts
from afterclick.accounts.audit import Audit
from afterclick.accounts.exchange_rates import ExchangeRates
from afterclick.accounts.keyring import Keyring
from afterclick.accounts.secrets import Secrets
from afterclick.accounts.site_privacy import SitePrivacy
from afterclick.collect.passage.cleaning import scrubbed
from afterclick.customers import Identity, SqlCuts
from afterclick.customers.erasing import Eraser
from afterclick.customers.privacy import Privacy
from afterclick.customers.requests import Requests
from afterclick.measure import BOUND
from afterclick.resolve.book import SqlProblemBook
from afterclick.resolve.counts import Kept
from afterclick.resolve.watch import Changes
from afterclick.settings import Settings
from afterclick.store.backup import stop_half_restored
from afterclick.store.control.database import open_control
from afterclick.store.control.learned import Learned
from afterclick.store.control.taken_and_dropped import Quality
from afterclick.store.erasure import Late, SpooledRows, Tombstones
from afterclick.store.folder import private_folder
from afterclick.store.store import Store, open_store
from afterclick.visits.forgetting import VisitMemory, client_mark
from afterclick.visits.routes import Routes, routes_of

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
    counted: dict[str, Kept]
    """By site, what detection need not count again."""
    identity: Identity
    tombstones: Tombstones
    late: Late
    site_privacy: SitePrivacy
    privacy: Privacy
    routes: Routes
    draining: Event
    """Set by whoever runs a drain beside."""

    @classmethod
    def open(cls, settings: Settings, *, restoring: bool = False) -> Self:
        """Open the data folder, making what is missing; `restoring` one that a restore still fills.

        Raises Misconfigured when another process owns the folder, a DSN or a rule for routes is wrong, a newer
        release has written the data, or a restore was stopped in the middle.
        """
        private_folder(settings.data)
        if not restoring:
            stop_half_restored(settings.data)
        control = open_control(settings)
        first_run(control, settings)
        opened = cls.over(settings, control, open_store(settings, BOUND))
        opened.store.outdated.notice(opened.learned)
        return opened

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
            counted={},
            identity=identity,
            tombstones=tombstones,
            late=late,
            site_privacy=SitePrivacy(control),
            privacy=_privacy(settings, control, store, identity, tombstones, late, draining),
            routes=routes_of(settings),
            draining=draining,
        )

    @property
    def exchange_rates(self) -> ExchangeRates:
        """The rates of exchange that sites state."""
        return self.accounts.exchange_rates

    def close(self) -> None:
        """Close everything; another process may open the folder then."""
        self.store.close()
        self.control.dispose()


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
