"""The dashboard and its API over an installation: the same over TCP, over the data folder's socket and for one verb."""

import socket
import tempfile
import threading
import time
from collections.abc import Generator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Self

import uvicorn
from fastapi import FastAPI

from afterclick import log, web
from afterclick.app.desk import desk_over
from afterclick.app.draining import Draining
from afterclick.app.installation import Installation
from afterclick.app.operations import Watch
from afterclick.app.timetable import Timetable, Work
from afterclick.collect.transport.connections import Connections, Limits
from afterclick.customers.privacy import ERASE
from afterclick.errors import Misconfigured, Unavailable
from afterclick.jobs import Stop
from afterclick.pages import dashboard
from afterclick.settings import Settings
from afterclick.store.backup import stop_half_restored
from afterclick.store.control.database import must_be_begun
from afterclick.store.holding import Held, Holding
from afterclick.store.spool.spool import Spool

_START_S = 120.0
_ONE_VERB = Limits(most=0, most_each=0, head_seconds=60.0, body_seconds=600.0, body_bytes=1 << 30)
_LAST_S = 120.0


@dataclass(frozen=True)
class Answering:
    """The app, and what it needs open; the drain has not begun. Close when nobody asks any more and it has ended."""

    app: FastAPI
    draining: Draining
    watch: Watch
    spool: Spool

    @classmethod
    def over(
        cls, installation: Installation, timetable: Timetable, recent: log.Recent, live: web.Broadcaster
    ) -> Self:
        """Everything that answers for the installation."""
        settings = installation.settings
        spool, draining = Spool(settings.spool, settings.spool_budget_bytes), Draining.over(installation)
        watch = Watch(installation, draining.outlet, draining.drain, timetable, recent)
        desk = desk_over(installation, draining.outlet, spool, live, watch, draining.drain)
        return cls(dashboard(desk), draining, watch, spool)

    def close(self) -> None:
        """Let go of the spool."""
        self.watch.close()
        self.spool.close()
        self.draining.close()


@contextmanager
def answering_alone(settings: Settings, *, beginning: bool = False) -> Generator[Path]:
    """The socket on which a stopped installation answers, opened by this process for the length of the block.

    Erasures that were asked for go on meanwhile; nothing else runs. Raises Misconfigured when it cannot be opened, and
    unless `beginning` where there is none yet.
    """
    log.configure_for_a_verb()
    stop_half_restored(settings.data)
    if not beginning:
        must_be_begun(settings)
    with ExitStack() as stack:
        # made before the store opens, which leads temporary files into the data folder: a socket's path must be short
        folder = stack.enter_context(tempfile.TemporaryDirectory(prefix="afterclick-"))
        installation, stop = Installation.open(settings), Stop()
        stack.callback(installation.close)
        timetable = Timetable([Work(ERASE, installation, stop)], stop)
        answering = Answering.over(installation, timetable, log.Recent(), web.Broadcaster())
        stack.callback(answering.close)
        stack.callback(timetable.rest, _LAST_S, installation.store.cancel)
        stack.callback(timetable.end)
        timetable.start()
        yield stack.enter_context(served_at(answering.app, Path(folder) / "verb.sock"))


@contextmanager
def served_at(app: FastAPI, place: Path) -> Generator[Path]:
    """The app on a socket in the file system, in a thread of this process."""
    settings = uvicorn.Config(
        web.locally(app),
        log_config=None,
        log_level="error",
        access_log=False,
        ws="none",
        lifespan="off",
        http=Connections(_ONE_VERB).protocol,
    )
    server = uvicorn.Server(settings)
    with local_door(place) as door:
        thread = threading.Thread(target=server.run, args=([door],), name="verb", daemon=True)
        thread.start()
        deadline = time.monotonic() + _START_S
        while not server.started:
            if not thread.is_alive() or time.monotonic() > deadline:
                raise Unavailable("The installation does not answer; run the verb again.")
            time.sleep(0.005)
        try:
            yield place
        finally:
            server.should_exit = True
            thread.join(_START_S)


SOCKET = Holding("files", "app.sock", Held("the socket of a running app", in_backups=False))


@contextmanager
def local_door(place: Path) -> Generator[socket.socket]:
    """A socket in the file system that only its owner can open, gone when the block ends.

    Raises Misconfigured when there can be none, such as where the path is longer than a socket's may be.
    """
    place.unlink(missing_ok=True)
    door = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    try:
        door.bind(str(place))
    except OSError as error:
        door.close()
        raise Misconfigured(
            f"The socket {place} cannot be made ({error}): choose another AFTERCLICK_DATA, whose path is shorter."
        ) from error
    try:
        place.chmod(0o600)
        door.listen()
        yield door
    finally:
        door.close()
        with suppress(OSError):
            place.unlink(missing_ok=True)
