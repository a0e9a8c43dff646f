"""Another account of the machine reaches neither the socket nor the files, even where a mode would let it."""

import os
import socket
import stat
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from fastapi import FastAPI
from tests.app.installed import afterclick

from afterclick.app.answering import served_at

NOBODY = 65534
ASK = """
import os, socket, sys
if len(sys.argv) > 2:
    os.setgroups([])
    os.setgid(int(sys.argv[2]))
    os.setuid(int(sys.argv[2]))
door = socket.socket(socket.AF_UNIX)
door.connect(sys.argv[1])
door.settimeout(20)
try:
    door.sendall(b"GET /api/v1/aside HTTP/1.1\\r\\nhost: localhost\\r\\nconnection: close\\r\\n\\r\\n")
    print(door.recv(1000).decode())
except ConnectionError:
    pass
"""
OPEN = """
from afterclick.app.installation import Installation
from afterclick.settings import load
Installation.open(load()).close()
"""
pytestmark = pytest.mark.skipif(
    os.geteuid() != 0 or not hasattr(socket, "SO_PEERCRED"),
    reason="acts as another account, which root alone may",
)


def as_another(*command: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        command,
        user=NOBODY,
        group=NOBODY,
        extra_groups=[],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
        cwd="/",
    )


def asked(place: Path, *account: int) -> "subprocess.CompletedProcess[str]":
    command = [sys.executable, "-c", ASK, str(place), *map(str, account)]
    return subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)


@pytest.fixture
def open_place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A place to which every account has a way."""
    place = tmp_path_factory.mktemp("open")
    ways = [place, *(parent for parent in place.parents if parent.stat().st_mode & 0o005 != 0o005)]
    before = {way: stat.S_IMODE(way.stat().st_mode) for way in ways}
    for way in ways:
        way.chmod(0o755)
    yield place
    for way, mode in before.items():
        way.chmod(mode)


@pytest.fixture
def app() -> FastAPI:
    app = FastAPI()
    app.get("/api/v1/aside")(lambda: "for this machine only")
    return app


def test_a_request_of_another_account_is_not_answered_though_the_socket_is_open_to_it(
    app: FastAPI, open_place: Path
) -> None:
    with served_at(app, open_place / "app.sock") as place:
        assert "PermissionError" in asked(place, NOBODY).stderr
        place.chmod(0o666)
        assert asked(place, NOBODY).stdout.strip() == ""
        assert " 200 " in asked(place).stdout


def test_nothing_of_an_installation_in_a_folder_that_was_open_before_is_read_by_another_account(
    open_place: Path,
) -> None:
    (data := open_place / "data").mkdir(mode=0o755)
    environment = {**os.environ, "AFTERCLICK_DATA": str(data)}
    subprocess.run([sys.executable, "-c", OPEN], env=environment, check=True, timeout=60)
    assert as_another("/bin/cat", str(data / "control.db")).returncode != 0
    assert as_another("/bin/ls", str(data)).returncode != 0
    files = list(data.rglob("*.db"))
    assert files
    assert all(not file.stat().st_mode & 0o077 for file in files)


def test_an_installation_begun_in_a_shared_folder_is_refused_in_one_sentence(open_place: Path) -> None:
    (data := open_place / "data").mkdir()
    data.chmod(0o1777)
    told = afterclick(data, "serve")
    assert told.returncode == 1
    assert "open to other accounts (mode 1777)" in told.stderr
    assert list(data.iterdir()) == []
