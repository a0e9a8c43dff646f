"""The routes of pages that are read: one for each page's address, and one for each of its parts."""

from typing import Any

from fastapi import Request
from fastapi.responses import Response

from afterclick.web.desk import Desk
from afterclick.web.drawing import Drawing
from afterclick.web.lens import look
from afterclick.web.page import Page, Part
from afterclick.web.routing import Routes


def routes(desk: Desk, drawing: Drawing, page: Page[Any]) -> Routes:
    """What a page's record says of its address and its parts."""
    added = Routes()
    if page.read is not None:
        _add_page(added, desk, drawing, page)
    for part in page.parts:
        _add_part(added, desk, drawing, page, part)
    return added


def _add_page(added: Routes, desk: Desk, drawing: Drawing, page: Page[Any]) -> None:
    @added.get(page.path, needs=page.needs)
    def whole(request: Request) -> Response:
        lens = look(desk, request)
        assert page.read is not None  # noqa: S101 - asked before this is added
        context = page.read(desk, lens)
        return context if isinstance(context, Response) else drawing.page(request, page, lens, context)


def _add_part(added: Routes, desk: Desk, drawing: Drawing, page: Page[Any], part: Part[Any]) -> None:
    @added.get(f"{page.path}/{part.name}", needs=page.needs)
    def follows(request: Request) -> Response:
        lens = look(desk, request)
        return drawing.part(page, part.name, lens, part.read(desk, lens))
