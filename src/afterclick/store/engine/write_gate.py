"""Which writes may run side by side: in this process, and over a server between all processes that share it.

The embedded engine belongs to one process, so threads need only a lock of theirs. A server is written by the app and
every collector; they keep apart by locks beside the control database, which they share too.
"""

import threading
from collections.abc import Generator
from contextlib import AbstractContextManager, ExitStack, contextmanager

from sqlalchemy.exc import DBAPIError

from afterclick.errors import Unavailable
from afterclick.settings import Settings
from afterclick.store.control.database import control_engine
from afterclick.store.control.locks import Hold, alone, together


class Gate:
    """Lets inserts through, and holds them back. Safe to use from any thread."""

    def __init__(self, settings: Settings, *, shared: bool) -> None:
        """`shared`: other processes write to the same store."""
        self._control = control_engine(settings) if shared else None
        self._inserting = threading.Lock()
        self._rebuilding = threading.Lock()

    @contextmanager
    def inserting(self) -> Generator[None]:
        """One insert of this process; raises Unavailable when the control database does not answer."""
        with self._inserting, ExitStack() as locks:
            if self._control:
                _enter(locks, together(self._control, "inserts"))
            yield

    @contextmanager
    def between_inserts(self) -> Generator[None]:
        """No insert of any process."""
        with self._inserting, ExitStack() as locks:
            if self._control:
                _enter(locks, alone(self._control, "inserts"))
            yield

    @contextmanager
    def rebuilding(self) -> Generator[None]:
        """The one rebuild of all processes."""
        with self._rebuilding, ExitStack() as locks:
            if self._control:
                _enter(locks, alone(self._control, "rebuild"))
            yield

    @contextmanager
    def unless_rebuilding(self) -> Generator[bool]:
        """Whether nobody rebuilds, and if so, nobody begins to inside."""
        if self._control is None:
            yield True
            return
        hold = Hold(self._control, "rebuild")
        try:
            yield hold.take()
        finally:
            hold.release()

    def close(self) -> None:
        """Let go of the control database."""
        if self._control:
            self._control.dispose()


def _enter(locks: ExitStack, lock: AbstractContextManager[None]) -> None:
    try:
        locks.enter_context(lock)
    except (DBAPIError, OSError) as error:
        raise Unavailable("The store's locks cannot be had: the control database does not answer.") from error
