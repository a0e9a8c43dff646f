"""What a place holds of people: said where the place is made, and gathered by `store.erasure.registry`.

A table of the engine says it in its `Table` record, one of the control database in its model's `held`; the tables of a
SQLite file and the entries of the data folder are `Holding`s in the module that writes them.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

Where = Literal["signals", "control", "spool", "visits", "files"]
"""The engine, the control database, the spool's file, the memory of visits, the data folder itself."""


@dataclass(frozen=True)
class Held:
    """What is in a place, in the data map's words.

    `why` says what it is for, or why nobody is in it. `holds` says what of people is in it, empty for nothing; then
    `kept` says for how long, and `erased` how a person's records are found and taken out. `cleared` are the columns of
    a control table whose ids an erasure takes out, so that their old versions must go from the disk too.
    Raises TypeError when it says the one without the other.
    """

    why: str
    holds: str = ""
    kept: str = ""
    erased: str = ""
    in_backups: bool = True
    cleared: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if not self.why or len({bool(self.holds), bool(self.kept), bool(self.erased)}) > 1:
            raise TypeError(
                f"{self!r} is not whole: say `why`, and `holds`, `kept` and `erased` either all or not at all."
            )


@dataclass(frozen=True)
class Holding:
    """One place: a table, or an entry of the data folder (`files`)."""

    where: Where
    name: str
    held: Held


@dataclass(frozen=True)
class FileTable:
    """A table of a SQLite file of the data folder: its columns as SQL, and what it holds."""

    name: str
    columns: str
    held: Held
    options: str = ""

    @property
    def create(self) -> str:
        """The statement that makes it where it is not there yet."""
        return f"CREATE TABLE IF NOT EXISTS {self.name} ({self.columns}) {self.options}"


def in_the_file(where: Where, tables: Iterable[FileTable]) -> tuple[Holding, ...]:
    """The places that the tables of a file are."""
    return tuple(Holding(where, table.name, table.held) for table in tables)
