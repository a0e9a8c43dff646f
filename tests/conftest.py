"""What every room's tests share: one real store for the session, a site of its own for each test, and control data."""

import gc
import uuid
from collections.abc import Iterator
from inspect import signature
from pathlib import Path

import httpx
import pytest
import structlog
from hypothesis import HealthCheck
from hypothesis import settings as hypothesis
from sqlalchemy import Engine
from tests.store import front, postgres

from afterclick.measure import BOUND
from afterclick.settings import Settings, load
from afterclick.store.control.database import open_control
from afterclick.store.scope import Scope
from afterclick.store.store import Store, open_store

OF_EXAMPLES = hypothesis(
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
)
"""No example has a time to be ready by, on a machine as busy as it may be. What a fixture opened serves all examples
of a test: each has records of its own in it.
"""
hypothesis.register_profile("same", OF_EXAMPLES, derandomize=True)
hypothesis.register_profile("other", OF_EXAMPLES, derandomize=False)
hypothesis.load_profile("same")
"""`make test` tries the same examples each time, `make verify` others."""

PATIENCE: httpx.Timeout = signature(httpx.Client).parameters["timeout"].default
PATIENCE.connect = PATIENCE.read = PATIENCE.write = PATIENCE.pool = 120.0
"""httpx gives an answer 5 s unless told otherwise: on a machine as busy as it may be that would be a test of speed."""

LONG = (
    "test_readme.py",
    "app/test_backup.py",
    "resolve/test_faults.py",
    "app/test_upgrade.py",
    "pages/test_delivered_twice.py",
    "deploy/test_deploy.py",
    "cli/test_privacy.py",
    "app/test_erasure.py",
    "app/test_serve.py",
    "browser/test_trail.py",
    "app/test_scaling.py",
    "resolve/test_watch.py",
    "browser/test_sdk_struggles.py",
    "app/test_first_run.py",
    "cli/test_replay.py",
    "pages/test_who_counts.py",
    "browser/test_sdk_guest.py",
    "store/rollups/test_outdated.py",
    "store/rollups/test_rebuild.py",
    "store/rollups/test_order_visits.py",
    "store/rollups/test_service_minutes.py",
    "resolve/test_leavings.py",
    "pages/test_service_map.py",
)
"""What `make test` begins with: the files that take longest, longest first, so that no worker ends on one alone; then
those that go over the whole store, while it holds little.
"""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Bring the long files to the front; the others stay in their order."""
    here = Path(__file__).parent
    rank = {here / name: number for number, name in enumerate(LONG)}
    items.sort(key=lambda item: rank.get(item.path, len(LONG)))


@pytest.fixture(scope="module", autouse=True)
def tidy_file() -> Iterator[None]:
    """What a file's fixtures left behind is found with the file's last test: see `tidy`."""
    yield
    gc.unfreeze()
    gc.collect()


@pytest.fixture(autouse=True)
def tidy(tidy_file: None) -> Iterator[None]:
    """A socket, file or process that a test leaves open fails that test, and not a later one during which it happens to
    be collected. What stood before the test is not looked at, so that this costs next to nothing.
    """
    gc.freeze()
    yield
    gc.collect()


@pytest.fixture(autouse=True)
def own_log() -> Iterator[None]:
    """A test that runs a verb in this process leaves no other test the verb's way of logging."""
    before = structlog.get_config()
    yield
    structlog.configure(**before)


@pytest.fixture(scope="session")
def settings(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """Settings over a fresh data folder; the embedded engine allows one store a process, so it is shared."""
    data = str(tmp_path_factory.mktemp("data"))
    # Tests use fixed dates: nothing may age out under them.
    return load({"AFTERCLICK_DATA": data, "AFTERCLICK_RETENTION_DAYS": "9000"})


@pytest.fixture(scope="session")
def store(settings: Settings) -> Iterator[Store]:
    """The real engine with its schema. Isolate yourself by `site`; never truncate."""
    opened = open_store(settings, BOUND)
    yield opened
    opened.close()


@pytest.fixture(scope="session")
def server_settings(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Settings]:
    """Settings over a server: the engine behind HTTP in a process of its own (`tests/store/front.py`)."""
    folder, port = tmp_path_factory.mktemp("server"), front.free_port()
    with front.started(folder, port, "default", "s'cret"):
        yield load(
            {
                "AFTERCLICK_DATA": str(folder / "data"),
                "AFTERCLICK_STORE": f"clickhouse://default:s%27cret@127.0.0.1:{port}/default",
                "AFTERCLICK_RETENTION_DAYS": "9000",
            }
        )


@pytest.fixture(scope="session")
def server_store(server_settings: Settings) -> Iterator[Store]:
    """The store as a client of a server. Isolate yourself by `site`; never truncate."""
    opened = open_store(server_settings, BOUND)
    yield opened
    opened.close()


@pytest.fixture
def behind(request: pytest.FixtureRequest) -> str:
    """Which engine a test marked `over_both` runs over: a name of its own, since a parameter named `store` would also
    be one of the shared store, which pytest then closes and opens anew for each.
    """
    return getattr(request, "param", "embedded")


@pytest.fixture
def site() -> str:
    """A site id that no other test uses."""
    return f"site-{uuid.uuid4().hex[:12]}"


@pytest.fixture
def scope(site: str) -> Scope:
    """The read scope of `site`."""
    return Scope(site)


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[postgres.Server]:
    """A real PostgreSQL; the test is skipped where there is none."""
    if postgres.pg_ctl() is None:
        pytest.skip(postgres.MISSING)
    with postgres.started() as server:
        yield server


@pytest.fixture(scope="session")
def newest_postgres(
    postgres_server: postgres.Server, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[str]:
    """The name of a PostgreSQL database at the newest revision, to be copied."""
    with postgres_server.database() as name:
        data = str(tmp_path_factory.mktemp("template"))
        open_control(
            load({"AFTERCLICK_DATA": data, "AFTERCLICK_DATABASE": postgres_server.dsn(name)})
        ).dispose()
        yield name


@pytest.fixture(params=["sqlite", "postgresql"])
def control_settings(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Settings]:
    """Settings over a fresh data folder and control database; who takes them runs on SQLite and on PostgreSQL."""
    environment = {"AFTERCLICK_DATA": str(tmp_path / "control")}
    if request.param == "sqlite":
        yield load(environment)
        return
    server: postgres.Server = request.getfixturevalue("postgres_server")
    with server.database(request.getfixturevalue("newest_postgres")) as name:
        yield load({**environment, "AFTERCLICK_DATABASE": server.dsn(name)})


@pytest.fixture
def control(control_settings: Settings) -> Iterator[Engine]:
    """A fresh control database of `control_settings` at the newest revision; who takes it runs on both engines."""
    engine = open_control(control_settings)
    yield engine
    engine.dispose()
