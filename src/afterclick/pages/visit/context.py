"""One Visit's page: its trail in order, what was felt, done and paid, with the traces that its requests set off."""

from collections.abc import Callable
from dataclasses import dataclass
from math import isfinite

from afterclick.customers import Person
from afterclick.journeys import Happening, Head, Page, Span, Trace, Visit
from afterclick.measure import FELT
from afterclick.resolve import TOLD_BY
from afterclick.words import exchange, figures, refunded, wording
from afterclick.words.period import DAY, LONGEST_DAYS
from afterclick.words.sentence import Family, Piece, Sentence, did, felt, paid, sentence
from afterclick.words.tile import Grade, grade


@dataclass(frozen=True)
class Row:
    """One span in a waterfall; `offset` and `width` are per cent of the trace."""

    service: str
    name: str
    depth: int
    offset: float
    width: float
    length: str
    failed: bool
    heaviest: bool
    detail: str


@dataclass(frozen=True)
class Waterfall:
    """A trace that a request set off. `generated` traces were written by a simulator and are labelled so."""

    trace_id: str
    length: str
    services: str
    generated: bool
    rows: tuple[Row, ...]
    left_out: int


@dataclass(frozen=True)
class Moment:
    """Something that happened: felt, did or paid; when in the visit; in words; with its trace if it has one."""

    family: Family
    at: str
    what: str
    detail: str
    grade: Grade
    bad: bool
    waterfall: Waterfall | None


@dataclass(frozen=True)
class Stop:
    """One page view of the trail: its step, path, when, how long until the next, and its moments."""

    id: str
    step: str
    path: str
    at: str
    stayed: str
    vitals: tuple[tuple[str, str, Grade], ...]
    moments: tuple[Moment, ...]


@dataclass(frozen=True)
class Whose:
    """The person of the visit in words, and where their visits are: `period` holds the first and the last of them."""

    words: str
    number: str
    period: str


@dataclass(frozen=True)
class VisitPage:
    """One visit. `facts` are (name, value) pairs about who and with what; `whose` is None while nobody can be told."""

    id: str
    answer: Sentence
    started: str
    facts: tuple[tuple[str, str], ...]
    whose: Whose | None
    stops: tuple[Stop, ...]
    generated: bool


_DEVICE = {"mobile": "on a phone", "tablet": "on a tablet", "desktop": "on a desktop"}


def visit_page(found: Visit, person: Person | None, zone: str) -> VisitPage:
    """Word one visit of the person."""
    head = found.head
    ends = [page.time for page in found.pages[1:]] + [head.ended]
    stops = tuple(_stop(page, end, found, zone) for page, end in zip(found.pages, ends, strict=True))
    facts = (
        (
            "Device",
            " ".join(
                word for word in (head.device_class, head.device_tier and f"{head.device_tier} tier") if word
            ),
        ),
        ("Browser", " on ".join(word for word in (head.browser, head.os) if word)),
        ("Country", head.country),
        ("Region", head.region),
        ("Campaign", head.campaign),
        ("Came from", head.referrer),
        ("Channel", head.channel),
        ("Landed on", f"{head.landing_host}{head.landing_path}"),
        ("User", head.user_id),
        ("Release", _releases(found)),
    )
    return VisitPage(
        id=head.session_id,
        answer=_answer(found),
        started=figures.stamp(head.started, zone),
        facts=tuple((name, value) for name, value in facts if value),
        whose=_whose(person) if person else None,
        stops=stops,
        generated=any(trace.generated for trace in found.traces.values()),
    )


def _releases(found: Visit) -> str:
    if len(found.releases) < 2:
        return found.head.release
    return f"{' → '.join(found.releases)}, changed during the visit"


def _whose(person: Person) -> Whose:
    others = figures.plural(person.visits - 1, "other visit") if person.visits > 1 else "No other visit"
    devices = f", on {person.devices} devices" if person.devices > 1 else ""
    users = f", under {person.users} user ids" if person.users > 1 else ""
    since = max(person.first, person.last - (LONGEST_DAYS - 1) * DAY)
    period = f"{since}..{person.last + 1}"
    return Whose(f"{others} of this person{devices}{users}", str(person.number), period)


def _answer(found: Visit) -> Sentence:
    head = found.head
    who = f"A {head.visitor} visitor" if head.visitor else "A visitor"
    device = _DEVICE.get(head.device_class, "")
    where = f"in {head.country}" if head.country else ""
    pages = [page for page in found.pages if page.path or page.step]
    views = figures.plural(len(pages), "page")
    took = figures.milliseconds(max(head.ended - head.started, 0))
    last = wording.step_within(pages[-1].step) if pages and pages[-1].step else "the last page"
    end = (", and ", *_bought(head)) if head.orders else (f", and left at {last} ", paid("without buying"))
    introduction = " ".join(word for word in (who, device, where) if word)
    return sentence(introduction, " saw ", did(views), f" in {took}, ", *_met(found), *end, ".")


def _bought(head: Head) -> tuple[str | Piece, ...]:
    if not isfinite(head.revenue):
        return (paid("bought"),)
    sums = figures.moneys(((one.amount, one.currency) for one in head.paid), exact=True)
    whence = exchange.converted(head.exchanged, exact=True)
    less = figures.moneys(((one.amount, one.currency) for one in head.refunded), exact=True)
    beside = "; ".join(filter(None, (less and f"{less} refunded", whence, *refunded.remarks(head))))
    return ("paid ", paid(sums), f" ({beside})" if beside else "")


def _met(found: Visit) -> tuple[str | Piece, ...]:
    bad = [_fault(one) for page in found.pages for one in page.happenings]
    kinds = {kind: bad.count(kind) for kind in ("slow moment", "error", "struggle")}
    words = figures.join([figures.plural(n, kind) for kind, n in kinds.items() if n])
    return ("met ", felt(words)) if words else ("met nothing slow or broken",)


def _fault(one: Happening) -> str:
    """Which part of a bad session an event is by the definitions, empty when none."""
    if one.type in ("error", "struggle"):
        return one.type
    if FELT.failed(one.type, one.status):
        return "error"
    slow = (
        (one.type == "request" and one.duration_ms >= FELT.request_ms)
        or (one.type == "resource" and one.duration_ms >= FELT.resource_ms)
        or (one.type == "vital" and one.name == "LCP" and one.value > FELT.lcp_ms)
        or (one.type == "vital" and one.name == "INP" and one.value > FELT.inp_ms)
    )
    return "slow moment" if slow else ""


def _stop(page: Page, end: int, found: Visit, zone: str) -> Stop:
    start = found.head.started
    vitals = sorted(
        (one for one in page.happenings if one.type == "vital" and one.name in _SHOWN), key=_order
    )
    return Stop(
        id=page.page_view_id,
        step=wording.step_name(page.step) if page.step else "",
        path=page.path,
        at=_at(page.time, start),
        stayed=figures.milliseconds(max(end - page.time, 0)),
        vitals=tuple(_vital(one) for one in vitals),
        moments=tuple(
            _moment(one, start, found.traces, zone)
            for one in page.happenings
            if one not in vitals or _fault(one)
        ),
    )


_SHOWN = ("LCP", "INP", "CLS")


def _order(one: Happening) -> int:
    return _SHOWN.index(one.name)


def _vital(one: Happening) -> tuple[str, str, Grade]:
    shown = f"{one.value:.3f}" if one.name == "CLS" else figures.milliseconds(one.value)
    return (one.name, shown, grade(one.name.lower(), one.value))


def _at(time: int, start: int) -> str:
    minutes, seconds = divmod(max(time - start, 0) // 1000, 60)
    return f"{minutes}:{seconds:02d}"


_FAMILY: dict[str, Family] = {
    "vital": "felt", "error": "felt", "struggle": "felt", "resource": "felt", "long_task": "felt", "rating": "felt",
    "order": "paid", "refund": "paid",
}  # fmt: skip


def _moment(one: Happening, start: int, traces: dict[str, Trace], zone: str) -> Moment:
    what, detail = _words(one, zone)
    waterfall = _waterfall(traces[one.trace_id]) if one.trace_id in traces else None
    family: Family = _FAMILY.get(one.type, "did")
    marked = grade(one.name.lower(), one.value) if one.type == "vital" else ""
    return Moment(family, _at(one.time, start), what, detail, marked, bool(_fault(one)), waterfall)


def _words(one: Happening, zone: str) -> tuple[str, str]:
    if one.type == "order":
        return _ordered(one, zone)
    words = _WORDS.get(one.type)
    return words(one) if words else (one.name or one.type, one.message)


def _page_made(one: Happening) -> tuple[str, str]:
    if one.status < 400:
        return "The server made the page", ""
    asked = f"{one.method} {one.path}, told by the server: the page carried no script"
    return f"The page was answered with {one.status}", asked if one.source == TOLD_BY else one.path


def _amount(verb: str, link: str, one: Happening) -> str:
    return (
        f"{verb} {link}{figures.money(one.revenue, one.currency, exact=True)}"
        if isfinite(one.revenue)
        else verb
    )


def _refunded(one: Happening) -> str:
    return f"Refunded {refunded.sum_of(one.revenue, one.currency)}" if isfinite(one.revenue) else "Refunded"


def _ordered(one: Happening, zone: str) -> tuple[str, str]:
    """An order with its number, what was refunded of it when, and what that leaves."""
    what = _amount("Ordered", "for ", one)
    if one.refunded is None:
        return what, one.order_id
    refunds = [
        f"{refunded.sum_of(each.amount, each.currency)} refunded {figures.stamp(each.time, zone)}"
        for each in one.refunded.refunds
    ]
    left = f"{figures.money(one.refunded.net, one.refunded.currency, exact=True)} left"
    return what, " · ".join(filter(None, (one.order_id, *refunds, *refunded.remarks(one.refunded), left)))


def _took(one: Happening) -> str:
    return figures.milliseconds(one.duration_ms)


def _total(one: Happening) -> str:
    return f"total {one.value:,.2f}" if isfinite(one.revenue) else f"total {figures.NOT_FOR_YOU}"


_STRUGGLE = {
    "rage_click": "Rage click",
    "dead_click": "Dead click",
    "error_click": "Click that led to an error",
}


def _waterfall(trace: Trace) -> Waterfall:
    whole = trace.length or 1.0
    rows = tuple(
        Row(
            service=bar.span.service,
            name=bar.span.does,
            depth=bar.depth,
            offset=round(bar.offset / whole * 100, 2),
            width=round(max(bar.length / whole * 100, 0.4), 2),
            length=figures.milliseconds(bar.length),
            failed=bar.span.status == "error",
            heaviest=bar.heaviest,
            detail=_detail(bar.span),
        )
        for bar in trace.bars
    )
    services = " → ".join(trace.services)
    return Waterfall(
        trace.trace_id, figures.milliseconds(trace.length), services, trace.generated, rows, trace.left_out
    )


def _detail(span: Span) -> str:
    status = f"HTTP {span.http_status}" if span.http_status else ""
    return " · ".join(word for word in (status, span.exception or span.status_message) if word)


_WORDS: dict[str, Callable[[Happening], tuple[str, str]]] = {
    "page_view": _page_made,
    "vital": lambda one: (f"{one.name} {figures.milliseconds(one.value)}", one.target or one.source),
    "error": lambda one: (one.name or "Error", " · ".join(filter(None, (one.message, one.source)))),
    "struggle": lambda one: (_STRUGGLE.get(one.name, one.name), one.target),
    "request": lambda one: (f"{one.method} {one.target}", f"{one.status or 'no answer'} · {_took(one)}"),
    "resource": lambda one: (f"{one.name or 'resource'} was slow or failed", f"{one.source} · {_took(one)}"),
    "long_task": lambda one: (f"Page blocked for {_took(one)}", one.source),
    "product": lambda one: ("Looked at a product", one.target),
    "search": lambda one: ("Searched", figures.plural(one.value, "result")),
    "cart": lambda one: ("Changed the cart", _total(one)),
    "checkout": lambda one: ("Started checkout", _total(one)),
    "refund": lambda one: (_refunded(one), one.order_id),
    "rating": lambda one: (f"Rated {one.value:.0f} of 5", one.message),
    "identify": lambda one: ("Signed in", ""),
}
"""What an event is called and what is told of it, of an order aside."""
