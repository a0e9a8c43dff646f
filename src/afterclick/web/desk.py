"""What pages need, given once by the wiring: nothing in the web room reaches for anything else."""

from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from typing import Protocol

import msgspec
import pyarrow as pa
from starlette.requests import HTTPConnection

from afterclick.accounts.accounts import Accounts
from afterclick.accounts.keyring import Keyring
from afterclick.accounts.site_privacy import SitePrivacy
from afterclick.accounts.viewer import Viewer
from afterclick.clock import Clock, now_ms
from afterclick.customers.cuts import SqlCuts
from afterclick.customers.privacy import Privacy
from afterclick.impact import AtRisk
from afterclick.resolve import Evidence, Problem, ProblemBook, Silence
from afterclick.settings import Settings
from afterclick.signals import Event
from afterclick.store.engine.query import Reader
from afterclick.store.scope import Scope
from afterclick.visits.routes import LearnedRoute
from afterclick.web.intake import Health
from afterclick.web.machine import Machine
from afterclick.web.vitals import NothingKnown, Operations


class Notice(msgspec.Struct, frozen=True, kw_only=True):
    """Something that open pages should hear of at once.

    `kind` is "problem" (opened, priced or closed), "mark" or "data" (rows became queryable); `sentence` is read out.
    """

    kind: str
    site: str
    sentence: str = ""
    problem_id: str = ""


class Live(Protocol):
    """Passes notices to open pages."""

    def listen(self) -> AsyncIterator[Notice]:
        """Every notice from now on; ends when the app stops."""
        ...


@dataclass(frozen=True)
class Desk:
    """What pages need.

    `scope` names the site shown first; `sites` lists those that may be shown. `evidence` reads what stands under a
    problem; `at_risk` gives the newest estimates that the timetable made of all open problems, and of everything felt,
    `silence` that visits have stopped coming.
    `key` answers a site's public write key, raising NotFound when it has none. `mark` appends a mark event by the
    front door (the spool), so that it is stored like anyone's. `ask` answers a reader's own SELECT,
    `cuts` parts what was wrongly taken for one customer, `machine` does what concerns the whole installation.
    `privacy` answers about one person, `site_privacy`
    what a site keeps of anybody. `accounts` knows who may sign in, `keyring` what else opens something; `recognize`
    lists the ways of telling who asks, of which the first that knows counts. `operations` knows how the
    installation itself is doing. `collector` is the base URL that browsers reach the collector by. `own_site` is
    where our own pages report to. `routes` tells what was learned of a site's page patterns.
    """

    reader: Reader
    scope: Scope
    problems: ProblemBook
    settings: Settings
    health: Health
    live: Live
    mark: Callable[[Event], None]
    key: Callable[[str], str]
    sites: Callable[[], tuple[str, ...]]
    evidence: Callable[[Scope, Problem], Evidence]
    at_risk: Callable[[Scope], AtRisk]
    silence: Callable[[Scope], Silence | None]
    ask: Callable[[Scope, str], pa.Table]
    cuts: SqlCuts
    machine: Machine
    accounts: Accounts
    privacy: Privacy
    site_privacy: SitePrivacy
    keyring: Keyring
    recognize: tuple[Callable[[HTTPConnection], Viewer | None], ...]
    operations: Operations = field(default_factory=NothingKnown)
    collector: str = "http://127.0.0.1:4318"
    own_site: str = "afterclick"
    routes: Callable[[str], tuple[LearnedRoute, ...]] = lambda _: ()
    clock: Clock = now_ms
