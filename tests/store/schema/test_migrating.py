"""Migrations that are interrupted, data of earlier releases, and data of later ones."""

import json
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from tests.store.interrupted import interruptions

from afterclick.store.schema.migrations import migrations

ROOT = Path(__file__).parents[3]


def migrated(folder: Path, *statements: str) -> "subprocess.CompletedProcess[str]":
    command = [sys.executable, "-m", "tests.store.interrupted", str(folder), *statements]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=120, check=False)


def told(done: "subprocess.CompletedProcess[str]") -> Any:
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def test_no_two_migrations_have_one_number() -> None:
    numbers = [one.version for one in migrations()]
    assert sorted(set(numbers)) == numbers


def test_a_migration_that_is_interrupted_after_any_statement_goes_on_the_next_time(tmp_path: Path) -> None:
    found = told(migrated(tmp_path / "interrupted"))
    assert found == told(migrated(tmp_path / "whole", "0"))
    assert found["applied"] == [migration.version for migration in migrations()]


@pytest.mark.verify
def test_a_process_killed_after_any_statement_of_a_migration_leaves_a_store_that_opens(
    tmp_path: Path,
) -> None:
    for statements in interruptions():
        assert migrated(tmp_path / "killed", str(statements)).returncode == -signal.SIGKILL
    assert told(migrated(tmp_path / "killed", "0")) == told(migrated(tmp_path / "whole", "0"))
