"""`python -m afterclick.demo.shoppers`: people shop live until interrupted."""

import argparse
import asyncio
import signal
import threading
from pathlib import Path
from types import FrameType

from afterclick.demo.shoppers.live import drive


def main() -> None:
    """Read the command line and drive until SIGINT or SIGTERM."""
    parser = argparse.ArgumentParser(prog="python -m afterclick.demo.shoppers", description=main.__doc__)
    parser.add_argument("--shop", default="http://127.0.0.1:8500", help="URL of the storefront")
    parser.add_argument("--collector", default="http://127.0.0.1:4318", help="URL of the collector")
    parser.add_argument("--key", required=True, help="write key")
    parser.add_argument("--rate", type=float, default=1.5, help="visits a second")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--truth", type=Path, help="file to keep the truth in")
    chosen = parser.parse_args()
    stop = threading.Event()

    def stop_at(number: int, frame: FrameType | None) -> None:
        stop.set()

    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, stop_at)
    asyncio.run(
        drive(chosen.shop, chosen.collector, chosen.key, chosen.rate, chosen.seed, stop.is_set, chosen.truth)
    )


if __name__ == "__main__":
    main()
