"""`afterclick serve` on a new folder: what it prints, whom it lets in, and where it refuses to listen."""

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from afterclick.demo.product import Place, Product
from afterclick.demo.run import free_ports

PASSWORD = "seven herons by the weir"


@pytest.fixture(scope="module")
def product(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Product]:
    place = Place(tmp_path_factory.mktemp("first") / "data", *free_ports(2))
    with Product(place, guarded=True) as running:
        running.wait()
        yield running


def test_the_terminal_shows_a_link_by_which_the_first_administrator_is_made(product: Product) -> None:
    base = product.place.dashboard
    assert httpx.get(f"{base}/api/v1/overview").status_code == 401
    printed = (product.place.data / "serve.log").read_text()
    link = re.search(rf"{re.escape(base)}/set-up\?token=(\S+)", printed)
    assert link, printed
    with httpx.Client(base_url=base, follow_redirects=True, timeout=30) as client:
        assert client.get(link[0]).status_code == 200
        form = {
            "token": link[1], "email": "jana@x.com", "name": "Jana", "password": PASSWORD, "site": "Acme",
            "currency": "EUR", "timezone": "Europe/Prague",
        }  # fmt: skip
        assert client.post("/set-up", data=form).url.path == "/connect"
        assert client.get("/api/v1/overview").status_code == 200
    assert httpx.get(f"{base}/api/v1/overview").status_code == 401


@pytest.mark.parametrize(
    ("variables", "why"),
    [
        ({}, "it needs an administrator"),
        ({"AFTERCLICK_OPEN_ON_LOOPBACK": "1"}, "listens on this machine only"),
    ],
    ids=["not set up", "open"],
)
def test_it_refuses_in_one_sentence_to_be_reached_from_elsewhere(
    tmp_path: Path, variables: dict[str, str], why: str
) -> None:
    port, collector_port = map(str, free_ports(2))
    environment = {
        **os.environ,
        **variables,
        "AFTERCLICK_DATA": str(tmp_path / "data"),
        "AFTERCLICK_HOST": "0.0.0.0",
        "AFTERCLICK_PORT": port,
        "AFTERCLICK_COLLECTOR_PORT": collector_port,
        "AFTERCLICK_GRPC_PORT": "0",
    }
    command = [sys.executable, "-m", "afterclick.cli", "serve"]
    ended = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=60, check=False)
    assert ended.returncode == 1
    assert why in " ".join(ended.stderr.split())
    assert "Traceback" not in ended.stderr
