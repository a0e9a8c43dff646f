"""Privacy, as a settings page: one person's records, their export and erasure, and what a site keeps of anybody."""

import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import partial
from typing import Annotated, BinaryIO

import msgspec
from fastapi import APIRouter, Form, Request
from fastapi.responses import RedirectResponse, Response, StreamingResponse

from afterclick.accounts.policy import Capability
from afterclick.accounts.site_privacy import SiteRules
from afterclick.customers import requests as asked
from afterclick.customers.erasing import STEPS
from afterclick.customers.privacy import Found
from afterclick.errors import InvalidInput, NotFound
from afterclick.web.desk import Desk
from afterclick.web.drawing import Pages
from afterclick.web.lens import Lens, look
from afterclick.words.figures import count, plural, stamp

PATH = "/settings/privacy"
_BLOCK = 1 << 20
_MISTYPED = "Nothing was erased: what you typed is not the id of the person you looked for."
_LONGEST = 256
Text = Annotated[str, Form()]
Words = {
    "events": "what they did",
    "sessions": "visits",
    "page_views": "page views",
    "orders": "orders",
    "late_refunds": "refunds",
    "trace_visits": "traces of visits",
    "spans": "what services did for them",
    "logs": "what services logged for them",
    "metrics": "figures of services that name them",
    "identity_edges": "links between their devices, users and e-mail addresses",
    "identity_nodes": "their devices, users and e-mail addresses, hashed",
    "stretches": "what the drain remembers of their devices",
}
"""Tables in words."""


@dataclass(frozen=True)
class PersonShown:
    """One person who was looked for: `who` as it was typed, `places` with their records, `ids` by which they are known
    (empty for a viewer who may not see who a customer is), and whether they were erased before.
    """

    who: str
    places: tuple[tuple[str, str, str], ...]
    total: str
    ids: tuple[tuple[str, str], ...]
    kept_away: bool


@dataclass(frozen=True)
class RequestLine:
    """One export or erasure: `progress` from 0 to 1 while it is at work, else None, with `words` for where it is."""

    asked: str
    kind: str
    about: str
    by: str
    records: str
    words: str
    progress: float | None


@dataclass(frozen=True)
class PrivacyPage:
    """The page. `at_work` when an erasure is; `rules` are the site's, `most_days` the installation's retention."""

    answer: str
    lines: tuple[RequestLine, ...]
    at_work: bool
    rules: SiteRules
    most_days: int
    may_change: bool
    person: PersonShown | None = None
    who: str = ""
    wrong: str = ""
    done: str = ""


def routes(desk: Desk, pages: Pages) -> APIRouter:
    """`/settings/privacy`; ids of people stand in the bodies of requests, never in an address."""
    router = APIRouter(include_in_schema=False)
    draw = partial(_draw, desk, pages)

    @router.get(PATH)
    def page(request: Request) -> Response:
        return draw(request)

    @router.post(PATH)
    def find(request: Request, who: Text = "") -> Response:
        lens, who = look(desk, request), who.strip()[:_LONGEST]
        try:
            found = desk.privacy.find(lens.viewer, lens.scope.site, who)
        except InvalidInput as error:
            return draw(request, who=who, wrong=str(error))
        return draw(request, who=who, person=_person(found, who, lens))

    @router.post(PATH + "/export")
    def export(request: Request, who: Text = "") -> Response:
        lens = look(desk, request)
        try:
            made, file = _archive(desk, lens, who)
        except (InvalidInput, NotFound) as error:
            return draw(request, who=who, wrong=str(error))
        headers = {"Content-Disposition": f'attachment; filename="person-{made.id}.zip"'}
        return StreamingResponse(_sent(file), media_type="application/zip", headers=headers)

    @router.post(PATH + "/erase")
    def erase(request: Request, who: Text = "", typed: Text = "") -> Response:
        lens = look(desk, request)
        if typed.strip() != who.strip():
            return draw(request, who=who, wrong=_MISTYPED)
        try:
            desk.privacy.ask_erasure(lens.viewer, lens.scope.site, who)
        except InvalidInput as error:
            return draw(request, who=who, wrong=str(error))
        return RedirectResponse(lens.link(PATH), 303)

    @router.post(PATH + "/allow")
    def allow(request: Request, who: Text = "") -> Response:
        lens = look(desk, request)
        lifted = desk.privacy.allow(lens.viewer, lens.scope.site, who)
        return draw(request, done="New records of this person are kept again." if lifted else "")

    _add_rules(router, desk, draw)
    return router


def _add_rules(router: APIRouter, desk: Desk, draw: Callable[..., Response]) -> None:
    @router.post(PATH + "/rules")
    def rules(
        request: Request,
        retention_days: Text = "",
        without_consent: Text = "keep",
        honour_signals: Annotated[bool, Form()] = False,
        place: Text = "region",
        kept_query: Text = "",
    ) -> Response:
        lens = look(desk, request)
        given = {
            "retention_days": retention_days.strip() or "0",
            "without_consent": without_consent,
            "honour_signals": honour_signals,
            "place": place,
            "kept_query": [name.strip() for name in kept_query.split(",") if name.strip()],
        }
        try:
            wanted = msgspec.convert(given, SiteRules, strict=False)
            desk.site_privacy.put(lens.viewer, lens.scope.site, wanted)
        except msgspec.ValidationError as error:
            return draw(request, wrong=f"This cannot be kept: {error}.")
        except InvalidInput as error:
            return draw(request, wrong=str(error))
        return draw(request, done="Kept; collectors follow within seconds.")


def _draw(desk: Desk, pages: Pages, request: Request, **shown: object) -> Response:
    """The page with what a request brought; a form that was refused answers 400."""
    lens = look(desk, request)
    page = replace(_page(desk, lens), **shown)  # pyright: ignore[reportArgumentType] - fields of the page
    status = 400 if page.wrong else 200
    return pages.draw(
        request, "settings/privacy/page.html", lens, "Privacy", page, timed=False, status=status
    )


def _archive(desk: Desk, lens: Lens, who: str) -> tuple[asked.Request, BinaryIO]:
    """The request for a person's archive, and the archive in a file that is gone once it is closed."""
    file = tempfile.TemporaryFile(dir=desk.settings.temporary)  # noqa: SIM115 - closed when it is sent
    try:
        return desk.privacy.export(lens.viewer, lens.scope.site, who, file), file
    except BaseException:
        file.close()
        raise


def _sent(file: BinaryIO) -> Iterator[bytes]:
    with file:
        file.seek(0)
        while block := file.read(_BLOCK):
            yield block


def _page(desk: Desk, lens: Lens) -> PrivacyPage:
    requests = desk.privacy.requests(lens.scope.site)
    rules, most = desk.site_privacy.get(lens.scope.site), desk.settings.retention_days
    lines = tuple(_line(one, lens.home.timezone) for one in requests)
    return PrivacyPage(
        _answer([one.kind for one in requests], rules.days(most)),
        lines,
        any(one.status != "done" for one in requests),
        rules,
        most,
        lens.may(Capability.SITE),
    )


def _answer(kinds: list[asked.Kind], days: int) -> str:
    erased, exported = kinds.count("erase"), kinds.count("export")
    if not kinds:
        return f"Records are kept for {count(days)} days, and nobody has asked for theirs yet."
    done = [f"{plural(erased, 'erasure')}"] * bool(erased) + [f"{plural(exported, 'export')}"] * bool(
        exported
    )
    return f"Records are kept for {count(days)} days; {' and '.join(done)} so far."


def _line(one: asked.Request, zone: str) -> RequestLine:
    at_work = one.status != "done"
    step = STEPS[min(one.step, len(STEPS) - 1)].words
    finished = f"done {stamp(one.finished, zone)}" if one.finished else ""
    return RequestLine(
        stamp(one.asked, zone),
        "Erasure" if one.kind == "erase" else "Export",
        one.about,
        one.asked_by,
        count(sum(one.records.values())) if one.records or not at_work else "",
        (one.message or step) if at_work else finished,
        one.step / len(STEPS) if at_work else None,
    )


def _person(found: Found, who: str, lens: Lens) -> PersonShown:
    person = found.person
    places = tuple((name, _in_words(name), count(rows)) for name, rows in found.records.items())
    devices = tuple(id for id in person.devices if id not in person.users or not found.total)
    named = (("user id", person.users), ("device id", devices), ("e-mail address, hashed", person.emails))
    ids = (
        tuple((what, id) for what, several in named for id in several)
        if lens.may(Capability.PERSONAL)
        else ()
    )
    return PersonShown(who, places, count(found.total), ids, found.kept_away)


def _in_words(place: str) -> str:
    kind, _, table = place.partition("_")
    if kind in ("waiting", "refused"):
        return f"{table} that {'wait for the store' if kind == 'waiting' else 'the store refused'}"
    return Words.get(place, place)
