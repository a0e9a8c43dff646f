"""Nothing secret leaves by the log, whichever way it is said."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from afterclick.log import Recent, redacted

ROOT = Path(__file__).parents[2]
SECRETS = {
    "ac_0123456789abcdef0123456789abcdef": "key ac_0123456789abcdef0123456789abcdef",
    "s3cr3t-bearer-token": "Authorization: Bearer s3cr3t-bearer-token",
    "dXNlcjpodW50ZXIy": "authorization: Basic dXNlcjpodW50ZXIy",
    "hunter2hunter2": "{'password': 'hunter2hunter2', 'name': 'x'}",
    "p4ss/w@rd": "clickhouses://me:p4ss/w@rd@db.example:8443/x",
    "sessionvalue123": "Cookie: theme=dark; session=sessionvalue123; more=1",
    "eyJhbGciOiJIUzI1NiJ9": "id_token eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2lnbmF0dXJl",
    "jane.doe+shop": "sent by jane.doe+shop@mail.example.org",
    "Zm9vYmFy0123456789QUJDREVGR0hJSktMTU5PUFFSU1": "/invite/Zm9vYmFy0123456789QUJDREVGR0hJSktMTU5PUFFSU1",
    "querykey99": "GET /v1/events?key=querykey99&x=1",
    "topsecretvalue": "AFTERCLICK_SECRET_KEY=topsecretvalue",
    "matrixvalue1": "GET /login/password=matrixvalue1",
    "dashvalue22": "run --db-password: dashvalue22",
}
"""What must not be found, and a sentence that holds it."""


@pytest.mark.parametrize("secret", SECRETS)
def test_a_secret_is_taken_out_of_a_sentence(secret: str) -> None:
    assert secret in SECRETS[secret]
    assert secret not in redacted(SECRETS[secret])


@pytest.mark.parametrize(
    "text",
    [
        "the store does not take rows, they wait",
        "Code: 241. DB::Exception: Memory limit exceeded",
        "spool 9f1c2d3e-0000-4000-8000-000000000001:events:1:5",
        "/var/lib/afterclick/signals/shadow/backup_0123456789abcdef0123456789abcdef",
        "trace 5b8efff798038103d269b633813fc60c",
        "clickhouses://db.example:8443/x",
        "afterclick: /etc/passwd: set AFTERCLICK_DATA to a folder",
        "/run/secrets/db-password: no such file",
    ],
)
def test_what_an_operator_needs_stays(text: str) -> None:
    assert redacted(text) == text


def test_no_way_of_saying_something_says_a_secret() -> None:
    command = [sys.executable, "-m", "tests.log.talker", *SECRETS.values()]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stderr
    for secret in (*SECRETS, "hunter22", "kkkkkkkk", "a=b"):
        assert secret not in done.stderr + done.stdout, secret
    for way in (
        "afterclick.test",
        "library",
        "py.warnings",
        "a thread died",
        "asyncio",
        "uvicorn.error",
        "job failed",
    ):
        assert way in done.stderr, way
    lines = [line for line in done.stderr.splitlines() if line.startswith("{")]
    assert all({"event", "level", "timestamp"} <= json.loads(line).keys() for line in lines)


def test_what_went_wrong_is_remembered_for_a_day_and_repeated_lines_are_counted() -> None:
    now = [1_800_000_000_000]
    recent = Recent(lambda: now[0])
    for _ in range(3):
        recent.processor(
            None, "", {"level": "warning", "logger": "drain", "event": "it waits", "reason": "full"}
        )
    recent.processor(None, "", {"level": "info", "event": "fine"})
    (said,) = recent.lines()
    assert (said.times, said.event, said.detail) == (3, "it waits", "reason: full")
    for number in range(500):
        recent.processor(None, "", {"level": "error", "event": f"e{number}"})
    assert len(recent.lines()) == 200
    now[0] += 86_400_001
    assert recent.lines() == []
