"""`afterclick keys`, as it is run."""

import json
import os
import subprocess
import sys
from pathlib import Path

import httpx
import pytest

from afterclick.accounts.audit import Audit
from afterclick.cli.connection import Api, quoted
from afterclick.errors import AfterclickError, InvalidInput
from afterclick.settings import load
from afterclick.store.control.database import open_control


class Command:
    """The command over a data folder of its own."""

    def __init__(self, data: Path) -> None:
        self.data = str(data)
        self.environment = os.environ | {
            "AFTERCLICK_DATA": self.data,
            "AFTERCLICK_COLLECTOR_PORT": "4999",
            "COLUMNS": "250",
        }

    def __call__(self, *more: str) -> str:
        command = [sys.executable, "-m", "afterclick.cli", "keys", *more]
        ran = subprocess.run(
            command, env=self.environment, check=True, capture_output=True, text=True, timeout=120
        )
        return ran.stdout


@pytest.fixture
def keys(tmp_path: Path) -> Command:
    return Command(tmp_path / "data")


def test_each_public_key_is_printed_as_a_dsn_for_sentrys_sdks(keys: Command) -> None:
    keys("create", "import", "--historical")
    public, secret = json.loads(keys("--json"))
    assert public["dsn"] == f"http://{public['clear']}@127.0.0.1:4999/1"
    assert (secret["clear"], secret["dsn"]) == (None, None)
    assert public["dsn"] in keys()


def test_a_key_is_rotated_restricted_and_revoked_and_each_is_in_the_audit_log(keys: Command) -> None:
    keys("create", "another")
    first, another = json.loads(keys("--json"))
    keys("revoke", another["prefix"])
    new = keys("rotate", first["prefix"], "--hours", "2").strip()
    said = keys("restrict", new, "--origin", "https://shop.example", "--browsers-only")
    keys("revoke", first["prefix"])
    assert said.strip() == f"{new[:9]}… is for https://shop.example, not for servers."
    old, _, made = json.loads(keys("--json"))
    assert (made["clear"], made["origins"], made["browsers_only"]) == (new, ["https://shop.example"], True)
    assert old["revoked"] < old["ends"]
    control = open_control(load({"AFTERCLICK_DATA": keys.data}))
    logged = [(entry.action, entry.target) for entry in Audit(control).read()]
    control.dispose()
    assert logged == [
        ("key.revoke", first["prefix"]),
        ("key.restrict", new[:9]),
        ("key.rotate", first["prefix"]),
        ("key.revoke", another["prefix"]),
        ("key.create", another["prefix"]),
    ]


@pytest.mark.parametrize("status", [301, 304, 307, 400, 404, 500, 503])
def test_only_a_status_of_success_is_taken_for_success(status: int) -> None:
    answering = httpx.MockTransport(lambda _: httpx.Response(status, text="elsewhere"))
    api = Api(httpx.Client(transport=answering, base_url="http://localhost"))
    with pytest.raises(AfterclickError, match=r"\.$"):
        api.send("DELETE", "/keys/ac_123456")


@pytest.mark.parametrize("nothing", ["", " ", "\t"])
def test_an_id_that_is_empty_is_refused_before_anything_is_asked(nothing: str) -> None:
    with pytest.raises(InvalidInput, match="empty"):
        quoted(nothing)


def test_over_a_stopped_app_a_refusal_is_one_sentence_on_standard_error_and_verbs_wait_for_each_other(
    keys: Command,
) -> None:
    keys("create", "one")
    command = [sys.executable, "-m", "afterclick.cli", "problems", "--site", "nope", "--json"]
    verbs = [
        subprocess.Popen(
            command, env=keys.environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
        )
        for _ in range(2)
    ]
    for out, err in [verb.communicate(timeout=120) for verb in verbs]:
        assert out == ""
        assert err.startswith("afterclick: ")
        assert err.count("\n") == 1
        assert "belongs to" not in err
