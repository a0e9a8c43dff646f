"""`/shared/TOKEN`: one page as a link shows it, to whoever has the link."""

from dataclasses import dataclass
from typing import Any

from fastapi import Request
from fastapi.responses import HTMLResponse, Response
from starlette.routing import compile_path

from afterclick.errors import NotFound
from afterclick.web.desk import Desk
from afterclick.web.drawing import Drawing
from afterclick.web.lens import Lens, lens_of
from afterclick.web.need import Open
from afterclick.web.page import Page
from afterclick.web.routing import Routes


@dataclass(frozen=True)
class SharedLens(Lens):
    """The lens of a link: what leads to the page itself, or to a part of it, stays within the link."""

    token: str
    shared: str
    parts: tuple[str, ...]

    def link(self, path: str, **changed: str) -> str:
        """`path` within the link when it is the shared page or a part of it, else where a signed-in reader goes on."""
        for end in ("", *(f"/{part}" for part in self.parts)):
            if path == self.shared + end:
                return f"/shared/{self.token}{end}"
        return super().link(path, **changed)


def routes(desk: Desk, drawing: Drawing) -> Routes:
    """`/shared/TOKEN`, and `/shared/TOKEN/PART` for each part that some shared page has."""
    added = Routes()

    @added.get("/shared/{token}", needs=Open.ANYONE)
    def whole(request: Request, token: str) -> Response:
        page, lens = _opened(desk, drawing, request, token)
        assert page.read is not None  # noqa: S101 - only such a page is shared
        context = page.read(desk, lens)
        if isinstance(context, Response):
            raise NotFound("This link leads elsewhere; ask who sent it for a new one.")
        return _unlisted(drawing.page(request, page, lens, context, base="shared.html"))

    def add(name: str) -> None:
        @added.get(f"/shared/{{token}}/{name}", needs=Open.ANYONE)
        def follows(request: Request, token: str) -> Response:
            page, lens = _opened(desk, drawing, request, token)
            for part in page.parts:
                if part.name == name:
                    return _unlisted(drawing.part(page, name, lens, part.read(desk, lens)))
            raise NotFound(f"The page that this link shows has no {name}.")

    for name in sorted({part.name for page in drawing.shared for part in page.parts}):
        add(name)
    return added


def page_at(pages: tuple[Page[Any], ...], address: str) -> tuple[Page[Any], dict[str, str]] | None:
    """Which of the pages an address is of, with what stands in it for names; None for none of them."""
    for page in pages:
        if found := compile_path(page.path)[0].match(address):
            return page, found.groupdict()
    return None


def _opened(desk: Desk, drawing: Drawing, request: Request, token: str) -> tuple[Page[Any], SharedLens]:
    link, viewer = desk.keyring.share_links.open(token)
    of = link.shared
    found = page_at(drawing.shared, of.page)
    if found is None:
        raise NotFound("What this link shows can be shared no more; ask who sent it for another page.")
    page, named = found
    asked = {"site": of.site, "period": f"{of.since}..{of.until}", **named}
    lens = lens_of(desk, request, viewer, asked)
    parts = tuple(part.name for part in page.parts)
    seen = SharedLens(
        lens.scope, lens.period, lens.now, (), viewer, lens.home, asked, lens.origin, token, of.page, parts
    )
    return page, seen


def _unlisted(response: HTMLResponse) -> HTMLResponse:
    response.headers["X-Robots-Tag"] = "noindex"
    return response
