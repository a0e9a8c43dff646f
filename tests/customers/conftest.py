"""One test's site with visits in it, and identity over the shared store."""

import hashlib
import json
import uuid
from collections.abc import Callable
from itertools import count

import msgspec
import pytest

from afterclick.customers import Identity, SqlCuts
from afterclick.settings import Settings
from afterclick.signals import Event
from afterclick.store.control.database import open_control
from afterclick.store.schema.records import events_table
from afterclick.store.store import Store

NOON = 1_780_315_200_000
"""2026-06-01 12:00 UTC."""
DAY = 86_400_000

Visit = Callable[..., Event]
Keep = Callable[..., None]


@pytest.fixture
def store(request: pytest.FixtureRequest, behind: str, store: Store) -> Store:
    """The embedded engine, or for a test marked `over_both` once more the one behind HTTP."""
    return request.getfixturevalue("server_store") if behind == "http" else store


@pytest.fixture
def visit(site: str) -> Visit:
    """An event of a visit of its own: `visit(device, user, at=ms after NOON, **fields)`; props as a dict."""
    numbers = count(1)

    def make(
        device: str = "", user: str = "", at: int = 0, props: dict[str, str] | None = None, **fields: object
    ) -> Event:
        start = NOON + at
        session = uuid.UUID(int=(start << 80) | (7 << 76) | (2 << 62) | next(numbers))
        base: dict[str, object] = {
            "site": site,
            "event_id": str(uuid.uuid4()),
            "type": "identify" if user else "page_view",
            "time": start,
            "received": start,
            "session_id": str(session),
            "session_start": start,
            "device_id": device,
            "user_id": user,
            "props": json.dumps(props) if props else "",
        }
        return msgspec.convert(base | fields, Event)

    return make


@pytest.fixture
def keep(store: Store) -> Keep:
    """Insert events as one batch."""

    def insert(*events: Event) -> None:
        store.insert("events", events_table(events), uuid.uuid4().hex)

    return insert


@pytest.fixture
def cuts(settings: Settings) -> SqlCuts:
    """Cuts in a real control database."""
    return SqlCuts(open_control(settings))


@pytest.fixture
def identity(store: Store, cuts: SqlCuts) -> Identity:
    """Identity over the store; `run()` it."""
    return Identity(store.identity, cuts)


def hashed(address: str) -> str:
    """The node of an e-mail address."""
    return hashlib.sha256(address.strip().lower().encode()).hexdigest()
