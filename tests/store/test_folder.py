"""The data folder is its owner's only, also where it was there before; what is not ours to close is refused."""

import os
import stat
from pathlib import Path

import pytest

from afterclick.errors import Misconfigured
from afterclick.settings import load
from afterclick.store.control.database import open_control
from afterclick.store.folder import private_file, private_folder
from afterclick.store.spool.file import open_spool

NOBODY = 65534


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


@pytest.mark.parametrize("before", [0o755, 0o777, 0o750, 0o701, 0o2775])
@pytest.mark.parametrize("holds", ["", "control.db", "spool", "signals"])
def test_an_existing_folder_of_ours_is_closed_to_all_others(tmp_path: Path, before: int, holds: str) -> None:
    folder = tmp_path / "data"
    folder.mkdir()
    if holds:
        (folder / holds).touch()
    folder.chmod(before)
    private_folder(folder)
    assert mode(folder) & 0o077 == 0


@pytest.mark.parametrize(
    ("before", "holds", "why"),
    [
        (0o1777, "", "share it"),
        (0o1777, "control.db", "share it"),
        (0o755, "letters.txt", "not Afterclick's"),
        (0o777, "photos", "not Afterclick's"),
    ],
)
def test_a_folder_that_others_use_is_refused_in_a_sentence_and_left_as_it_is(
    tmp_path: Path, before: int, holds: str, why: str
) -> None:
    folder = tmp_path / "data"
    folder.mkdir()
    if holds:
        (folder / holds).touch()
    folder.chmod(before)
    with pytest.raises(Misconfigured, match=why):
        private_folder(folder)
    assert mode(folder) == before


def test_a_closed_folder_may_hold_anything_and_a_new_one_is_made_closed(tmp_path: Path) -> None:
    (closed := tmp_path / "closed").mkdir(mode=0o700)
    (closed / "letters.txt").touch()
    private_folder(closed)
    private_folder(tmp_path / "new" / "data")
    assert [mode(closed), mode(tmp_path / "new" / "data")] == [0o700, 0o700]


def test_databases_are_their_owners_only_also_those_that_were_open_before(tmp_path: Path) -> None:
    for name in ("control.db", "control.db-wal"):
        (tmp_path / name).touch(mode=0o644)
        (tmp_path / name).chmod(0o644)
    open_control(load({"AFTERCLICK_DATA": str(tmp_path)})).dispose()
    open_spool(tmp_path / "spool").close()
    private_file(tmp_path / "other.db")
    files = [file for file in tmp_path.rglob("*.db*") if file.is_file() and not file.name.endswith(".lock")]
    assert {mode(file) for file in files} == {0o600}
    assert len(files) >= 3


@pytest.mark.skipif(os.geteuid() != 0, reason="gives files to another account, which root alone may")
def test_root_closes_another_accounts_folder(tmp_path: Path) -> None:
    (folder := tmp_path / "data").mkdir()
    os.chown(folder, NOBODY, NOBODY)
    private_folder(folder)
    assert mode(folder) & 0o077 == 0
