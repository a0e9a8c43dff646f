"""Accounts over a fresh control database, on each engine, with a clock that tests move."""

import argon2
import pytest
from sqlalchemy import Engine
from tests.accounts.ticking import Ticking

from afterclick.accounts import passwords
from afterclick.accounts.accounts import Accounts
from afterclick.settings import Settings

PASSWORD = "seven herons by the weir"


@pytest.fixture
def clock() -> Ticking:
    return Ticking()


@pytest.fixture
def accounts(control: Engine, control_settings: Settings, clock: Ticking) -> Accounts:
    """All of accounts, with nobody in it."""
    return Accounts.over(control, control_settings, clock)


@pytest.fixture
def quick_hashes(monkeypatch: pytest.MonkeyPatch) -> None:
    """Passwords hashed cheaply, for tests that are about something else."""
    monkeypatch.setattr(passwords, "HASHER", argon2.PasswordHasher(1, 8, 1))
