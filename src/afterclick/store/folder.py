"""The data folder and the databases in it: nobody's but the account's that runs Afterclick."""

import os
import stat
from pathlib import Path

from afterclick.errors import Misconfigured

_OURS = frozenset({"control.db", "spool", "signals", "secret.key", "tmp", "routes.json", "hooks"})
"""What makes a folder one of Afterclick's; one with other things only may be somebody's home."""
_OTHERS = stat.S_IRWXG | stat.S_IRWXO


def private_folder(folder: Path) -> None:
    """Make the folder, or close an existing one of ours to all other accounts.

    Raises Misconfigured for one that is open to others and cannot be closed: shared by all (sticky), with files that
    are not ours, or another account's. A folder of another account that admits a group only is left as it is: a
    container's volume may be such a one.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    except OSError as error:
        raise Misconfigured(
            f"The data folder {folder} cannot be made ({error.strerror}); set AFTERCLICK_DATA."
        ) from error
    found = folder.stat()
    if not found.st_mode & _OTHERS:
        return
    if found.st_uid not in (os.geteuid(), _owner_for_root(found)):
        if found.st_mode & stat.S_IRWXO:
            raise _open_to_others(folder, found, "it belongs to another account")
        return
    names = {each.name for each in folder.iterdir()}
    if found.st_mode & stat.S_ISVTX:
        raise _open_to_others(folder, found, "accounts share it")
    if names and not names & _OURS:
        raise _open_to_others(folder, found, "it holds files that are not Afterclick's")
    folder.chmod(stat.S_IMODE(found.st_mode) & ~_OTHERS)


def private_file(file: Path) -> None:
    """Make the file, or close an existing one to all other accounts; raises OSError when it cannot be made."""
    os.close(os.open(file, os.O_RDWR | os.O_CREAT, 0o600))
    for each in (file, *file.parent.glob(f"{file.name}-*")):  # SQLite's journals lie beside
        found = each.stat()
        if found.st_mode & _OTHERS and os.geteuid() in (0, found.st_uid):
            each.chmod(0o600)


def _owner_for_root(found: os.stat_result) -> int:
    """Root may close anybody's."""
    return found.st_uid if os.geteuid() == 0 else os.geteuid()


def _open_to_others(folder: Path, found: os.stat_result, why: str) -> Misconfigured:
    return Misconfigured(
        f"The data folder {folder} is open to other accounts (mode {stat.S_IMODE(found.st_mode):o}) and {why}: run "
        f"`chmod 700` on it, or set AFTERCLICK_DATA to a folder of its own."
    )
