"""Stating rates of exchange, one or a file of them, and forgetting those of a currency."""

from collections.abc import Callable
from dataclasses import replace
from typing import Annotated

from fastapi import Form, Request
from fastapi.responses import RedirectResponse, Response

from afterclick.errors import AfterclickError, InvalidInput, NotFound
from afterclick.pages.settings.rates.page import PAGE, read
from afterclick.web.desk import Desk
from afterclick.web.drawing import Drawing
from afterclick.web.lens import Lens, look
from afterclick.web.routing import Routes
from afterclick.words.figures import count, plural

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

    @added.post(PAGE.path + "/file", needs=PAGE.needs)
    def take(request: Request, lines: Text = "") -> Response:
        lens = look(desk, request)
        try:
            taken = rates.take(lens.viewer, lens.home, lines)
        except InvalidInput as error:
            return draw(request, error)
        older = f"; {count(taken.older)} of days before all that is kept were left out" if taken.older else ""
        more = taken.wrong - len(taken.refused)
        refused = (*taken.refused, f"And {count(more)} more.") if more else taken.refused
        return draw(request, done=f"{plural(taken.kept, 'rate')} kept{older}.", refused=refused)

    @added.post(PAGE.path + "/{currency}/forget", needs=PAGE.needs)
    def forget(request: Request, currency: str) -> Response:
        return changed(request, lambda lens: rates.forget(lens.viewer, lens.home, currency))

    return added
