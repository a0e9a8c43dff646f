"""Every verb over a running app: it prints JSON where that is asked for, and loads no more than it needs."""

import dataclasses
import json
import os
import subprocess
import sys
import uuid
from collections.abc import Iterator
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import pytest
from tests.cli.every import CALLS, EXAMPLES, RUN_ON, SHOWN_ELSEWHERE, Words, leaves, options
from tests.cli.within import within

from afterclick.accounts import first_run
from afterclick.cli.shown import SHOWN
from afterclick.demo.product import Place, Product
from afterclick.demo.run import free_ports
from afterclick.journeys import VisitRow
from afterclick.pages import endpoints
from afterclick.settings import load
from afterclick.store.control.database import open_control

WEB = {"fastapi", "jinja2", "starlette", "uvicorn"}
ENGINE = {"chdb", "clickhouse_connect", "numpy", "pyarrow", "scipy", "sqlalchemy", "sqlglot"}
ROOMS = {"api", "cli", "clock", "currencies", "errors", "settings", "stats"}
"""What a verb that asks is made of."""

OWN_WORDS = {("backup",), ("upgrade",)}
"""These say that there is nothing to back up or to upgrade."""

PROBE = (
    "import sys\nfrom afterclick.cli import main\n"
    "try:\n    main()\nfinally:\n    print('LOADED', *sys.modules, file=sys.stderr)"
)


@pytest.fixture(scope="module")
def product(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Product]:
    place = Place(tmp_path_factory.mktemp("every") / "data", *free_ports(2))
    with Product(place) as running:
        running.wait()
        yield running


@pytest.fixture(scope="module")
def shop() -> Iterator[str]:
    """Answers as the storefront does when a fault is switched."""

    class Faults(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            self.send_response(200)
            self.end_headers()
            self.wfile.write(b'{"faults": {"payment-slow": true}}')

        def log_message(self, format: str, *args: Any) -> None: ...

    with HTTPServer(("127.0.0.1", 0), Faults) as server:
        thread = Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


def run(place: Place, words: Words, given: str = "", data: Path | None = None) -> tuple[str, set[str], int]:
    """What a verb says in a process of its own, which modules that has loaded at its end, and its exit code."""
    environment = {
        **os.environ,
        "AFTERCLICK_DATA": str(data or place.data),
        "AFTERCLICK_COLLECTOR_PORT": str(place.collector_port),
        "AFTERCLICK_PORT": str(place.port),
    }
    done = subprocess.run(
        [sys.executable, "-c", PROBE, *words],
        env=environment, input=given, capture_output=True, text=True, timeout=120, check=False,
    )  # fmt: skip
    said, _, modules = done.stderr.rpartition("LOADED ")
    assert "afterclick:" not in said, said
    return done.stdout, set(modules.split()), done.returncode


class Filler:
    """What stands for the names in braces, made when it is asked for."""

    def __init__(self, product: Product, shop: str, folder: Path) -> None:
        self.product = product
        self.folder = folder
        unique = uuid.uuid4().hex[:8]
        event = {"type": "search", "user_id": "ada", "device_id": "d", "session_key": "s"}
        (folder / "events.ndjson").write_text(json.dumps(event))
        (folder / "rates.csv").write_text(f"date,currency,rate\n{datetime.now(UTC):%Y-%m-%d},USD,0.92\n")
        self.known = {
            "unique": unique,
            "member": f"{unique}@x.com",
            "file": str(folder / "events.ndjson"),
            "rates": str(folder / "rates.csv"),
            "new": str(folder / "new.tar"),
            "shop": shop,
        }

    def __call__(self, word: str) -> str:
        if word == "{key}":
            return self.product.create_key("till")
        if word == "{backup}":
            run(self.product.place, ("backup", self.known["new"]))
            return self.known["new"]
        return word.format(**self.known)


def a_folder_apart(folder: Path) -> Path:
    """An installation that nobody holds."""
    data = folder / "apart"
    data.mkdir()
    control = open_control(settings := load({"AFTERCLICK_DATA": str(data)}))
    first_run(control, settings)
    control.dispose()
    return data


def test_every_verb_is_walked_and_no_example_is_of_none() -> None:
    assert set(leaves()) == CALLS.keys() | RUN_ON | SHOWN_ELSEWHERE
    assert EXAMPLES.keys() <= CALLS.keys()


@pytest.mark.parametrize("leaf", sorted(CALLS.keys() | SHOWN_ELSEWHERE), ids=" ".join)
def test_a_verb_that_prints_something_takes_json(leaf: Words) -> None:
    assert "--json" in options(leaf)


@pytest.mark.parametrize("leaf", CALLS, ids=" ".join)
def test_a_verb_prints_json_and_loads_what_it_needs_alone(
    product: Product, shop: str, tmp_path: Path, leaf: Words
) -> None:
    call, filled = CALLS[leaf], Filler(product, shop, tmp_path)
    for before in call.before:
        run(product.place, tuple(map(filled, before)))
    words = (*leaf, *map(filled, call.words), "--json")
    apart = None
    if call.apart:
        apart = tmp_path / "empty" if leaf == ("restore",) else a_folder_apart(tmp_path)
    printed, modules, code = run(product.place, words, call.given, apart)
    assert json.loads(printed) is not None
    assert code == 0
    assert modules & WEB == set()
    if not call.opens:
        assert modules & ENGINE == set()
        rooms = {name.split(".")[1] for name in modules if name.startswith("afterclick.")}
        assert rooms <= ROOMS | call.rooms


@pytest.mark.parametrize("name", sorted({leaf[0] for leaf in leaves()}))
def test_the_help_of_a_verb_loads_nothing_heavy(product: Product, name: str) -> None:
    said, modules, code = run(product.place, (name, "--help"))
    assert (code, "Usage" in said) == (0, True)
    assert modules & (WEB | ENGINE) == set()


@pytest.mark.parametrize("leaf", [leaf for leaf, call in CALLS.items() if not call.begins], ids=" ".join)
def test_a_folder_that_is_no_installation_is_told_in_one_sentence_and_left_as_it_is(
    tmp_path: Path, leaf: Words
) -> None:
    data, beside = tmp_path / "holiday", tmp_path / "events.ndjson"
    data.mkdir()
    (data / "letter.txt").write_text("Dear Ada")
    beside.write_text("{}")
    names = {
        "file": str(beside),
        "rates": str(beside),
        "new": str(tmp_path / "new.tar"),
        "key": "ac_1",
        "member": "a@x.com",
    }
    words = [word.format(**names) for word in CALLS[leaf].words]
    said = within(data, *leaf, *words)
    told = "".join((said.stdout + said.stderr).split())  # a table folds what is long
    assert said.returncode == 1, told
    assert f"Thereisno{'thing' if leaf in OWN_WORDS else 'installation'}in{data}" in told
    assert [file.name for file in data.iterdir()] == ["letter.txt"]
    assert not (tmp_path / "new.tar").exists()


def test_a_folder_that_is_not_there_is_told_and_not_made(tmp_path: Path) -> None:
    said = within(tmp_path / "nowhere", "problems")
    assert (said.returncode, "There is no installation" in said.stderr) == (1, True)
    assert not (tmp_path / "nowhere").exists()


@pytest.mark.parametrize("route", SHOWN)
def test_what_is_shown_of_an_answer_is_in_it(route: str) -> None:
    answers = next(one.answers for one in endpoints() if one.path == route and one.method != "PUT")
    [record] = getattr(answers, "__args__", [VisitRow if route == "/visits" else answers])
    assert set(SHOWN[route].__struct_fields__) <= fields(record)


def fields(record: Any) -> set[str]:
    if hasattr(record, "__struct_fields__"):
        return set(record.__struct_fields__)
    return {field.name for field in dataclasses.fields(record)}
