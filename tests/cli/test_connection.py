"""How verbs reach an installation whose app is just starting."""

from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from tests.cli.asking import asking

from afterclick.app.installation import Installation
from afterclick.cli.connection import connect
from afterclick.cli.shown import ShownSite
from afterclick.errors import Misconfigured
from afterclick.settings import Settings, load
from afterclick.store.control.database import open_control
from afterclick.store.store import Store


@pytest.fixture
def own(tmp_path: Path) -> Settings:
    return load({"AFTERCLICK_DATA": str(tmp_path / "data")})


@pytest.fixture
def installation(own: Settings, store: Store) -> Iterator[Installation]:
    own.data.mkdir()
    control = open_control(own)
    yield Installation.over(own, control, store)
    control.dispose()


def refuse(*_: object, **__: object) -> None:
    raise Misconfigured("The store belongs to the running process 1.")


def test_an_app_that_has_taken_the_folder_and_answers_meanwhile_is_asked(
    installation: Installation, own: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    with ExitStack() as app:

        def starting(*_: object, **__: object) -> None:
            app.enter_context(asking(installation, own.socket))
            refuse()

        monkeypatch.setattr("afterclick.app.answering.answering_alone", starting)
        with connect(own, beginning=True) as api:
            assert api.get("/sites", list[ShownSite]) == []


def test_a_folder_of_a_process_that_does_not_answer_is_refused(
    own: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("afterclick.app.answering.answering_alone", refuse)
    with pytest.raises(Misconfigured, match="belongs to the running process"), connect(own):
        pass
