"""Run one process of the shop: `python -m afterclick.demo.shop SERVICE --port 8501`."""

import argparse
import importlib
import logging
import os
import random
import sys
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, fields, replace

import uvicorn
from opentelemetry.trace import NoOpTracer
from starlette.applications import Starlette

from afterclick.demo.shop import tracing
from afterclick.demo.shop.ports import PROCESSES, TRACED, Ports
from afterclick.demo.shop.process import Process

GRACE_S = 2


@dataclass(frozen=True)
class Arguments:
    """What the command line said."""

    name: str
    ports: Ports
    collector: str
    seed: int | None
    attached: bool


def main(arguments: Sequence[str] | None = None) -> None:
    """Serve until told to stop or, when attached, until the process that started this one is gone."""
    logging.basicConfig(level=logging.WARNING, format="%(asctime)s %(levelname)s %(name)s %(message)s")
    asked = _parse(arguments)
    key = os.environ.get("SHOP_KEY", "")
    dice = random.Random(None if asked.seed is None else f"{asked.seed}:{asked.name}")  # noqa: S311 - latencies
    spans = tracing.provider(asked.name, asked.collector, key) if asked.name in TRACED else None
    tracer = spans.get_tracer("afterclick.demo.shop") if spans else NoOpTracer()
    process = Process(asked.name, asked.ports, asked.collector, key, dice, tracer)
    server = uvicorn.Server(_config(_app(process), asked))
    if asked.attached:
        threading.Thread(target=_stop_when_orphaned, args=[server], daemon=True).start()
    server.run()
    if spans:
        spans.shutdown()


def _app(process: Process) -> Starlette:
    """The web application of `process`, from the module of its name; the other modules stay unloaded."""
    module = importlib.import_module(f"afterclick.demo.shop.{process.name.replace('-', '_')}")
    create: Callable[[Process], Starlette] = module.create
    return create(process)


def _config(app: Starlette, asked: Arguments) -> uvicorn.Config:
    port = int(asked.ports.url(asked.name).rpartition(":")[2])
    return uvicorn.Config(
        app,
        host="127.0.0.1",
        port=port,
        access_log=False,
        log_level="warning",
        timeout_graceful_shutdown=GRACE_S,
    )


def _stop_when_orphaned(server: uvicorn.Server) -> None:
    """Standard input is a pipe that only the parent holds open: its end means that the parent is gone."""
    os.read(sys.stdin.fileno(), 1)
    server.should_exit = True


def _parse(arguments: Sequence[str] | None) -> Arguments:
    parser = argparse.ArgumentParser(prog="python -m afterclick.demo.shop", description=__doc__)
    parser.add_argument("name", choices=PROCESSES, metavar="SERVICE", help=", ".join(PROCESSES))
    parser.add_argument("--port", type=int, help="where this process listens; default: its place in the shop")
    parser.add_argument(
        "--collector", default="http://127.0.0.1:4318", help="base URL; the key is in SHOP_KEY"
    )
    parser.add_argument("--seed", type=int, help="of latencies and of chance")
    parser.add_argument("--attached", action="store_true", help="stop when standard input ends")
    for field in fields(Ports):
        flag = f"--{field.name.replace('_', '-')}-port"
        parser.add_argument(flag, dest=field.name, type=int, default=field.default, help=argparse.SUPPRESS)
    found = parser.parse_args(arguments)
    ports = Ports(**{field.name: getattr(found, field.name) for field in fields(Ports)})
    if found.port is not None:
        ports = replace(ports, **{found.name.replace("-", "_"): found.port})
    return Arguments(found.name, ports, found.collector.rstrip("/"), found.seed, found.attached)


if __name__ == "__main__":
    main()
