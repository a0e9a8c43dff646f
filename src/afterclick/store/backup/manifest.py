"""What a backup says of itself: the last thing written, so that a backup without one is not whole."""

from pathlib import Path

import msgspec

from afterclick.errors import InvalidInput, Misconfigured
from afterclick.store.holding import Held, Holding

NAME = "manifest.json"
FORMAT = 1

MARK = Holding("files", "restoring", Held("marks a restore that is not whole", in_backups=False))
HALF = MARK.name
"""The file that stands in a data folder while a restore fills it."""


class File(msgspec.Struct, frozen=True):
    """One file of the backup; `sha256` in hexadecimal."""

    bytes: int
    sha256: str


class Manifest(msgspec.Struct, frozen=True, kw_only=True):
    """`made` is when the backup was begun, UTC ms: whatever was acknowledged before is in it. `schema` is the newest
    migration of the signals, 0 when they are on a server and not in it; `revision` that of the control database, empty
    when it is not in it. `tables` gives physical rows (a row that waits to be merged away counts), `keys` the ids of
    the secret keys that sealed what is sealed, `settings` those in force, secrets masked.
    """

    format: int
    made: int
    version: str
    engine: str
    schema: int
    revision: str
    tables: dict[str, int]
    keys: tuple[str, ...]
    settings: dict[str, str]
    files: dict[str, File]

    @property
    def bytes(self) -> int:
        """Size of all files."""
        return sum(file.bytes for file in self.files.values())


def parsed(text: bytes) -> Manifest:
    """The manifest; raises InvalidInput when it is none, or of a format that a newer release made."""
    try:
        found = msgspec.json.decode(text, type=Manifest)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise InvalidInput(f"The backup's manifest cannot be read ({error}); use another backup.") from error
    if found.format != FORMAT:
        raise InvalidInput(
            f"The backup is of format {found.format}, this release reads {FORMAT}: restore it with Afterclick "
            f"{found.version}."
        )
    return found


def stop_half_restored(data: Path) -> None:
    """Raises Misconfigured when a restore into the folder was stopped in the middle."""
    if (data / HALF).exists():
        raise Misconfigured(
            f"A restore into {data} was stopped in the middle: empty the folder, then restore again."
        )
