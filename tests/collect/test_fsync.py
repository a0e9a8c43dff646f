"""No acknowledgement leaves before the sync of what it acknowledges: seen at the system calls themselves."""

import sys
from pathlib import Path

import httpx
from tests.collect.conftest import Process

REQUESTS = 25


def test_no_acknowledgement_precedes_the_sync_of_its_events(tmp_path: Path) -> None:
    journal = tmp_path / "journal"
    tracing = Path(__file__).with_name("tracing.py")
    process = Process(tmp_path / "data", prefix=(sys.executable, str(tracing), str(journal)))
    process.start()
    with httpx.Client(base_url=process.url, timeout=60) as client:
        for number in range(REQUESTS):
            answer = client.post(f"/v1/events?key={process.key}", json={"type": "track", "name": str(number)})
            assert answer.status_code == 202
    assert process.running is not None
    process.running.terminate()
    process.running.wait(60)
    assert_each_ack_follows_a_sync(journal.read_text().split())


def assert_each_ack_follows_a_sync(journal: list[str]) -> None:
    """The sender is alone: since its last acknowledgement, there must be a write and, after the last one, a sync."""
    assert journal.count("ack") == REQUESTS
    written = synced = False
    for occurrence in journal:
        if occurrence == "write":
            written, synced = True, False
        elif occurrence == "sync":
            synced = True
        else:
            assert written, "an acknowledgement without a write"
            assert synced, "an acknowledgement before the sync"
            written = synced = False
