"""One app over a store: its jobs number people and swap tables, which two of them must not do at the same time.

The embedded engine's folder belongs to one process anyway. Over a server the app holds a lock beside the control
database, which ends with it, however it ends.
"""

import threading
from typing import Self

from sqlalchemy import Engine
from sqlalchemy.exc import DBAPIError

from afterclick.errors import Misconfigured, Unavailable
from afterclick.settings import Settings
from afterclick.store.control.locks import Hold
from afterclick.store.engine.dsn import SignalsDsn


class OneApp:
    """Enter it to be the one; raises Misconfigured when another is."""

    def __init__(self, settings: Settings, control: Engine) -> None:
        self._hold = Hold(control, "app") if SignalsDsn(settings).is_server else None
        self._lock = threading.Lock()

    def __enter__(self) -> Self:
        if self._hold and not self._hold.take():
            raise Misconfigured(
                "Another app runs over this store and control database: stop it first, or run `afterclick collect` "
                "here, which takes in and drains without an app."
            )
        return self

    def __exit__(self, *_: object) -> None:
        if self._hold:
            self._hold.release()

    def check(self) -> None:
        """Raises Unavailable while this is not the one app, or that cannot be known."""
        if self._hold is None:
            return
        try:
            with self._lock:
                held = self._hold.take()
        except DBAPIError as error:
            raise Unavailable("Jobs wait: the control database does not answer.") from error
        if not held:
            raise Unavailable("Jobs rest: another app has taken over this store.")
