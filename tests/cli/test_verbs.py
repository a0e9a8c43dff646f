"""Each verb is listed with its own words; what it loads is in `test_every_verb.py`."""

import subprocess
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner

from afterclick import __version__
from afterclick.cli.verbs import VERBS, app, loaded

HEAVY = ("alembic", "authlib", "fastapi", "grpc", "joserfc", "markdown_it", "scipy", "sqlglot", "zxcvbn")
"""What only the app, or a few of its pages, needs."""


def imported(statement: str, names: tuple[str, ...]) -> list[str]:
    """Which of these modules a process has imported after the statement."""
    probe = f"import sys\n{statement}\nprint(*(name for name in {names!r} if name in sys.modules))"
    done = subprocess.run([sys.executable, "-c", probe], capture_output=True, check=True, text=True)
    return done.stdout.splitlines()[-1].split()


@pytest.mark.parametrize("name", VERBS)
def test_the_words_in_the_list_are_those_of_the_verb(name: str) -> None:
    assert loaded(name).help == VERBS[name].help


def test_help_lists_each_verb() -> None:
    listed = CliRunner().invoke(app, ["--help"], env={"COLUMNS": "200"}).stdout
    assert all(f"│ {name} " in listed and verb.help in listed for name, verb in VERBS.items())


def test_a_verb_of_no_such_name_is_refused_with_the_nearest() -> None:
    ran = CliRunner().invoke(app, ["problem"])
    assert ran.exit_code == 2
    assert "'problems'" in ran.stderr


def test_the_usage_of_a_verb_names_it_as_it_is_called() -> None:
    assert (
        "Usage: afterclick mark release"
        in CliRunner().invoke(app, ["mark", "release", "--help"], prog_name="afterclick").stdout
    )


@pytest.mark.parametrize("option", ["--help", "--version"])
def test_help_and_version_import_no_room(option: str) -> None:
    run = f"from typer.testing import CliRunner\nfrom afterclick.cli import app\nCliRunner().invoke(app, ['{option}'])"
    rooms = tuple(f"afterclick.{room}" for room in ("accounts", "app", "collect", "store", "web"))
    assert imported(run, ("numpy", "pyarrow", "scipy", "sqlalchemy", *rooms)) == []


def test_the_version_is_printed() -> None:
    assert CliRunner().invoke(app, ["--version"]).stdout == f"{__version__}\n"


def test_importing_what_answers_are_made_of_leaves_the_heavy_libraries_alone() -> None:
    rooms = "accounts, customers.privacy, journeys, resolve, store.drain.replay"
    statement = "\n".join(f"import afterclick.{room}" for room in rooms.split(", "))
    assert imported(statement, HEAVY) == []


def test_the_app_starts_without_what_only_some_requests_and_jobs_need() -> None:
    late = ("alembic", "authlib", "grpc", "joserfc", "scipy", "sqlglot", "zxcvbn")
    assert imported("import afterclick.app.serve", late) == []


def test_a_start_at_the_newest_revision_leaves_alembic_alone(tmp_path: Path) -> None:
    opened = (
        "from afterclick.settings import load\nfrom afterclick.store.control.database import open_control\n"
        f"open_control(load({{'AFTERCLICK_DATA': {str(tmp_path)!r}}}))"
    )
    assert imported(opened, ("alembic",)) == ["alembic"]
    assert imported(opened, ("alembic",)) == []
