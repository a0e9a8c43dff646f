"""`afterclick serve`: the collector beside, the drain, the timetable, the dashboard and the local socket."""

import asyncio
import contextlib
import os
import signal
import socket
import sys
from collections.abc import Callable, Generator
from dataclasses import dataclass
from functools import partial
from ipaddress import ip_address
from typing import NoReturn

import structlog
import uvicorn
from starlette.types import ASGIApp

from afterclick import log, web
from afterclick.accounts import DEFAULT_SITE, Keys
from afterclick.accounts.accounts import Accounts
from afterclick.app.answering import Answering, local_door
from afterclick.app.installation import Installation
from afterclick.app.one_app import OneApp
from afterclick.app.supervisor import Supervisor
from afterclick.app.timetable import JOBS, Timetable, Work
from afterclick.collect.transport.connections import connections_of
from afterclick.errors import Misconfigured
from afterclick.jobs import Stop
from afterclick.resolve.watch import Change
from afterclick.settings import Settings
from afterclick.store.drain.drain import Drain
from afterclick.store.store import Store
from afterclick.words.telling import sentence

PAGES_S, JOBS_S, DRAIN_S = 3, 5.0, 6.0
"""Seconds that pages, then jobs, then the drain have to end; the collector ends meanwhile. Within 20 s all is over."""

_log = structlog.get_logger("app")


@dataclass
class Running:
    """What runs beside the two servers, started in order and stopped in the opposite one."""

    supervisor: Supervisor | None
    drain: Drain
    timetable: Timetable
    broadcaster: web.Broadcaster
    store: Store

    def start(self) -> None:
        if self.supervisor:
            self.supervisor.start()
        self.drain.start()
        self.timetable.start()

    def end(self) -> None:
        """Begin nothing more, and ask all to end. Returns at once; harmless when repeated."""
        self.broadcaster.close()  # open pages hold a stream; ending it lets the servers finish
        self.timetable.end()
        if self.supervisor:
            self.supervisor.end()

    def stop(self) -> tuple[str, ...]:
        """Wait for all to end, each for its time; names what has not, which the next start begins anew."""
        self.end()
        self.store.cancel()  # pages that nobody waits for any more
        left = self.timetable.rest(JOBS_S, self.store.cancel)
        if not self.drain.stop(DRAIN_S):
            left = (*left, "drain")
        if self.supervisor:
            self.supervisor.stop()
        return left


def serve(settings: Settings, say: Callable[[str], object], *, collector: bool = True) -> None:
    """Run until SIGINT or SIGTERM, with a collector beside or without; `say` is told where the doors are.

    Raises Misconfigured when the folder belongs to another process, another app runs over the same server, or a port is
    taken.
    """
    recent = log.configure()
    installation = Installation.open(settings)
    key = Keys(installation.control).public(DEFAULT_SITE)
    try:
        _may_listen(settings, installation.accounts)
        one = OneApp(settings, installation.control)
        with one, _listening(settings.host, settings.port) as door:
            say(f"Dashboard  http://{settings.host}:{settings.port}")
            say(f"Collector  http://{settings.collector_host}:{settings.collector_port}   write key {key}")
            if installation.accounts.set_up.is_open() and not settings.open_on_loopback:
                token = installation.accounts.set_up.token
                say(f"Set up     http://{settings.host}:{settings.port}/set-up?token={token}")
            left = asyncio.run(_serve(installation, door, recent, one, collector))
            if left:
                _leave(left)
    finally:
        installation.close()


def _leave(left: tuple[str, ...]) -> NoReturn:
    """End the process although something in it does not: the store must not be closed beneath it.

    Rows that were acknowledged are in the spool or in the store, and every job may be killed at any point.
    """
    _log.warning("ended before its work", left=", ".join(left))
    sys.stderr.flush()
    os._exit(0)


def _may_listen(settings: Settings, accounts: Accounts) -> None:
    """Raises Misconfigured when the dashboard would be open to others before it is set up, or at all."""
    if _is_loopback(settings.host):
        return
    if settings.open_on_loopback:
        raise Misconfigured(
            f"Without a sign-in the dashboard listens on this machine only, not on {settings.host}; unset "
            "AFTERCLICK_OPEN_ON_LOOPBACK."
        )
    if accounts.set_up.is_open():
        raise Misconfigured(
            f"Before the dashboard listens on {settings.host} it needs an administrator: start it on 127.0.0.1 and "
            "open the set-up link, or run `afterclick members add EMAIL`."
        )


def _is_loopback(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _listening(host: str, port: int) -> socket.socket:
    """A socket on the port; raises Misconfigured when it cannot be had."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    door = socket.socket(family, socket.SOCK_STREAM)
    door.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        door.bind((host, port))
        door.listen()  # two may bind one address this way, but only one listens
    except OSError as error:
        door.close()
        raise Misconfigured(
            f"Port {port} of {host} cannot be had ({error.strerror}); choose another with AFTERCLICK_PORT, or end "
            "what listens there."
        ) from error
    return door


async def _serve(
    installation: Installation, door: socket.socket, recent: log.Recent, one: OneApp, collector: bool
) -> tuple[str, ...]:
    """Serve until told to stop; names what did not end in its time."""
    settings, broadcaster, stop = installation.settings, web.Broadcaster(), Stop()
    installation.changes.listen(partial(_tell, installation, broadcaster))
    installation.draining.set()
    timetable = Timetable([Work(job, installation, stop, one.check) for job in JOBS], stop)
    answering = Answering.over(installation, timetable, recent, broadcaster)
    running = Running(
        Supervisor("afterclick.collect") if collector else None,
        answering.draining.drain,
        timetable,
        broadcaster,
        installation.store,
    )
    with local_door(settings.socket) as local:
        servers = (
            _Server(answering.app, settings, door),
            _Server(web.locally(answering.app), settings, local),
        )
        running.start()
        try:
            await _until_stopped(servers, running)
        finally:
            left = await asyncio.to_thread(running.stop)
    if not left:
        answering.close()
    return left


def _tell(installation: Installation, broadcaster: web.Broadcaster, change: Change) -> None:
    """Tell open pages what became of a problem."""
    problem = change.problem
    if change.kind != "updated":
        words = sentence(problem, installation.sites.get(problem.site).timezone)
        notice = web.Notice(kind="problem", site=problem.site, sentence=words, problem_id=problem.id)
        broadcaster.tell(notice)


class _Server(uvicorn.Server):
    """A server at an open door that leaves signals to us: two of them run in one process."""

    def __init__(self, app: ASGIApp, settings: Settings, door: socket.socket) -> None:
        config = uvicorn.Config(
            app,
            log_config=None,
            log_level="error",  # a warning for each request that is no HTTP would let anybody fill the disk
            access_log=False,
            server_header=False,
            http=connections_of(settings, web.LET_PASS).protocol,
            ws="none",
            proxy_headers=bool(settings.trusted_proxies),
            forwarded_allow_ips=settings.trusted_proxies,
            timeout_graceful_shutdown=PAGES_S,
        )
        super().__init__(config)
        self._door = door

    async def run_here(self) -> None:
        """Serve until told to stop."""
        await self.serve([self._door])

    @contextlib.contextmanager
    def capture_signals(self) -> Generator[None, None, None]:
        yield


async def _until_stopped(servers: tuple[_Server, ...], running: Running) -> None:
    def stop() -> None:
        running.end()
        for server in servers:
            server.should_exit = True

    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stop)
    async with asyncio.TaskGroup() as group:
        for server in servers:
            group.create_task(server.run_here())
