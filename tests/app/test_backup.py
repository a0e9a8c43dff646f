"""`afterclick backup` and `afterclick restore`, over an app that runs under load."""

import base64
import hashlib
import os
import shutil
import signal
import subprocess
import sys
import tarfile
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, NamedTuple

import httpx
import msgspec
import pytest
from tests.app.installed import Load, add_site, afterclick, locally, past_in_the_spool, query, until
from tests.cli.within import within
from tests.store.schema.derived import REGISTRY

from afterclick.app.restore import restore
from afterclick.demo.product import Place, Product
from afterclick.demo.run import free_ports
from afterclick.errors import InvalidInput
from afterclick.pages import endpoints
from afterclick.settings import load
from afterclick.web.need import Open

PASSPHRASE = "correct horse battery staple"
DAYS_AGO = 5
TODAY = datetime.now(UTC).date()
"""The day of the tests' start: the period asked for stays the same over midnight."""

OF_NOW = ("/api/v1/quality", "/api/v1/connect", "/api/v1/system", "/api/v1/intake", "/api/v1/keys")
"""Answers that tell of this moment and this machine, whatever the period."""


class Made(NamedTuple):
    """A backup, and what the installation said before it."""

    data: Path
    tar: Path
    passphrase: Path
    answers: dict[str, Any]
    acknowledged: set[str]
    sent: set[str]


def answers(product: Product) -> dict[str, Any]:
    """Every answer of the API over the days around the past that was sent."""
    days = {
        "from": str(TODAY - timedelta(days=DAYS_AGO + 1)),
        "to": str(TODAY - timedelta(days=DAYS_AGO - 1)),
    }
    with httpx.Client(base_url=product.place.dashboard, timeout=60) as client:

        def ask(path: str) -> Any:
            answer = client.get(path, params=days)
            assert answer.is_success, (path, answer.text)
            return answer.json()

        plain = [
            one.route
            for one in endpoints()
            if one.method == "GET" and "{" not in one.path and one.need is not Open.HERE
        ]
        found = {path: ask(path) for path in plain if path not in OF_NOW}
        visits = [line["session_id"] for line in found["/api/v1/visits"]["visits"]]
        assert len(visits) > 20
        found["accepted by door"] = ask("/api/v1/quality")["intake"]["accepted"]
        for name in [
            name
            for name in found["/api/v1/overview"]
            if "at_risk" in name or name.endswith("_felt") or name.startswith("felt_")
        ]:
            del found["/api/v1/overview"][name]  # priced anew every few minutes
        for figure in found["/api/v1/overview"]["did"]:
            del figure["as_of"]  # people are told apart anew every few seconds
        return found | {f"/api/v1/visits/{visit}": ask(f"/api/v1/visits/{visit}") for visit in visits}


def is_settled(product: Product) -> bool:
    """Whether the jobs have told people apart and counted the services' minutes."""
    alone = query(product, "SELECT count() AS n FROM session_person WHERE person = 0")[0]["n"]
    return not alone and query(product, "SELECT sum(spans) AS n FROM service_minutes")[0]["n"] == 120


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Made]:
    """A .tar made while two clients send to another site as fast as they can."""
    folder = tmp_path_factory.mktemp("made")
    data, tar, passphrase = folder / "data", folder / "backup.tar", folder / "passphrase"
    passphrase.write_text(PASSPHRASE + "\n")
    place = Place(data, *free_ports(2))
    laid = {
        "routes.json": '{"demo":{"/product":["sale"]}}',
        "hooks/till.toml": 'secret = "one that tills know"',
    }
    for name, text in laid.items():
        (data / name).parent.mkdir(parents=True, exist_ok=True)
        (data / name).write_text(text)
    past_in_the_spool(place, DAYS_AGO)  # before the app, whose job of identity rests after each run
    add_site(data, "busy")
    with Product(place) as product:
        product.wait()
        until(lambda: product.waiting() == 0, "the past to be stored")
        busy = locally(product, "POST", "/keys", params={"site": "busy"}, json={"name": "load"}).json()[
            "secret"
        ]
        until(lambda: is_settled(product), "the jobs to be done with the past")
        before = answers(product)
        with Load(product, busy) as load_:
            until(lambda: len(load_.acknowledged) > 3_000, "the load to begin")
            done = afterclick(data, "backup", str(tar), "--passphrase-file", str(passphrase))
            assert done.returncode == 0, done.stderr
            sent = set(load_.sent)
        began = manifest_of(tar)["made"]
        acknowledged = {one for one, at in load_.acknowledged.items() if at < began}
        assert len(acknowledged) > 3_000
        until(lambda: not list((data / "signals/shadow").glob("backup*")), "the frozen tables to go")
        yield Made(data, tar, passphrase, before, acknowledged, sent)


@pytest.fixture(scope="module")
def restored(made: Made, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Product]:
    """An app over the restored folder."""
    data = tmp_path_factory.mktemp("restored") / "data"
    done = afterclick(data, "restore", str(made.tar), "--passphrase-file", str(made.passphrase))
    assert done.returncode == 0, done.stderr
    with Product(Place(data, *free_ports(2))) as product:
        product.wait()
        until(lambda: product.waiting() == 0, "the restored spool to be drained")
        yield product


def test_every_answer_of_the_api_is_the_same_after_a_restore(made: Made, restored: Product) -> None:
    assert answers(restored) == made.answers


def test_what_was_acknowledged_before_a_backup_began_is_in_it_once(made: Made, restored: Product) -> None:
    found = query(restored, "SELECT toString(event_id) AS id, count() AS n FROM events GROUP BY id", "busy")
    ids = {row["id"] for row in found}
    assert (len(made.acknowledged - ids), len(ids - made.sent)) == (0, 0)
    assert {row["n"] for row in found} == {1}
    assert (
        query(restored, "SELECT uniqExact(event_id) AS n FROM events WHERE type = 'page_view'")[0]["n"] == 120
    )


def test_the_secret_key_comes_back_with_the_passphrase_and_is_in_no_backup_in_clear(
    made: Made, restored: Product
) -> None:
    key = (made.data / "secret.key").read_bytes().strip()
    assert (restored.place.data / "secret.key").read_bytes().strip() == key
    whole = made.tar.read_bytes()
    assert key not in whole
    assert base64.b64decode(key) not in whole
    assert PASSPHRASE.encode() not in whole


def test_whoever_was_erased_since_the_backup_is_erased_from_what_is_restored(
    made: Made, tmp_path: Path
) -> None:
    erased = afterclick(made.data, "privacy", "erase", "user:u3", "--yes")
    assert erased.returncode == 0, erased.stderr
    data = tmp_path / "data"
    done = afterclick(data, "restore", str(made.tar), "--last", str(made.data))
    assert done.returncode == 0, done.stderr
    sql = "SELECT countIf(user_id = 'u3') AS theirs, countIf(user_id = 'u4') AS others FROM events"
    asked = afterclick(data, "query", sql, "--json")
    assert asked.returncode == 0, asked.stderr
    (found,) = msgspec.json.decode(asked.stdout)
    assert found["theirs"] == 0
    assert found["others"] > 0


def manifest_of(tar: Path) -> Any:
    with tarfile.open(tar) as opened:
        entry = opened.extractfile("manifest.json")
        assert entry
        return msgspec.json.decode(entry.read())


def flip(tar: Path) -> None:
    with tarfile.open(tar) as opened:
        inside = opened.getmember("control.db").offset_data + 5_000
    with tar.open("r+b") as file:
        file.seek(inside)
        byte = file.read(1)
        file.seek(inside)
        file.write(bytes([byte[0] ^ 1]))


def cut(tar: Path) -> None:
    with tar.open("r+b") as file:
        file.truncate(tar.stat().st_size // 2)


def add_a_file(tar: Path) -> None:
    with tarfile.open(tar, "a") as opened:
        opened.add(__file__, "visits.db.more")


def climb_out(tar: Path) -> None:
    """A backup whose digests fit, with a name that leads out of the folder."""
    text = Path(__file__).read_bytes()
    manifest = manifest_of(tar)
    name = "hooks/../../out.toml"
    manifest["files"] = {name: {"bytes": len(text), "sha256": hashlib.sha256(text).hexdigest()}}
    tar.unlink()
    written = tar.with_suffix(".json")
    written.write_bytes(msgspec.json.encode(manifest))
    with tarfile.open(tar, "w") as opened:
        opened.add(__file__, name)
        opened.add(written, "manifest.json")


def from_tomorrow(tar: Path) -> None:
    text = tar.read_bytes()
    at = text.rindex(b'"schema": ')
    tar.write_bytes(text[: at + 9] + b"99" + text[at + 11 :])


def replace(tar: Path) -> None:
    tar.write_bytes(b"nonsense")


@pytest.mark.parametrize(
    ("spoil", "says"),
    [
        (flip, "control.db is not what was written"),
        (cut, "damaged|not whole"),
        (add_a_file, "missing or too many"),
        (climb_out, "cannot be a file of a backup"),
        (from_tomorrow, "newer than this one"),
        (replace, "damaged or no backup"),
        (Path.unlink, "There is no backup"),
    ],
)
def test_a_backup_that_is_not_what_was_written_is_refused_before_anything_is_restored(
    made: Made, tmp_path: Path, spoil: Callable[[Path], None], says: str
) -> None:
    copy = tmp_path / "copy.tar"
    shutil.copyfile(made.tar, copy)
    spoil(copy)
    with pytest.raises(InvalidInput, match=says):
        restore(load({"AFTERCLICK_DATA": str(tmp_path / "data")}), copy)
    assert not (tmp_path / "data").exists()


def test_a_backup_holds_what_the_data_map_says(made: Made, restored: Product) -> None:
    said = {one.name for one in REGISTRY if one.where == "files" and one.held.in_backups}
    found = {name.partition("/")[0].removesuffix(".sealed") for name in manifest_of(made.tar)["files"]}
    assert found == said
    for name in ("routes.json", "hooks/till.toml"):
        assert (restored.place.data / name).read_bytes() == (made.data / name).read_bytes()


def test_a_folder_that_is_not_empty_is_left_alone(made: Made, tmp_path: Path) -> None:
    (tmp_path / "mine").write_text("mine")
    with pytest.raises(InvalidInput, match="is not empty"):
        restore(load({"AFTERCLICK_DATA": str(tmp_path)}), made.tar)
    assert [path.name for path in tmp_path.iterdir()] == ["mine"]


def test_a_wrong_passphrase_is_told_before_anything_is_restored(made: Made, tmp_path: Path) -> None:
    with pytest.raises(InvalidInput, match="does not open the secret key"):
        restore(load({"AFTERCLICK_DATA": str(tmp_path / "data")}), made.tar, "some other words")
    assert not (tmp_path / "data").exists()


def test_a_backup_never_takes_the_place_of_something(made: Made) -> None:
    done = within(made.data, "backup", str(made.tar))
    assert done.returncode == 1
    assert "exists already" in done.stderr


def killed_when(exists: Path, data: Path, *verb: str) -> None:
    """Run a verb and kill -9 it as soon as a file or folder exists."""
    command = [sys.executable, "-m", "afterclick.cli", *verb]
    process = subprocess.Popen(
        command, env=os.environ | {"AFTERCLICK_DATA": str(data)}, stderr=subprocess.PIPE
    )
    while not exists.exists():
        assert process.poll() is None, process.stderr and process.stderr.read()
    process.send_signal(signal.SIGKILL)
    process.communicate()


def test_a_backup_that_was_killed_never_looks_like_a_whole_one_and_the_next_one_is_whole(
    made: Made, tmp_path: Path
) -> None:
    to, partial = tmp_path / "backup", tmp_path / "backup.partial"
    killed_when(partial, made.data, "backup", str(to))
    assert not to.exists()
    shutil.copytree(partial, tmp_path / "renamed")
    for what in (partial, tmp_path / "renamed"):
        with pytest.raises(InvalidInput, match=r"stopped in the middle|not whole"):
            restore(load({"AFTERCLICK_DATA": str(tmp_path / "data")}), what)
    shadow = made.data / "signals/shadow"
    until(lambda: not list(shadow.glob("backup*")), "the app to let go of the tables")
    assert within(made.data, "backup", str(to)).returncode == 0
    assert not partial.exists()


def test_an_installation_into_which_nothing_has_come_yet_is_backed_up_and_restored(tmp_path: Path) -> None:
    to = tmp_path / "new.tar"
    assert afterclick(tmp_path / "data", "sites", "add", "outlet").returncode == 0
    backed = afterclick(tmp_path / "data", "backup", str(to))
    assert backed.returncode == 0, backed.stderr
    assert afterclick(tmp_path / "again", "restore", str(to)).returncode == 0
    assert "outlet" in afterclick(tmp_path / "again", "sites", "list").stdout


def test_a_folder_whose_restore_was_killed_is_refused_in_one_sentence(made: Made, tmp_path: Path) -> None:
    data = tmp_path / "data"
    killed_when(data / "restoring", data, "restore", str(made.tar))
    opened = within(data, "keys")
    assert opened.returncode == 1
    assert "was stopped in the middle: empty the folder" in opened.stderr
