"""`afterclick privacy`, over a running app that is killed in the middle, and over a stopped one."""

import json
import os
import re
import signal
import sqlite3
import stat
import subprocess
import sys
import time
import uuid
import zipfile
from collections.abc import Callable, Generator, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import httpx
import pytest
from tests.app.residue import files_with
from tests.store.schema.derived import REGISTRY
from typer.testing import CliRunner

from afterclick.cli.privacy import app as verbs
from afterclick.customers.erasing import STEPS
from afterclick.demo.product import Place, Product
from afterclick.demo.run import free_ports

PATIENCE_S = 90.0
MARK = uuid.uuid4().hex[:12]
ADA = f"ada-{MARK}"


def until(holds: Callable[[], bool], what: str, pause_s: float = 0.05) -> None:
    deadline = time.monotonic() + PATIENCE_S
    while not holds():
        assert time.monotonic() < deadline, f"waited for {what}"
        time.sleep(pause_s)


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Place:
    return Place(tmp_path_factory.mktemp("erased") / "data", *free_ports(2))


class App:
    """The product over one data folder, which can be killed, ended and started again."""

    def __init__(self, place: Place) -> None:
        self.place = place
        self.start()

    def start(self) -> None:
        self.product = Product(self.place)
        self.product.wait()

    def kill(self) -> None:
        os.kill(self.product.pid, signal.SIGKILL)
        self.stop()
        self.place.socket.unlink()  # nobody is behind it any more

    def stop(self) -> None:
        self.product.__exit__(None, None, None)


@pytest.fixture(scope="module")
def app(place: Place) -> Iterator[App]:
    running = App(place)
    yield running
    running.stop()


def typed(place: Place, *words: str, code: int = 0) -> str:
    """What the verb says, over the socket of the running app."""
    done = CliRunner().invoke(verbs, list(words), env={"AFTERCLICK_DATA": str(place.data)})
    assert done.exit_code == code, f"{done.output} {done.exception}"
    return f"{done.output} {done.exception}" if code else done.output


def typed_apart(place: Place, *words: str, code: int = 0) -> str:
    """The same in a process of its own, which may open the store."""
    command = [sys.executable, "-m", "afterclick.cli", "privacy", *words]
    environment = os.environ | {"AFTERCLICK_DATA": str(place.data)}
    done = subprocess.run(
        command, env=environment, capture_output=True, text=True, timeout=PATIENCE_S, check=False
    )
    assert done.returncode == code, done.stdout + done.stderr
    return done.stdout + done.stderr


def send(product: Product, *users: str) -> None:
    now = int(time.time() * 1000)
    events = [
        {
            "type": "search", "user_id": user, "device_id": f"device-{user}", "session_key": f"client-{user}",
            "time": now, "props": {"note": f"note-{user}"},
        }
        for user in users
    ]  # fmt: skip
    headers = {"x-afterclick-key": product.public_key()}
    assert httpx.post(f"{product.place.collector}/v1/events", json=events, headers=headers).status_code == 202
    until(lambda: product.waiting() == 0, "the rows to be stored")


@contextmanager
def erasure_held(place: Place, after: str) -> Generator[None]:
    """No later step than the one that comes next can be written down meanwhile, so the erasure cannot end."""
    past = [step.name for step in STEPS].index(after)
    control = sqlite3.connect(place.data / "control.db", isolation_level=None, timeout=PATIENCE_S)

    def has_come_so_far() -> bool:
        control.execute("BEGIN IMMEDIATE")
        asked = "SELECT count(*) FROM privacy_requests WHERE status != 'done' AND step > ?"
        if control.execute(asked, [past]).fetchone()[0]:
            return True
        control.execute("ROLLBACK")
        return False

    with closing(control):
        until(has_come_so_far, f"the erasure to come to the step after {after!r}", pause_s=0.001)
        yield
        control.execute("ROLLBACK")


def reasons(product: Product) -> dict[str, int]:
    page = httpx.get(f"{product.place.dashboard}/api/v1/quality").json()
    return {drop["reason"]: drop["rows"] for drop in page["intake"]["drops"]}


def test_what_is_known_of_a_person_is_shown_and_exported_for_its_owner_alone(
    place: Place, app: App, tmp_path: Path
) -> None:
    send(app.product, "shown")
    assert "events" in typed(place, "find", "shown")
    to = tmp_path / "shown.zip"
    assert "records" in typed(place, "export", "shown", "--to", str(to))
    assert stat.S_IMODE(to.stat().st_mode) == 0o600
    assert b"note-shown" in zipfile.ZipFile(to).read("events.ndjson")
    assert "choose another name" in typed(place, "export", "shown", "--to", str(to), code=1)


def test_an_erasure_whose_app_is_killed_goes_on_after_the_restart_and_late_rows_are_dropped(
    place: Place, app: App
) -> None:
    send(app.product, ADA, "bob")
    assert files_with(place.data, [ADA]) != set()
    asked = subprocess.Popen(
        [sys.executable, "-m", "afterclick.cli", "privacy", "erase", ADA, "--yes"], text=True,
        env=os.environ | {"AFTERCLICK_DATA": str(place.data)}, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
    )  # fmt: skip
    with erasure_held(place, after="visits"):
        app.kill()
    said, _ = asked.communicate(timeout=PATIENCE_S)
    assert asked.returncode == 1, said
    app.start()
    until(lambda: "done" in typed(place, "requests").splitlines()[1], "the erasure to go on and end")
    assert files_with(place.data, [ADA]) == set()
    send(app.product, ADA, "bob")
    until(lambda: reasons(app.product).get("erased") == 1, "Data quality to tell of the late row")
    assert {file for file in files_with(place.data, [ADA]) if not file.startswith("spool/")} == set()
    assert "events" in typed(place, "find", "bob")


def test_a_stopped_app_is_no_hindrance(place: Place, app: App) -> None:
    send(app.product, f"eve-{MARK}")
    app.stop()
    done = json.loads(typed_apart(place, "erase", f"eve-{MARK}", "--yes", "--json"))
    assert (done["status"], done["step"], done["steps"]) == ("done", len(STEPS), len(STEPS))
    assert sum(done["records"].values()) > 0
    assert files_with(place.data, [f"eve-{MARK}"]) == set()
    assert "country" in typed_apart(place, "settings", "--place", "country", "--kept-query", "coupon")
    app.start()
    assert json.loads(typed(place, "requests", "--json"))[0] == done
    assert "country" in typed(place, "settings")


def test_every_entry_of_a_running_apps_data_folder_stands_in_the_registry(place: Place, app: App) -> None:
    known = {one.name for one in REGISTRY if one.where == "files"} | {"serve.log"}  # the test's own
    found = {re.sub(r"-(wal|shm)$", "", entry.name) for entry in place.data.iterdir()}
    assert found - known == set()
    assert {re.sub(r"-(wal|shm)$", "", entry.name) for entry in (place.data / "spool").iterdir()} == {
        "spool.db"
    }
