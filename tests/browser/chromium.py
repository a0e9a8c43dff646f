"""Finds a Chromium for the browser tests, or gets one: `python tests/browser/chromium.py`.

Order: $AFTERCLICK_CHROMIUM, a Chromium or Chrome on the machine, Playwright's own. When there is none: Debian's package
when we are root on Debian, else Playwright's download.
"""

import os
import shutil
import subprocess
import sys
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Browser, expect, sync_playwright

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


def executable() -> Path | None:
    """The Chromium that tests start, or None when there is none yet."""
    named = os.environ.get("AFTERCLICK_CHROMIUM")
    if named:
        return Path(named)
    for name in NAMES:
        found = shutil.which(name)
        if found:
            return Path(found)
    return _playwrights()


def arguments() -> list[str]:
    """Switches to start it with: root needs --no-sandbox, containers have little shared memory."""
    root = hasattr(os, "geteuid") and os.geteuid() == 0
    return ["--disable-dev-shm-usage", *(["--no-sandbox"] if root else [])]


@contextmanager
def started(*switches: str) -> Generator[Browser]:
    """A running one, with further switches; raises FileNotFoundError when there is none.

    Playwright's loop ends with it: one that stayed open would make asyncio.run fail elsewhere.
    """
    path = executable()
    if path is None:
        raise FileNotFoundError(
            "There is no Chromium: run `make test`, or `python tests/browser/chromium.py` once."
        )
    expect.set_options(timeout=60_000)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=[*arguments(), *switches])
        yield browser
        browser.close()


def install() -> None:
    """Get a Chromium; raises CalledProcessError when neither way works."""
    if os.geteuid() == 0 and shutil.which("apt-get"):
        print("Installing Chromium with apt-get")
        environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
        subprocess.run(["apt-get", "update", "-qq"], check=True, env=environment)
        subprocess.run(
            ["apt-get", "install", "-y", "-qq", "--no-install-recommends", "chromium"],
            check=True,
            env=environment,
        )
        return
    print("Installing Playwright's Chromium")
    subprocess.run([sys.executable, "-m", "playwright", "install", "chromium"], check=True)


def _playwrights() -> Path | None:
    with sync_playwright() as playwright:
        path = Path(playwright.chromium.executable_path)
    return path if path.exists() else None


def main() -> int:
    """Make sure that there is one, and say which."""
    if executable() is None:
        install()
    found = executable()
    if found is None:
        print(
            "No Chromium was found or installed: install one and name it in AFTERCLICK_CHROMIUM.",
            file=sys.stderr,
        )
        return 1
    print(f"Browser tests use {found}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
