"""`afterclick replay` and what `doctor` says of rows set aside, beside a running app and without one."""

import json
import os
import subprocess
import sys
import uuid
from pathlib import Path

from afterclick.demo.product import Place, Product
from afterclick.demo.run import free_ports
from afterclick.store.spool.outlet import Outlet

NOW = 1_780_000_000_000


def afterclick(data: Path, *verb: str) -> str:
    environment = os.environ | {"AFTERCLICK_DATA": str(data), "COLUMNS": "200"}
    command = [sys.executable, "-m", "afterclick.cli", *verb]
    return subprocess.run(
        command, env=environment, capture_output=True, text=True, timeout=120, check=False
    ).stdout


def set_aside(data: Path, reason: str) -> None:
    row = {"site": "default", "event_id": str(uuid.uuid4()), "type": "track", "time": NOW, "received": NOW}
    outlet = Outlet(data / "spool")
    outlet._connection.execute(  # pyright: ignore[reportPrivateUsage] - stands for a store that refused
        "INSERT INTO aside VALUES (?, 0, 'events', 'default', ?, ?, ?)",
        (reason, json.dumps(row), reason, NOW),
    )
    outlet.close()


def test_rows_set_aside_are_told_by_the_doctor_and_replayed_by_a_running_app_and_a_stopped_one(
    tmp_path: Path,
) -> None:
    data = tmp_path / "data"
    with Product(Place(data, *free_ports(2))) as product:
        product.wait()
        set_aside(data, "no such column")
        set_aside(data, "another reason")
        assert "1 events: no such column" in afterclick(data, "doctor")
        replayed = json.loads(afterclick(data, "replay", "--reason", "column", "--json"))
        assert replayed == {"inserted": 1, "known": 0, "refused": 0}
    assert "1 rows inserted, 0 known already, 0 refused again." in afterclick(data, "replay")
    told = json.loads(afterclick(data, "query", "SELECT count() AS n FROM events", "--json"))
    assert told == [{"n": 2}]
