"""Every command of the README is run as it stands there."""

import os
import re
import shlex
import signal
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")
COMMANDS = [
    line for block in re.findall(r"```sh\n(.*?)```", README, re.DOTALL) for line in block.strip().splitlines()
]
RUN_BY_CI_ITSELF = {"make test"}
OF_THE_DEMO = [line for line in COMMANDS if "demo" in line and line != "make demo"]
OF_AN_INSTALLATION = ["pip install .", "afterclick serve", "afterclick mark release web 1.4.2"]


def test_no_command_of_the_readme_is_left_out_here() -> None:
    assert set(COMMANDS) == {"make demo", *RUN_BY_CI_ITSELF, *OF_THE_DEMO, *OF_AN_INSTALLATION}


def until_said(process: "subprocess.Popen[str]", words: str) -> str:
    """What the process printed up to and with the line that holds `words`."""
    said = ""
    assert process.stdout
    for line in process.stdout:
        said += line
        if words in line:
            return said
    raise AssertionError(f"it ended without saying {words!r}: {said}")


def heed_interrupts() -> None:
    """Let Ctrl+C end what is started: a shell has commands in its background ignore it, and so all that they start."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


def stop(process: "subprocess.Popen[str]") -> int:
    """Ctrl+C; the exit code."""
    os.killpg(process.pid, signal.SIGINT)
    try:
        process.communicate(timeout=120)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        process.communicate()
        raise
    return process.returncode


def spawn(command: str, folder: Path, **environment: str) -> "subprocess.Popen[str]":
    return subprocess.Popen(
        shlex.split(command),
        cwd=folder,
        env={**os.environ, **environment},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
        preexec_fn=heed_interrupts,
    )


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """`make demo`, with less history so that it is quick; the folder whose demo-data it fills."""
    folder = tmp_path_factory.mktemp("readme")
    options = f"--data {folder / 'demo-data'} --days 2 --visits 3000"
    process = spawn(f"make demo 'DEMO={options}'", ROOT, COLUMNS="200")
    try:
        assert "http://127.0.0.1:8400" in until_said(process, "Press Ctrl+C")
        yield folder
    finally:
        stop(process)


@pytest.mark.parametrize("command", OF_THE_DEMO)
def test_a_command_that_the_readme_shows_beside_the_demo_works(demo: Path, command: str) -> None:
    variables, _, verb = command.rpartition(".venv/bin/afterclick ")
    assert variables in {"", "AFTERCLICK_DATA=demo-data "}
    arguments = [str(ROOT / ".venv/bin/afterclick"), *shlex.split(verb)]
    environment = {**os.environ, "AFTERCLICK_DATA": str(demo / "demo-data"), "COLUMNS": "200"}
    done = subprocess.run(
        arguments, env=environment, capture_output=True, text=True, timeout=300, check=False
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.strip()


def test_a_plain_pip_install_serves_and_takes_a_mark(tmp_path: Path) -> None:
    subprocess.run(["python3", "-m", "venv", tmp_path / "venv"], check=True)
    binaries = tmp_path / "venv/bin"
    uncompiled = {**os.environ, "PIP_NO_COMPILE": "1"}  # of seventy packages only few modules are run here
    subprocess.run([binaries / "pip", "install", "--quiet", ROOT], check=True, timeout=1800, env=uncompiled)
    ports = {"AFTERCLICK_PORT": "18401", "AFTERCLICK_COLLECTOR_PORT": "14319", "AFTERCLICK_GRPC_PORT": "0"}
    environment = {
        "PATH": f"{binaries}:{os.environ['PATH']}",
        **ports,
        "AFTERCLICK_DATA": str(tmp_path / "data"),
    }
    process = spawn("afterclick serve", tmp_path, **environment)
    try:
        until_said(process, "write key")
        deadline = time.monotonic() + 300
        marked = 1
        while marked and time.monotonic() < deadline:
            arguments = ["afterclick", *shlex.split("mark release web 1.4.2")]
            marked = subprocess.run(
                arguments, env={**os.environ, **environment}, check=False, capture_output=True
            ).returncode
        assert marked == 0
    finally:
        assert stop(process) in {0, 130}
