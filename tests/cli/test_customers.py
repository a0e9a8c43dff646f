"""`afterclick customers`, over a stopped installation and over a running app's socket."""

from collections.abc import Iterator
from pathlib import Path
from typing import cast

import httpx
import pytest
from tests.web.desks import served
from typer.testing import CliRunner

from afterclick import web
from afterclick.accounts import DEFAULT_SITE
from afterclick.app import local
from afterclick.app.installation import Installation
from afterclick.cli.connection import Remote
from afterclick.cli.customers import app
from afterclick.customers import Node, SqlCuts
from afterclick.errors import AfterclickError, InvalidInput, NotFound
from afterclick.settings import Settings, load
from afterclick.store.control.database import open_control
from afterclick.store.drain.drain import Drain
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
    ("words", "error"),
    [
        (["part", "ada", "user:bob"], InvalidInput),
        (["part", "user:ada", "user:ada"], InvalidInput),
        (["join", "user:ada", "user:bob"], NotFound),
    ],
)
def test_what_cannot_be_done_is_said(
    typed: CliRunner, words: list[str], error: type[AfterclickError]
) -> None:
    assert isinstance(typed.invoke(app, words).exception, error)


def test_a_running_app_parts_and_joins_over_its_socket(installation: Installation) -> None:
    app = local.create(installation, cast(Drain, None))
    with served(app, web.Broadcaster()) as url, httpx.Client(base_url=url) as client:
        remote = Remote(client)
        remote.part(DEFAULT_SITE, BOB, ADA)
        assert len(SqlCuts(installation.control).list()) == 1
        remote.join(DEFAULT_SITE, ADA, BOB)
        assert SqlCuts(installation.control).list() == []
        with pytest.raises(InvalidInput, match="are not parted"):
            remote.join(DEFAULT_SITE, ADA, BOB)
