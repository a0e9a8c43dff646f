"""Tables frozen for a backup."""

from collections.abc import Generator, Mapping
from contextlib import contextmanager
from typing import Any

import pytest

from afterclick.store.backup.parts import frozen
from afterclick.store.store import Store


def test_all_tables_are_frozen_between_two_inserts_so_that_they_are_of_one_moment(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    engine: Any = store._engine  # pyright: ignore[reportPrivateUsage]
    quiet, command, seen = [False], engine.command, dict[str, bool]()
    between = engine.between_inserts

    @contextmanager
    def noting() -> Generator[None]:
        with between():
            quiet[0] = True
            yield
            quiet[0] = False

    def spying(sql: str, parameters: Mapping[str, object] | None = None) -> None:
        if " FREEZE " in sql:
            seen[sql.split()[2]] = quiet[0]
        command(sql, parameters)

    monkeypatch.setattr(engine, "between_inserts", noting)
    monkeypatch.setattr(engine, "command", spying)
    with frozen(engine) as tables:
        assert seen.keys() == tables.folders.keys()
    assert len(seen) > 10
    assert all(seen.values())
