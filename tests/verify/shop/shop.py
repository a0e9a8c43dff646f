"""The shop under test: django-oscar behind gunicorn, under `opentelemetry-instrument`, with Connect's lines."""

import html
import os
import re
import shutil
import subprocess
import threading
import time
from collections.abc import Generator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import httpx
from tests.verify.shop.installation import HERE, program

SERVICE = "leaf"
START_S = 60.0
_PASTED = re.compile(r'<pre id="snippet-([\w-]+)"[^>]*>(.*?)</pre>', re.DOTALL)


@dataclass(frozen=True)
class Shop:
    """A running one. `prices` are of one piece, in pence, by the path of the product's page."""

    url: str
    folder: Path
    prices: Mapping[str, int]

    def fail_by(self, *faults: str) -> None:
        """Let these faults be on from now on, and no others."""
        (self.folder / "faults").write_text(" ".join(faults), encoding="ascii")


class Carrier:
    """A service of somebody else's without any tracing: what it takes for a parcel, by country."""

    def __init__(self) -> None:
        self.refused: frozenset[str] = frozenset()
        self._http = ThreadingHTTPServer(("127.0.0.1", 0), _answering(self))
        threading.Thread(target=self._http.serve_forever, args=(0.05,), daemon=True).start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._http.server_address[1]}/rates"

    def close(self) -> None:
        self._http.shutdown()
        self._http.server_close()


def _answering(carrier: Carrier) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            country = parse_qs(urlsplit(self.path).query)["to"][0]
            self.send_response(500 if country in carrier.refused else 200)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, format: str, *args: object) -> None:
            pass

    return Handler


def pasted(connect: str) -> dict[str, str]:
    """What Connect's page (its HTML) offers to paste, by the id of each."""
    return {name: html.unescape(text) for name, text in _PASTED.findall(connect)}


@contextmanager
def started(folder: Path, port: int, rates: str, lines: Mapping[str, str]) -> Generator[Shop]:
    """The shop with `lines` of Connect pasted where they say; it asks the carrier at `rates`."""
    shutil.copytree(HERE / "project", folder)
    _paste(folder, lines)
    environment = {**os.environ, "SHOP_RATES": rates, "DJANGO_SETTINGS_MODULE": "shop.settings"}
    for prepared in (("migrate", "--run-syncdb"), ("collectstatic", "--noinput")):
        _run(folder, environment, "manage.py", *prepared, "--verbosity", "0")
    stock = _run(folder, environment, "stock.py").split()
    prices = {path: round(float(price) * 100) for path, price in zip(stock[::2], stock[1::2], strict=True)}
    with (folder / "serve.log").open("wb") as log:
        process = subprocess.Popen(
            [
                *(program("opentelemetry-instrument"), program("gunicorn"), "shop.wsgi"),
                *("--bind", f"127.0.0.1:{port}", "--threads", "4"),
            ],
            cwd=folder,
            env={**environment, **_exporting(lines["otlp"])},
            stdout=log,
            stderr=subprocess.STDOUT,
        )
        try:
            url = f"http://127.0.0.1:{port}"
            _wait(f"{url}/static/oscar/favicon.ico", process)
            yield Shop(url, folder, prices)
        finally:
            process.terminate()
            process.wait(30)


def _paste(folder: Path, lines: Mapping[str, str]) -> None:
    """As a developer would: the numbers of the order's line become the template's own."""
    (folder / "shop" / "trace.py").write_text(lines["django"], encoding="utf-8")
    meta = lines["django"].rsplit("\n", 1)[1].removeprefix("# ")
    (folder / "templates" / "connect.html").write_text(f"{meta}\n{lines['page']}\n", encoding="utf-8")
    order = lines["order"]
    for example, own in (
        ("'1234'", "'{{ order.number }}'"),
        ("59.90", "'{{ order.total_incl_tax }}'"),
        ("'GBP'", "'{{ order.currency }}'"),
    ):
        assert example in order, f"Connect's line tells no {example}: {order}"
        order = order.replace(example, own)
    (folder / "templates" / "order.html").write_text(order, encoding="utf-8")


def _exporting(lines: str) -> dict[str, str]:
    """The environment that Connect asks for, and the service's name."""
    told = dict(line.split("=", 1) for line in lines.splitlines())
    return {
        **told,
        "OTEL_SERVICE_NAME": SERVICE,
        "OTEL_METRICS_EXPORTER": "none",
        "OTEL_LOGS_EXPORTER": "none",
        "OTEL_BSP_SCHEDULE_DELAY": "1000",
    }


def _run(folder: Path, environment: Mapping[str, str], *command: str) -> str:
    done = subprocess.run(
        [program("python"), *command],
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def _wait(url: str, process: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + START_S
    while time.monotonic() < deadline and process.poll() is None:
        try:
            if httpx.get(url, timeout=2, trust_env=False).is_success:
                return
        except httpx.HTTPError:
            time.sleep(0.1)
    raise AssertionError("The shop did not start: its serve.log says why.")
