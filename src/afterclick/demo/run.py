"""The demo from start to finish: product, a week of history with one fault in it, the live shop and its shoppers."""

import asyncio
import shutil
import socket
import tempfile
import threading
import time
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import fields
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeRemainingColumn

from afterclick.demo import shop, shoppers
from afterclick.demo.plan import Plan
from afterclick.demo.product import Place, Product
from afterclick.errors import InvalidInput

DAY_MS = 86_400_000
SHOP = "Tarn & Timber"
MARKER = ".demo"  # only a folder that carries it is ever emptied
PATIENCE_S = 240.0
LIVE_ROWS = 2000  # live traffic always has some rows on their way


def show(plan: Plan, data: Path, place: Place, ports: shop.Ports, console: Console) -> None:
    """Start everything, fill in the history, keep live traffic running until interrupted.

    Raises InvalidInput for a folder that is not the demo's, Unavailable or Misconfigured when something does not start.
    """
    with _running(plan, data, place, ports, console) as (product, _):
        found = _wait_for_price(product)
        _tell(console, product, ports, found)
        console.print("Press Ctrl+C to stop.")
        threading.Event().wait()


def once(plan: Plan, console: Console) -> list[dict[str, Any]]:
    """The same in a folder and on ports of its own, which end with it; the problems found, most money first."""
    free = iter(free_ports(2 + len(fields(shop.Ports))))
    with tempfile.TemporaryDirectory(prefix="afterclick-demo-") as folder:
        place = Place(Path(folder), next(free), next(free))
        ports = shop.Ports(**{field.name: next(free) for field in fields(shop.Ports)})
        with _running(plan, Path(folder), place, ports, console) as (product, _):
            return _wait_for_price(product)


@contextmanager
def _running(
    plan: Plan, data: Path, place: Place, ports: shop.Ports, console: Console
) -> Generator[tuple[Product, shop.Shop]]:
    if plan.fault not in shop.FAULTS:
        raise InvalidInput(f"There is no fault {plan.fault}; choose one of {', '.join(shop.FAULTS)}.")
    _empty(data)
    console.print("Starting the collector, the app and the shop")
    with Product(place) as product:
        product.wait()
        product.name_site(SHOP)
        key = product.create_key("demo history", "historical")
        with shop.start(place.collector, product.public_key(), data, ports) as running:
            running.set_fault(plan.fault, True)
            with _live(plan, place, product.public_key(), running, data):
                try:
                    _backfill(plan, place, ports, key, data, console)
                    yield product, running
                finally:
                    product.end()  # it ends while the shop and its people do


def _backfill(plan: Plan, place: Place, ports: shop.Ports, key: str, data: Path, console: Console) -> None:
    columns = (TextColumn("{task.description}"), BarColumn(), TaskProgressColumn(), TimeRemainingColumn())
    now = time.time_ns() // 1_000_000
    history = shoppers.History(
        seed=plan.seed,
        days=plan.days,
        visits_per_day=plan.visits_per_day,
        fault=plan.fault,
        onset=now - DAY_MS,
        now=now,
        shop_url=ports.url("storefront"),
    )
    with Progress(*columns, console=console) as progress:
        task = progress.add_task(f"Filling in {plan.days} days of history", total=1.0)
        shoppers.backfill(
            place.collector,
            key,
            history,
            truth=data / "truth.json",
            progress=lambda share: progress.update(task, completed=share),
        )


@contextmanager
def _live(plan: Plan, place: Place, key: str, running: shop.Shop, data: Path) -> Generator[None]:
    stop = threading.Event()

    def run() -> None:
        people = shoppers.drive(
            running.url,
            place.collector,
            key,
            plan.live_per_second,
            plan.seed,
            stop.is_set,
            truth=data / "live-truth.json",
        )
        asyncio.run(people)

    thread = threading.Thread(target=run, name="shoppers", daemon=True)
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join(10)


def _wait_for_price(product: Product) -> list[dict[str, Any]]:
    """The problems once all of the history is drained and the first of them was priced from that."""
    deadline = time.monotonic() + PATIENCE_S
    while product.waiting() > LIVE_ROWS and time.monotonic() < deadline:
        time.sleep(0.5)
    drained = time.time_ns() // 1_000_000
    passes: set[int] = set()  # a pass is seen before its prices; with the next one begun they stand
    while time.monotonic() < deadline:
        found = product.problems()
        passes |= {problem["last_seen"] for problem in found if problem["last_seen"] >= drained}
        if len(passes) > 1 and _is_priced(found[0]):
            return found
        time.sleep(0.5)
    return product.problems()


def _is_priced(problem: dict[str, Any]) -> bool:
    estimate = problem["estimate"]
    return bool(estimate) and estimate["status"] == "priced"


def _tell(console: Console, product: Product, ports: shop.Ports, found: list[dict[str, Any]]) -> None:
    if found:
        console.print(f"\nFound: {found[0].get('sentence', '')}")
    console.print(f"\n  Dashboard  [bold]{product.place.dashboard}[/]")
    console.print(f"  Shop       {ports.url('storefront')}")
    console.print("  Switch a fault: afterclick demo fault inventory-errors on\n")


def _empty(data: Path) -> None:
    if data.exists() and any(data.iterdir()):
        if not (data / MARKER).exists():
            raise InvalidInput(f"{data} holds something that is not a demo; name another folder with --data.")
        shutil.rmtree(data)
    data.mkdir(parents=True, exist_ok=True, mode=0o700)
    (data / MARKER).touch()


def free_ports(count: int) -> list[int]:
    """That many ports of this machine that nothing listens on now."""
    sockets = [socket.socket() for _ in range(count)]
    try:
        for each in sockets:
            each.bind(("127.0.0.1", 0))
        return [int(each.getsockname()[1]) for each in sockets]
    finally:
        for each in sockets:
            each.close()
