"""The pages, a folder each; how one is added stands in `web/page.py`.

Enters: a `Desk`. Leaves: the dashboard as an ASGI app.
"""

from functools import cache

from fastapi import FastAPI

from afterclick.web import Desk, Folder, create, discovered
from afterclick.web.endpoint import Endpoints


@cache
def folders() -> tuple[Folder, ...]:
    """Every folder of this room, as the frame finds them."""
    return discovered(__name__)


def endpoints() -> Endpoints:
    """Every route of `/api/v1`; `docs/api.md` lists them."""
    return [one for folder in folders() for one in folder.endpoints]


def dashboard(desk: Desk) -> FastAPI:
    """The dashboard over `desk`, with every page; raises what `afterclick.web.create` raises."""
    return create(desk, folders())


__all__ = ["dashboard", "endpoints", "folders"]
