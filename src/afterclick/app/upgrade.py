"""What an upgrade of the data would change, and doing it."""

from typing import NamedTuple

from afterclick.app.installation import Installation
from afterclick.errors import InvalidInput
from afterclick.settings import Settings
from afterclick.store.backup import stop_half_restored
from afterclick.store.control.database import control_engine
from afterclick.store.control.revisions import Revision
from afterclick.store.control.revisions import due as due_revisions
from afterclick.store.engine.connection import Engine
from afterclick.store.schema.migrations import Migration, pending


class Due(NamedTuple):
    """Changes that the data of an earlier release needs: of the signals' tables, and of the control database."""

    signals: list[Migration]
    control: list[Revision]


def due(settings: Settings) -> Due:
    """What this release would change; changes nothing.

    Raises InvalidInput when there is no data, Misconfigured when a newer release has written it or a restore was
    stopped in the middle.
    """
    if not (settings.database or (settings.data / "control.db").exists()):
        raise InvalidInput(f"There is nothing in {settings.data} to upgrade; is AFTERCLICK_DATA right?")
    stop_half_restored(settings.data)
    engine = Engine(settings)
    try:
        signals = pending(engine)
    finally:
        engine.close()
    control = control_engine(settings)
    try:
        return Due(signals, due_revisions(control))
    finally:
        control.dispose()


def upgrade(settings: Settings) -> None:
    """Bring the data to this release. Whatever interrupts it, it goes on from there when it is called again."""
    Installation.open(settings).close()
