"""What the collector's process loads and how much memory it holds: it may be run many times over, on small machines."""

import re
import signal
from pathlib import Path

import httpx
import pytest
from tests.collect.conftest import Process

ENGINE = {
    "chdb",
    "clickhouse_connect",
    "pyarrow",
    "numpy",
    "scipy",
    "sqlglot",
    "fastapi",
    "jinja2",
}
OURS = {"engine", "schema", "rollups", "drain", "erasure", "backup", "store"}
MOST_KB = 100_000
"""A start took 84,000 kB when this was written, and 137,000 with the engine's client in it."""


def test_the_collectors_process_takes_data_in_without_loading_the_engine(
    process: Process, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("PYTHONPROFILEIMPORTTIME", "1")  # the interpreter tells each module as it loads it
    process.start()
    answer = httpx.post(f"{process.url}/v1/events?key={process.key}", json={"type": "track", "name": "click"})
    assert answer.status_code == 202
    process.kill(signal.SIGTERM)
    told = re.findall(r"^import time:.*\| +([\w.]+)$", capfd.readouterr().err, re.MULTILINE)
    assert "afterclick.store.spool.spool" in told
    assert ENGINE.isdisjoint(name.partition(".")[0] for name in told)
    assert {f"afterclick.store.{part}" for part in OURS}.isdisjoint(told)


def test_the_collectors_process_starts_small(process: Process, capsys: pytest.CaptureFixture[str]) -> None:
    process.start()
    assert process.running is not None
    status = Path(f"/proc/{process.running.pid}/status").read_text()
    resident = int(re.findall(r"VmRSS:\s+(\d+) kB", status)[0])
    with capsys.disabled():
        print(f"\nThe collector's process holds {resident:,} kB.")
    assert resident < MOST_KB
