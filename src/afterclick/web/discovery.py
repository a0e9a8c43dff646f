"""Finding the pages: every folder of a package that holds a page's record, or routes."""

import pkgutil
from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import Any, cast

from afterclick.errors import Misconfigured
from afterclick.web.desk import Desk
from afterclick.web.drawing import Drawing
from afterclick.web.endpoint import Endpoints
from afterclick.web.page import Page
from afterclick.web.routing import Routes


@dataclass(frozen=True)
class Folder:
    """One folder: where it lies, its path below its `root`, its page (None for one of routes alone), its routes, and
    what it answers programs.
    """

    root: Path
    name: str
    page: Page[Any] | None
    routes: Callable[[Desk, Drawing], Routes] | None
    endpoints: Endpoints


def discovered(package: str) -> tuple[Folder, ...]:
    """The folders of a package and of the packages in it; those with names in their address last, so that an address
    without any is tried before one that fits everything.

    Raises Misconfigured for a page.py without a PAGE, a routes.py without `routes`, or an api.py without ENDPOINTS.
    """
    parent = import_module(package)
    root = Path(parent.__path__[0])
    found = (
        _folder(root, package, module.name)
        for module in pkgutil.walk_packages(parent.__path__, f"{package}.")
        if module.ispkg
    )
    kept = (folder for folder in found if folder.page or folder.routes or folder.endpoints)
    return tuple(sorted(kept, key=lambda folder: folder.page.path.count("{") if folder.page else 0))


def _folder(root: Path, package: str, module: str) -> Folder:
    page = _taken_from(f"{module}.page", "PAGE")
    if page is not None and not isinstance(page, Page):
        raise Misconfigured(f"PAGE in {module}.page is not a Page; see web/page.py.")
    name = module.removeprefix(f"{package}.").replace(".", "/")
    routes, api = _taken_from(f"{module}.routes", "routes"), _taken_from(f"{module}.api", "ENDPOINTS")
    return Folder(
        root,
        name,
        cast("Page[Any] | None", page),
        cast("Callable[[Desk, Drawing], Routes] | None", routes),
        cast("Endpoints", api or ()),
    )


def _taken_from(module: str, name: str) -> object | None:
    """What a module calls `name`; None where there is no such module."""
    if find_spec(module) is None:
        return None
    try:
        return cast("object", getattr(import_module(module), name))
    except AttributeError as error:
        raise Misconfigured(
            f"{module} has no {name}; web/page.py says what a folder of a page holds."
        ) from error
