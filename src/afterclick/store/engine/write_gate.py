"""Which writes may run side by side: in this process, and over a server between all processes that share it.

The embedded engine belongs to one process, so threads need only a lock of theirs. A server is written by the app and
every collector; they keep apart by locks beside the control database, which they share too.
"""

import threading
from collections.abc import Generator
from contextlib import AbstractContextManager, ExitStack, contextmanager

from sqlalchemy.exc import DBAPIError

from afterclick.errors import Unavailable
from afterclick.jobs import Stop
from afterclick.settings import Settings
from afterclick.store.control.database import control_engine
from afterclick.store.control.locks import Hold, alone, together


class Gate:
    """Lets inserts through, and holds them back. Safe to use from any thread."""

    def __init__(self, settings: Settings, *, shared: bool) -> None:
        """`shared`: other processes write to the same store."""
        self._control = control_engine(settings) if shared else None
        self._inserting = threading.Lock()
        self._months = _Turns()

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
    def rebuilding(self, stop: Stop | None = None) -> Generator[None]:
        """The one rebuild of all processes. Raises Stopped while it waits, once `stop` is set."""
        with self._months.alone(stop), ExitStack() as locks:
            if self._control:
                _enter(locks, alone(self._control, "rebuild"))
            yield

    @contextmanager
    def beside_rebuilds(self) -> Generator[None]:
        """No rebuild of this process: rows that are taken out inside are in nothing that is swapped in later."""
        with self._months.shared():
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


class _Turns:
    """Several share, or one is alone. It is long until it is free, so who waits to be alone can be stopped."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._sharing = 0
        self._alone = False

    @contextmanager
    def alone(self, stop: Stop | None) -> Generator[None]:
        with self._changed:
            while not self._changed.wait_for(lambda: not (self._alone or self._sharing), _ASK_AGAIN_S):
                if stop:
                    stop.check()
            self._alone = True
        try:
            yield
        finally:
            with self._changed:
                self._alone = False
                self._changed.notify_all()

    @contextmanager
    def shared(self) -> Generator[None]:
        with self._changed:
            self._changed.wait_for(lambda: not self._alone)
            self._sharing += 1
        try:
            yield
        finally:
            with self._changed:
                self._sharing -= 1
                self._changed.notify_all()


_ASK_AGAIN_S = 0.25


def _enter(locks: ExitStack, lock: AbstractContextManager[None]) -> None:
    try:
        locks.enter_context(lock)
    except (DBAPIError, OSError) as error:
        raise Unavailable("The store's locks cannot be had: the control database does not answer.") from error
