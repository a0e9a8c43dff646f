"""`afterclick collect`: a collector that drains its own spool into a ClickHouse server, without an app.

The collector's doors open before the server is asked for, and stay open while it is away: rows wait in the spool.
"""

import signal
import threading
from collections.abc import Callable
from types import FrameType

import structlog

from afterclick import log
from afterclick.app.draining import Draining
from afterclick.app.installation import Installation
from afterclick.app.supervisor import Supervisor
from afterclick.errors import AfterclickError, Misconfigured
from afterclick.settings import Settings
from afterclick.store.engine.dsn import SignalsDsn

_LONGEST_PAUSE = 30.0


def collect(settings: Settings, say: Callable[[str], object]) -> None:
    """Run until SIGINT or SIGTERM; `say` is told where the doors are.

    Raises Misconfigured when the store is not a server, or nobody gave the app's secret key.
    """
    if not SignalsDsn(settings).is_server:
        raise Misconfigured(
            "A collector without an app drains into a ClickHouse server: set AFTERCLICK_STORE to one, or run "
            "`afterclick serve`, which has the embedded engine."
        )
    if not settings.secret_key and not (settings.data / "secret.key").exists():
        raise Misconfigured(
            "A collector without an app needs the app's secret key to know erased people again: set "
            "AFTERCLICK_SECRET_KEY to the same on both."
        )
    log.configure()
    stopping = threading.Event()

    def stop(_number: int, _frame: FrameType | None) -> None:
        stopping.set()

    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, stop)
    supervisor = Supervisor("afterclick.collect")
    supervisor.start()
    say(f"Collector  http://{settings.collector_host}:{settings.collector_port}")
    try:
        _drain(settings, stopping)
    finally:
        supervisor.stop()


def _drain(settings: Settings, stopping: threading.Event) -> None:
    installation = _opened(settings, stopping)
    if installation is None:
        return
    draining = Draining.over(installation)
    try:
        draining.drain.start()
        stopping.wait()
        draining.drain.stop()
    finally:
        draining.close()
        installation.close()


def _opened(settings: Settings, stopping: threading.Event) -> Installation | None:
    """The installation as soon as its databases answer, None when told to stop before."""
    pause = 0.5
    while not stopping.is_set():
        try:
            return Installation.open(settings)
        except AfterclickError as error:
            structlog.get_logger("app").warning("rows wait in the spool", reason=str(error))
        stopping.wait(pause)
        pause = min(2 * pause, _LONGEST_PAUSE)
    return None
