"""`afterclick customers`, over a stopped installation and over a running app's socket."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.cli.asking import asking
from typer.testing import CliRunner

from afterclick.accounts import DEFAULT_SITE
from afterclick.api.records import Link
from afterclick.app.installation import Installation
from afterclick.cli.customers import app
from afterclick.customers import Node, SqlCuts
from afterclick.errors import InvalidInput
from afterclick.settings import Settings, load
from afterclick.store.control.database import open_control
from afterclick.store.store import Store

ADA, BOB = Node("user", "ada"), Node("user", "bob")


@pytest.fixture
def own(tmp_path: Path) -> Settings:
    return load({"AFTERCLICK_DATA": str(tmp_path / "data")})


@pytest.fixture
def installation(own: Settings, store: Store) -> Iterator[Installation]:
    own.data.mkdir()
    control = open_control(own)
    yield Installation.over(own, control, store)
    control.dispose()


@pytest.fixture
def typed(monkeypatch: pytest.MonkeyPatch, installation: Installation) -> CliRunner:
    """The command line over the installation; the process's one store is open already."""
    monkeypatch.setenv("AFTERCLICK_DATA", str(installation.settings.data))

    def open_it(_: type[Installation], settings: Settings) -> Installation:
        return installation

    def stay_open(_: Installation) -> None:
        return None

    monkeypatch.setattr(Installation, "open", classmethod(open_it))
    monkeypatch.setattr(Installation, "close", stay_open)
    return CliRunner()


def test_parting_is_kept_until_it_is_taken_back(typed: CliRunner, installation: Installation) -> None:
    cuts = SqlCuts(installation.control)
    assert "Parted" in typed.invoke(app, ["part", "user:ada", "user:bob"]).output
    assert [(one.site, one.one, one.other) for one in cuts.list()] == [(DEFAULT_SITE, ADA, BOB)]
    assert "Joined" in typed.invoke(app, ["join", "user:bob", "user:ada"]).output
    assert cuts.list() == []


@pytest.mark.parametrize(
    "words",
    [["part", "ada", "user:bob"], ["part", "user:ada", "user:ada"], ["join", "user:ada", "user:bob"]],
)
def test_what_cannot_be_done_is_said(typed: CliRunner, words: list[str]) -> None:
    assert isinstance(typed.invoke(app, words).exception, InvalidInput)


def test_parting_is_refused_over_the_socket_in_the_words_of_the_room(installation: Installation) -> None:
    link = Link(str(ADA), str(BOB))
    with asking(installation) as api:
        api.send("POST", "/customers/parted", link, site=DEFAULT_SITE)
        assert len(SqlCuts(installation.control).list()) == 1
        api.send("POST", "/customers/joined", link, site=DEFAULT_SITE)
        assert SqlCuts(installation.control).list() == []
        with pytest.raises(InvalidInput, match="are not parted"):
            api.send("POST", "/customers/joined", link, site=DEFAULT_SITE)
