"""The systemd unit, the Containerfile, and an app that may write nothing but its data folder."""

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from tests.app.installed import until

from afterclick.demo.run import free_ports

ROOT = Path(__file__).parents[2]
UNIT = ROOT / "deploy" / "afterclick.service"
CONTAINERFILE = ROOT / "deploy" / "Containerfile"


@pytest.fixture
def unit(tmp_path: Path) -> Path:
    """The unit with a program that is installed here in the place of ours."""
    copy = tmp_path / UNIT.name
    copy.write_text(UNIT.read_text().replace("/opt/afterclick/bin/afterclick", "/bin/true"))
    return copy


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="needs systemd-analyze")
def test_systemd_understands_the_unit_and_finds_little_exposed(unit: Path) -> None:
    verified = subprocess.run(
        ["systemd-analyze", "verify", unit], capture_output=True, text=True, check=False
    )
    assert (verified.returncode, verified.stderr) == (0, "")
    security = ["systemd-analyze", "security", "--offline=yes", "--threshold=20", unit]
    rated = subprocess.run(security, capture_output=True, text=True, check=False)
    assert rated.returncode == 0, rated.stdout[-300:]


def test_the_unit_runs_as_a_user_of_its_own_that_writes_its_own_folder_only() -> None:
    lines = set(UNIT.read_text().splitlines())
    assert {
        "DynamicUser=yes",
        "ProtectSystem=strict",
        "NoNewPrivileges=yes",
        "StateDirectory=afterclick",
    } <= lines
    assert {"CapabilityBoundingSet=", "ProtectHome=yes", "PrivateTmp=yes"} <= lines
    assert not any(line.startswith("ReadWritePaths") for line in lines)


def test_a_linter_finds_nothing_in_the_containerfile() -> None:
    hadolint = Path(sys.executable).parent / "hadolint"
    found = subprocess.run(
        [hadolint, "--no-color", CONTAINERFILE], capture_output=True, text=True, check=False
    )
    assert (found.returncode, found.stdout) == (0, "")


def test_the_image_runs_as_a_user_without_rights_and_keeps_what_it_writes_on_a_volume() -> None:
    text = CONTAINERFILE.read_text()
    last = text[text.rindex("\nFROM ") :]
    assert re.search(r"^USER (\d+):\1$", last, re.MULTILINE), (
        "a number, so that the orchestrator can check it"
    )
    assert re.search(r"^USER 0", last, re.MULTILINE) is None
    assert 'VOLUME ["/data"]' in last
    assert "AFTERCLICK_DATA=/data" in last


USER = 48_000 + os.getpid() % 10_000


@pytest.fixture
def data() -> Iterator[Path]:
    """A folder of a user without rights, who can reach it and owns nothing else."""
    folder = Path("/var/tmp") / f"afterclick-{USER}"
    folder.mkdir(mode=0o700)
    os.chown(folder, USER, USER)
    yield folder
    shutil.rmtree(folder)


@pytest.mark.skipif(
    sys.platform != "linux" or os.geteuid() != 0 or shutil.which("setpriv") is None,
    reason="needs root, to become a user without rights",
)
def test_an_app_without_rights_works_and_writes_nothing_outside_its_data_folder(data: Path) -> None:
    port, collector_port = free_ports(2)
    environment = {
        "PATH": os.environ["PATH"],
        "PYTHONPATH": os.environ.get("PYTHONPATH", ""),
        "AFTERCLICK_DATA": str(data),
        "AFTERCLICK_PORT": str(port),
        "AFTERCLICK_COLLECTOR_PORT": str(collector_port),
        "AFTERCLICK_GRPC_PORT": "0",
        "AFTERCLICK_OPEN_ON_LOOPBACK": "1",
    }
    sees_all = (
        "-all,+dac_read_search"  # the interpreter may lie in somebody's home; writing is what is not allowed
    )
    become = ["setpriv", f"--reuid={USER}", f"--regid={USER}", "--clear-groups", "--no-new-privs"]
    become += [f"--bounding-set={sees_all}", f"--inh-caps={sees_all}", f"--ambient-caps={sees_all}"]
    command = [*become, sys.executable, "-m", "afterclick.cli", "serve"]
    process = subprocess.Popen(
        command, cwd="/", env=environment, stderr=subprocess.PIPE, stdout=subprocess.PIPE
    )
    try:
        until(lambda: process.poll() is not None or answers(port), "the app")
        assert process.poll() is None, process.communicate()
        assert stored_elsewhere(data) == []
    finally:
        process.terminate()
        process.communicate(timeout=60)
    assert stored_elsewhere(data) == []


def answers(port: int) -> bool:
    try:
        return httpx.get(f"http://127.0.0.1:{port}/readyz", timeout=5).status_code == 200
    except httpx.HTTPError:
        return False


def stored_elsewhere(data: Path) -> list[str]:
    """What the user owns where anybody may write."""
    places = ["/tmp", "/var/tmp", "/dev/shm", "/run"]
    command = ["find", *places, "-user", str(USER), "-not", "-path", f"{data}*"]
    return subprocess.run(command, capture_output=True, text=True, check=False).stdout.splitlines()
