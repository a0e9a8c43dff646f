"""A Desk over a store, and the app served on a free port."""

import threading
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass, field

import msgspec
import uvicorn
from fastapi import FastAPI
from tests.web.shopfront import HOUR, NOW
from tests.web.troubles import an_evidence

from afterclick import web
from afterclick.accounts import first_run
from afterclick.accounts.accounts import Accounts
from afterclick.accounts.keyring import Keyring
from afterclick.app.installation import Installation
from afterclick.customers import SqlCuts
from afterclick.errors import NotFound
from afterclick.impact import AtRisk, Estimate
from afterclick.resolve import Priced, Problem
from afterclick.settings import Settings
from afterclick.signals import Event
from afterclick.store.control.database import open_control
from afterclick.store.control.taken_and_dropped import Dropped
from afterclick.store.drain.drain import Freshness
from afterclick.store.drain.replay import Replayed
from afterclick.store.schema.records import events_table
from afterclick.store.scope import Scope
from afterclick.store.store import Store
from afterclick.web.intake import Intake


class Book:
    """A problem book in memory."""

    def __init__(self, problems: list[Problem]) -> None:
        self.kept = {problem.id: problem for problem in problems}

    def problems(self, site: str, status: str | None = None) -> list[Problem]:
        return [one for one in self.kept.values() if one.site == site and status in (None, one.status)]

    def problem(self, site: str, problem_id: str) -> Problem:
        found = self.kept.get(problem_id)
        if found is None or found.site != site:
            raise NotFound("This site has no such problem.")
        return found

    def save(self, problem: Problem) -> Problem:
        known = self.kept.get(problem.id, problem)
        self.kept[problem.id] = msgspec.structs.replace(problem, estimate=known.estimate, priced=known.priced)
        return self.kept[problem.id]

    def price(self, site: str, problem_id: str, estimate: Estimate, priced: Priced) -> Problem | None:
        known = self.kept.get(problem_id)
        if known is None:
            return None
        self.kept[problem_id] = msgspec.structs.replace(known, estimate=estimate, priced=priced)
        return self.kept[problem_id]


@dataclass
class Doors:
    """Intake figures as given."""

    figures: Intake = field(default_factory=Intake)

    def intake(self, site: str, since: int) -> Intake:
        return self.figures


BUSY = Intake(
    begun=True,
    accepted={"events": 184_230, "traces": 61_022},
    doors={"events": NOW - 2_000, "traces": NOW - 4_000},
    drops=(
        Dropped("events", "future", 312, NOW - 2 * HOUR),
        Dropped("events", "wrong_type", 41, NOW - 5 * HOUR),
        Dropped("traces", "too_large", 6, NOW - 20 * HOUR),
    ),
    corrected=412,
    waiting=1_204,
    waiting_bytes=610_000,
    oldest_waiting=NOW - 1_400,
    last_received=NOW - 2_000,
)


_accounts: dict[str, Accounts] = {}


def accounts_of(settings: Settings) -> Accounts:
    """Accounts over the control database of the settings, opened once."""
    if settings.control_dsn not in _accounts:
        control = open_control(settings)
        first_run(control, settings)
        _accounts[settings.control_dsn] = Accounts.over(control, settings)
    return _accounts[settings.control_dsn]


_keyrings: dict[str, Keyring] = {}


NOTHING_WAITS = Freshness(0, 0, 10, 0, None, "", {})


def keyring_of(settings: Settings) -> Keyring:
    """Keys, links and the audit log over the control database of the settings, opened once."""
    if settings.control_dsn not in _keyrings:
        _keyrings[settings.control_dsn] = Keyring.over(open_control(settings), settings, lambda: NOW)
    return _keyrings[settings.control_dsn]


_installations: dict[str, Installation] = {}


def installation_of(settings: Settings, store: Store) -> Installation:
    """An installation over the store and the control database of the settings, opened once."""
    if settings.control_dsn not in _installations:
        control = open_control(settings)
        _installations[settings.control_dsn] = Installation.over(settings, control, store)
    return _installations[settings.control_dsn]


def a_desk(store: Store, settings: Settings, site: str, problems: list[Problem], intake: Intake) -> web.Desk:
    """A desk over the store and things held in memory; marks go straight into the store."""

    def mark(event: Event) -> None:
        store.insert("events", events_table([event]), event.event_id)

    def key(wanted: str) -> str:
        if wanted != site:
            raise NotFound("no key")
        return "ac_0123456789abcdef0123456789abcdef"

    installation = installation_of(settings, store)
    return web.Desk(
        reader=store,
        scope=Scope(site),
        problems=Book(problems),
        settings=settings,
        health=Doors(intake),
        live=web.Broadcaster(),
        mark=mark,
        key=key,
        sites=lambda: (site, "afterclick"),
        evidence=lambda scope, problem: an_evidence(problem),
        at_risk=lambda scope: AtRisk(),
        silence=lambda scope: None,
        ask=store.read_only,
        cuts=SqlCuts(installation.control),
        machine=web.Machine(lambda: NOTHING_WAITS, list, lambda _: Replayed(), store.frozen),
        accounts=accounts_of(settings),
        privacy=installation.privacy,
        site_privacy=installation.site_privacy,
        keyring=keyring_of(settings),
        recognize=(web.by_api_key(keyring_of(settings).api_keys), web.this_machine),
        clock=lambda: NOW,
    )


@contextmanager
def served(app: FastAPI, live: web.Live | None = None) -> Generator[str]:
    """The app on a free loopback port, in a thread; its base URL."""
    server = uvicorn.Server(uvicorn.Config(app, port=0, log_level="warning", lifespan="off"))
    ready = threading.Event()
    bind = server.startup

    async def startup(sockets: list[object] | None = None) -> None:
        await bind(sockets)  # pyright: ignore[reportArgumentType]
        ready.set()

    server.startup = startup  # pyright: ignore[reportAttributeAccessIssue]
    thread = threading.Thread(target=server.run)
    thread.start()
    try:
        assert ready.wait(30)
        port = server.servers[0].sockets[0].getsockname()[1]
        yield f"http://127.0.0.1:{port}"
    finally:
        if isinstance(live, web.Broadcaster):
            live.close()
        server.should_exit = True
        thread.join(30)
