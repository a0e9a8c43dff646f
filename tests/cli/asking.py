"""The API of an installation whose store the test's process has open already: as a verb's `connect` gives it."""

from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

import httpx

from afterclick import log, web
from afterclick.app.answering import Answering, served_at
from afterclick.app.installation import Installation
from afterclick.app.timetable import Timetable
from afterclick.cli.connection import Api
from afterclick.jobs import Stop


@contextmanager
def asking(installation: Installation, at: Path | None = None) -> Generator[Api]:
    """The API, on a socket of its own, or where verbs look for that of a running app."""
    answering = Answering.over(installation, Timetable((), Stop()), log.Recent(), web.Broadcaster())
    try:
        with (
            TemporaryDirectory() as folder,
            served_at(answering.app, at or Path(folder) / "app.sock") as place,
        ):
            transport = httpx.HTTPTransport(uds=str(place))
            with httpx.Client(transport=transport, base_url="http://localhost", timeout=60) as client:
                yield Api(client)
    finally:
        answering.close()
