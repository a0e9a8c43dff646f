"""`afterclick upgrade`: the data of an earlier release, and of a later one.

The archive holds the data folder of a release that had neither the region of an event nor an audit log, with 40 visits
that `installed.send_a_past` sent.
"""

import json
import sqlite3
import subprocess
import sys
import tarfile
from contextlib import closing
from pathlib import Path

import pytest
from tests.app.installed import afterclick

ARCHIVE = Path(__file__).parents[1] / "payloads" / "data-of-an-earlier-release.tar.xz"
KEEP = {"AFTERCLICK_RETENTION_DAYS": "9000"}


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """The folder of the earlier release."""
    with tarfile.open(ARCHIVE) as archive:
        archive.extractall(tmp_path / "data", filter="data")
    return tmp_path / "data"


def test_data_of_an_earlier_release_is_told_upgraded_and_answers_as_before(data: Path) -> None:
    told = afterclick(data, "upgrade", "--check")
    assert told.returncode == 1
    assert "signals  0005  The region (ISO 3166-2) beside the country" in told.stdout
    assert "control  0005  The audit log" in told.stdout
    assert "0004" not in told.stdout
    done = afterclick(data, "upgrade", **KEEP)
    assert "signals  0005" in done.stdout, "checking changed nothing"
    assert "Done" in done.stdout
    again = afterclick(data, "upgrade", "--check")
    assert (again.returncode, "nothing is due" in again.stdout) == (0, True)
    query = """
    SELECT count() AS visits, sum(n_page_views) AS pages, toInt32(sum(revenue)) AS revenue, sum(n_errors) AS errors,
        uniqExact(region) AS regions, (SELECT sum(spans) FROM service_minutes) AS spans,
        (SELECT uniqExact(person) FROM session_person) AS people
    FROM session_felt
    """
    answer = json.loads(afterclick(data, "query", query, "--json", **KEEP).stdout)
    counts = {"visits": 40, "pages": 40, "revenue": 866, "errors": 14, "regions": 1, "spans": 40, "people": 1}
    assert answer == [counts]


def newer_control(data: Path) -> None:
    with closing(sqlite3.connect(data / "control.db")) as control, control:
        control.execute("UPDATE alembic_version SET version_num = '9999'")


def newer_signals(data: Path) -> None:
    code = f"""
from afterclick.settings import load
from afterclick.store.engine.connection import Engine
engine = Engine(load({{"AFTERCLICK_DATA": {str(data)!r}}}))
engine.command("INSERT INTO schema_migrations (version, name) VALUES (9999, 'tomorrow')")
engine.close()
"""
    subprocess.run([sys.executable, "-c", code], check=True)


@pytest.mark.parametrize("make_newer", [newer_control, newer_signals])
def test_data_of_a_later_release_is_refused_in_one_sentence(data: Path, make_newer: object) -> None:
    assert callable(make_newer)
    make_newer(data)
    opened = afterclick(data, "keys")
    assert opened.returncode == 1
    assert "was last opened by a newer Afterclick" in opened.stderr
    assert "Traceback" not in opened.stderr


def test_a_folder_without_data_is_nothing_to_upgrade(tmp_path: Path) -> None:
    told = afterclick(tmp_path, "upgrade", "--check")
    assert (told.returncode, list(tmp_path.iterdir())) == (1, [])
    assert "There is nothing in" in told.stderr
