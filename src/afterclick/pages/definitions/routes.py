"""Definitions: what each number means, one anchor each."""

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse

from afterclick.pages.definitions.context import definitions
from afterclick.web.desk import Desk
from afterclick.web.drawing import Pages
from afterclick.web.lens import look


def routes(desk: Desk, pages: Pages) -> APIRouter:
    """`GET /definitions`."""
    router = APIRouter()

    @router.get("/definitions", include_in_schema=False)
    def page(request: Request) -> HTMLResponse:
        lens = look(desk, request)
        return pages.draw(request, "definitions/page.html", lens, "Definitions", definitions(), timed=False)

    return router
