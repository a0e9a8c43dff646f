"""`--site` shows that site alone, whatever it is made to look like and whatever is given beside it."""

import uuid
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.cli.asking import asking
from tests.web.test_tenancy import NAMED, SECRET, seeded
from tests.web.troubles import a_problem
from typer.testing import CliRunner

from afterclick.accounts import Site, Sites
from afterclick.accounts.viewer import THIS_MACHINE
from afterclick.app.installation import Installation
from afterclick.cli.connection import Api
from afterclick.cli.verbs import app
from afterclick.settings import Settings, load
from afterclick.store.control.database import open_control
from afterclick.store.store import Store

THEIRS = f"site-{uuid.uuid4().hex[:12]}"


@pytest.fixture(scope="module")
def installation(store: Store, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installation]:
    """Two sites, the other with the secret in all its texts and as the name of its key."""
    own: Settings = load({"AFTERCLICK_DATA": str(tmp_path_factory.mktemp("data"))})
    control = open_control(own)
    opened = Installation.over(own, control, store)
    for site in ("mine", THEIRS):
        Sites(control).create(Site(site, "Shop", "EUR", "UTC"))
    opened.keyring.create_key(THIS_MACHINE, THEIRS, SECRET, ["historical"])
    opened.book.save(a_problem(THEIRS, id=SECRET, step=SECRET))
    seeded(store, THEIRS, SECRET, NAMED)
    yield opened
    control.dispose()


@pytest.fixture(scope="module")
def run(installation: Installation) -> Iterator[CliRunner]:
    """Runs verbs over that installation."""

    with pytest.MonkeyPatch.context() as patch, asking(installation) as api:

        @contextmanager
        def connect(_: Settings) -> Generator[Api]:
            yield api

        for module in ("answers", "keys", "customers"):
            patch.setattr(f"afterclick.cli.{module}.connect", connect)
        patch.setenv("AFTERCLICK_DATA", str(Path(installation.settings.data)))
        yield CliRunner()


QUERIES = (
    "SELECT * FROM events",
    f"SELECT * FROM events WHERE site = '{THEIRS}'",
    "SELECT * FROM spans UNION ALL SELECT * FROM spans",
    "SELECT * FROM sessions",
    "SELECT * FROM system.tables",
)
VERBS = st.sampled_from(
    [["problems"], ["problems", "--json"], ["sessions"], ["sessions", "--json", "--limit", "1000"], ["keys"],
     ["keys", "--json"], *(["query", sql, "--json"] for sql in QUERIES)]
)  # fmt: skip
SITES = st.sampled_from(
    ["mine", "default", "", "%", "*", "..", f"mine' OR site = '{THEIRS}", f"mine,{THEIRS}", f"../{THEIRS}",
     THEIRS.upper(), f"mine/../{THEIRS}", "\\"]
) | st.text(max_size=10)  # fmt: skip


@given(VERBS, SITES)
@settings(max_examples=80)
def test_no_verb_shows_another_site(run: CliRunner, verb: list[str], site: str) -> None:
    ran = run.invoke(app, [*verb, f"--site={site}"])
    assert SECRET not in ran.output
    assert SECRET not in str(ran.exception)


def test_the_secret_is_there_to_be_seen(run: CliRunner) -> None:
    for verb in (["problems", "--json"], ["keys", "--json"], ["query", "SELECT * FROM events", "--json"]):
        assert SECRET in run.invoke(app, [*verb, f"--site={THEIRS}"]).output


def test_no_verb_changes_another_site(run: CliRunner, installation: Installation) -> None:
    [theirs] = installation.keyring.keys.list(THEIRS)
    for verb in (["keys", "revoke", theirs.prefix], ["keys", "rotate", theirs.prefix]):
        assert run.invoke(app, [*verb, "--site=mine"]).exit_code != 0
    assert [key.prefix for key in installation.keyring.keys.list(THEIRS)] == [theirs.prefix]
    assert installation.keyring.keys.list(THEIRS)[0].revoked is None
