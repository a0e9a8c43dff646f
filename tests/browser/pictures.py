"""Pictures of pages for the docs, taken where AFTERCLICK_SCREENSHOTS names a folder for them: `make screenshots`."""

import os
from collections.abc import Callable
from pathlib import Path
from typing import Literal

from playwright.sync_api import Page

WANTED = os.environ.get("AFTERCLICK_SCREENSHOTS")
_SCHEMES: tuple[Literal["light", "dark"], ...] = ("light", "dark")


def keep(page: Page, name: str, ready: Callable[[], object], height: int = 900) -> None:
    """Keep the page in light and dark when asked to, each once `ready` returns."""
    if WANTED is None:
        return
    page.set_viewport_size({"width": 1280, "height": height})
    for scheme in _SCHEMES:
        page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
        ready()
        page.screenshot(path=Path(WANTED) / f"{name}-{scheme}.png", animations="disabled")
    page.emulate_media(color_scheme="light")
