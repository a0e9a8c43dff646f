"""A disk that is full, refuses, or cannot be written: 503 and when to come back, and nothing acknowledged is lost."""

import os
import resource
import subprocess
import sys
import uuid
from collections.abc import Iterator
from pathlib import Path

import httpx
import msgspec
import pytest
from tests.collect.conftest import NOW, Process, until
from tests.collect.test_kill import spooled

from afterclick.signals import Event
from afterclick.store.drain.drain import Drain
from afterclick.store.engine.query import Statement
from afterclick.store.scope import Scope
from afterclick.store.spool.batch import Batch
from afterclick.store.spool.outlet import Outlet
from afterclick.store.spool.spool import RESERVE, Spool
from afterclick.store.store import Store

pytestmark = pytest.mark.skipif(
    sys.platform != "linux", reason="mounts a disk in memory, and limits a process"
)

ROOM = 4 << 20
LARGE = "x" * 3_000


class Disk:
    """A disk of its own at a folder, in memory."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        folder.mkdir(parents=True)
        mounted = subprocess.run(
            ["mount", "-t", "tmpfs", "-o", f"size={RESERVE + ROOM}", "tmpfs", str(folder)],
            capture_output=True,
            check=False,
        )
        if mounted.returncode:
            pytest.skip("a disk can be mounted by root only, and in most containers not at all")

    def remount(self, option: str) -> None:
        subprocess.run(["mount", "-o", f"remount,{option}", str(self.folder)], check=True)

    def fill(self) -> None:
        """Have another program take all that is left."""
        with self.folder.joinpath("other").open("wb", buffering=0) as file:
            try:
                while True:
                    file.write(bytes(4096))
            except OSError:
                return

    def clear(self) -> None:
        self.folder.joinpath("other").unlink()

    def unmount(self) -> None:
        subprocess.run(["umount", "-l", str(self.folder)], check=True)


@pytest.fixture
def disk(process: Process) -> Iterator[Disk]:
    """The disk that the collector's spool is on."""
    mounted = Disk(process.settings.spool)
    yield mounted
    if process.running is not None and process.running.poll() is None:
        process.kill()
    mounted.unmount()


class Sender:
    """Sends batches of events and remembers those that were acknowledged."""

    def __init__(self, process: Process) -> None:
        self.process = process
        self.acknowledged: list[str] = []
        self.last: httpx.Response | None = None

    def send(self) -> int:
        ids = [str(uuid.uuid4()) for _ in range(50)]
        events = [{"type": "track", "id": one, "props": {"filler": LARGE}} for one in ids]
        headers = {"x-afterclick-key": self.process.key, "content-type": "application/json"}
        content = msgspec.json.encode(events)
        self.last = httpx.post(f"{self.process.url}/v1/events", content=content, headers=headers, timeout=30)
        if self.last.status_code == 202:
            self.acknowledged += ids
        return self.last.status_code

    def send_until(self, status: int) -> None:
        until(lambda: self.send() == status, 60, f"a request is answered {status}")

    def assert_told_to_wait(self) -> None:
        assert self.last is not None
        assert self.last.status_code == 503
        assert int(self.last.headers["retry-after"]) > 0
        assert "disk" in self.last.text

    def assert_all_there(self) -> None:
        """What was acknowledged is in the spool once; what was refused is not there at all."""
        assert self.process.running is not None
        self.process.running.terminate()
        assert self.process.running.wait(30) == 0
        assert sorted(spooled(self.process)) == sorted(self.acknowledged)


def test_a_disk_that_fills_up_is_told_and_room_on_it_is_enough_to_go_on(process: Process, disk: Disk) -> None:
    process.start()
    sender = Sender(process)
    sender.send_until(503)
    sender.assert_told_to_wait()
    assert sender.acknowledged
    assert os.statvfs(disk.folder).f_bavail > 0, "the room that the drain needs is left"
    disk.remount(f"size={RESERVE + 4 * ROOM}")
    sender.send_until(202)
    sender.assert_all_there()


def test_a_disk_that_another_program_filled_to_the_last_byte_loses_nothing(
    process: Process, disk: Disk
) -> None:
    process.start()
    sender = Sender(process)
    assert sender.send() == 202
    disk.fill()
    sender.send_until(503)
    sender.assert_told_to_wait()
    assert sender.send() == 503
    disk.clear()
    sender.send_until(202)
    sender.assert_all_there()


def test_a_disk_that_refuses_every_write_is_told_and_nothing_is_kept_by_half(process: Process) -> None:
    process.start()
    assert process.running is not None
    sender = Sender(process)
    assert sender.send() == 202
    _, hard = resource.prlimit(process.running.pid, resource.RLIMIT_FSIZE)
    resource.prlimit(process.running.pid, resource.RLIMIT_FSIZE, (0, hard))
    for _ in range(3):
        assert sender.send() == 503
        sender.assert_told_to_wait()
    resource.prlimit(process.running.pid, resource.RLIMIT_FSIZE, (hard, hard))
    sender.send_until(202)
    sender.assert_all_there()


def test_on_a_read_only_disk_the_collector_says_so_and_writable_again_it_has_everything(
    process: Process, disk: Disk
) -> None:
    process.start()
    sender = Sender(process)
    assert sender.send() == 202
    process.kill()
    disk.remount("ro")
    environment = os.environ | {"AFTERCLICK_DATA": str(process.data)}
    command = [sys.executable, "-m", "afterclick.collect"]
    ended = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=60, check=False)
    assert ended.returncode == 1
    assert "may be written" in ended.stderr
    assert "Traceback" not in ended.stderr
    disk.remount("rw")
    process.start()
    assert sender.send() == 202
    sender.assert_all_there()


NAMES = Statement("names", "SELECT count() AS n FROM events WHERE site = {site:String}")


def test_a_drain_on_a_full_disk_waits_and_goes_on_by_itself_when_there_is_room(
    tmp_path: Path, store: Store, site: str
) -> None:
    disk = Disk(tmp_path / "spool")
    spool, outlet = Spool(disk.folder, 1 << 30), Outlet(disk.folder)
    for _ in range(20):
        ids = [str(uuid.uuid4()) for _ in range(10)]
        events = [Event(site=site, event_id=i, type="track", time=NOW, received=NOW) for i in ids]
        spool.write([Batch(site, "events", "events", 10, msgspec.json.Encoder().encode_lines(events))])
    outlet._connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")  # pyright: ignore[reportPrivateUsage]
    disk.fill()
    drain = Drain(outlet, store, block_rows=20)
    drain.start()
    try:
        until(lambda: "disk" in drain.freshness().last_failure, 60, "the drain tells of the disk")
        disk.clear()
        until(lambda: drain.freshness().waiting_rows == 0, 60, "all is drained")
    finally:
        drain.stop()
        spool.close()
        outlet.close()
        disk.unmount()
    assert store.arrow(Scope(site), NAMES)["n"][0].as_py() == 200
