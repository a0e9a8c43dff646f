"""Erasing anew, in a restored folder, whom another folder has erased since the backup.

Tombstones are keyed hashes: only the installation's secret key tells whom they cover. So every user and device of the
restored data is held against them, and whoever is covered is erased like on the day they asked.
"""

from collections.abc import Iterator
from pathlib import Path

import msgspec
from sqlalchemy import create_engine, inspect

from afterclick.accounts.viewer import THIS_MACHINE
from afterclick.app.installation import Installation
from afterclick.errors import InvalidInput
from afterclick.settings import Settings
from afterclick.store.engine.query import statements
from afterclick.store.erasure.person import IdKind, is_nobody
from afterclick.store.erasure.tombstones import Tombstone, tombstones
from afterclick.store.scope import Scope

_SQL = statements("afterclick.app", "erased.sql")


class _Known(msgspec.Struct, frozen=True):
    kind: IdKind
    id: str


def erased_in(data: Path) -> list[Tombstone]:
    """The tombstones of a data folder; raises InvalidInput when it is none."""
    if not (data / "control.db").is_file():
        raise InvalidInput(
            f"{data} is no data folder: it has no control.db. Name the one that was in use last."
        )
    engine = create_engine(f"sqlite:///file:{(data / 'control.db').resolve()}?mode=ro&uri=true")
    try:
        return tombstones(engine) if inspect(engine).has_table("tombstones") else []
    finally:
        engine.dispose()


def erase_again(settings: Settings, stones: list[Tombstone]) -> int:
    """Put up the tombstones and erase whom they cover; how many people were erased."""
    installation = Installation.open(settings, restoring=True)
    try:
        installation.tombstones.add_all(stones)
        privacy, erased = installation.privacy, 0
        for site in {stone.site for stone in stones}:
            for known in _covered(installation, site):
                who = f"{known.kind}:{known.id}"
                for _ in privacy.run(privacy.ask_erasure(THIS_MACHINE, site, who)):
                    pass
                erased += 1
        return erased
    finally:
        installation.close()


def _covered(installation: Installation, site: str) -> Iterator[_Known]:
    """Who is covered and still there: an erasure takes all ids of a person along."""
    covers, seen = installation.tombstones.covers, set[_Known]()
    while True:
        known = installation.store.rows(Scope(site), _SQL["known_ids"], _Known)
        new = (one for one in known if one not in seen and not is_nobody(one.id))
        found = next((one for one in new if covers(site, one.kind, one.id)), None)
        if found is None:
            return
        seen.add(found)
        yield found
