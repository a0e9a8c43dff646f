"""Stating rates of exchange, one or a file of them, and forgetting those of a currency."""

from collections.abc import Callable
from dataclasses import replace
from typing import Annotated

from fastapi import Form, Request
from fastapi.responses import RedirectResponse, Response
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import UploadFile

from afterclick.accounts.exchange_rates import RatesTaken
from afterclick.api.body import decoded
from afterclick.errors import AfterclickError, InvalidInput, NotFound
from afterclick.pages.settings.rates.page import PAGE, read
from afterclick.web.desk import Desk
from afterclick.web.drawing import Drawing
from afterclick.web.lens import Lens, look
from afterclick.web.routing import Routes
from afterclick.words.figures import count, plural

LARGEST_FILE = 8_000_000
"""Bytes of a file or of lines, and of what a browser puts around them; the European Central Bank's whole history has
two million.
"""

Text = Annotated[str, Form()]


def routes(desk: Desk, drawing: Drawing) -> Routes:
    """Posting to the page states one rate, to `/settings/rates/file` those of a file, to `…/CURRENCY/forget` none."""
    added = Routes()
    rates = desk.accounts.exchange_rates

    def draw(request: Request, error: AfterclickError | None = None, **told: object) -> Response:
        lens = look(desk, request)
        shown = replace(read(desk, lens), wrong=str(error or ""), **told)
        return drawing.page(request, PAGE, lens, shown, status=error.status if error else 200)

    def changed(request: Request, change: Callable[[Lens], object]) -> Response:
        lens = look(desk, request)
        try:
            change(lens)
        except (InvalidInput, NotFound) as error:
            return draw(request, error)
        return RedirectResponse(lens.link(PAGE.path), 303)

    @added.post(PAGE.path, needs=PAGE.needs)
    def state(request: Request, currency: Text = "", rate: Text = "", date: Text = "") -> Response:
        return changed(request, lambda lens: rates.state(lens.viewer, lens.home, currency, rate, date))

    @added.post(PAGE.path + "/file", needs=PAGE.needs, largest=LARGEST_FILE)
    async def take(request: Request) -> Response:
        async with request.form(max_files=1, max_fields=2, max_part_size=LARGEST_FILE) as form:
            file, lines = form.get("file"), form.get("lines")
            content = await file.read() if isinstance(file, UploadFile) else b""
        return await run_in_threadpool(taken, request, content, lines if isinstance(lines, str) else "")

    def taken(request: Request, content: bytes, lines: str) -> Response:
        lens = look(desk, request)
        try:
            kept = rates.take(lens.viewer, lens.home, _one_of(content, lines))
        except InvalidInput as error:
            return draw(request, error)
        more = kept.wrong - len(kept.refused)
        refused = (*kept.refused, f"And {count(more)} more.") if more else kept.refused
        return draw(request, done=_done(kept), refused=refused)

    @added.post(PAGE.path + "/{currency}/forget", needs=PAGE.needs)
    def forget(request: Request, currency: str) -> Response:
        return changed(request, lambda lens: rates.forget(lens.viewer, lens.home, currency))

    return added


def _one_of(content: bytes, lines: str) -> str:
    if content and lines.strip():
        raise InvalidInput("Choose a file or write lines, not both.")
    if not content and not lines.strip():
        raise InvalidInput("Choose a file that is not empty, or write lines of date,currency,rate.")
    return decoded(content) if content else lines


def _done(taken: RatesTaken) -> str:
    told = f"{plural(taken.kept, 'rate')} kept" if taken.kept else "No rate is kept"
    older = f"; {count(taken.older)} of days before all that is kept were left out" if taken.older else ""
    return f"{told}{older}."
