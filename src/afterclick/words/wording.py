"""A problem in plain words: what is wrong, for whom, since when, what it costs, and why."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from afterclick.impact import Estimate, Signal
from afterclick.journeys import LeftOut
from afterclick.measure import condition
from afterclick.resolve import Merged, Problem, RouteFailures, Silence, Wait, deserted_since, rate
from afterclick.stats import Interval
from afterclick.words import figures
from afterclick.words.period import DAY
from afterclick.words.sentence import Piece, Sentence, capital, coded, felt, paid, sentence, strong

_LONGEST = 64
"""Characters of a step within a sentence or a row; a step that a site names has no more."""
_WRONG = {"slow": "is slow", "error": "fails", "struggle": "frustrates", "slower": "is slower than usual"}
_BEEN = {"slow": "slow", "error": "failing", "struggle": "frustrating", "slower": "slower than usual"}


def step_name(step: str) -> str:
    """A journey step at the start of a sentence: Payment, Product list; one that is a route stands as it is.

    A long one ends in an ellipsis, so that the sentence is still one.

    >>> step_name("product-list"), step_name("/en-gb/catalogue")
    ('Product list', '/en-gb/catalogue')
    """
    if step.startswith("/"):
        return _short(step)
    words = step.replace("_", " ").replace("-", " ").strip()
    return _short(words[:1].upper() + words[1:]) if words else "Every step"


def step_within(step: str) -> str:
    """A journey step within a sentence: payment, product list, /en-gb/catalogue."""
    return _short(step) if step.startswith("/") else step_name(step).lower()


def _short(words: str) -> str:
    return words if len(words) <= _LONGEST else f"{words[: _LONGEST - 1].rstrip()}…"


def segment_words(segment: dict[str, str]) -> str:
    """For whom: "on phones", "for card network amex in DE"; empty when it is everyone."""
    return " ".join(condition(key, value) for key, value in segment.items())


def title(problem: Problem) -> str:
    """A problem's name: "Payment is slow for card network amex"."""
    return _named(problem, problem.signal, problem.segment)


def host_title(problem: Problem) -> str:
    """The name of the problem that took this one in; empty for one that is not merged."""
    into = problem.merged
    return _named(problem, into.signal, into.segment) if into else ""


def _named(problem: Problem, signal: Signal, segment: dict[str, str]) -> str:
    return f"{place(problem)} {_WRONG[signal]} {segment_words(segment)}".strip()


def been(problem: Problem) -> str:
    """What it has been: "slow"; "slower than usual (2.6 s where it is met, 0.6 s before)"."""
    found = wait_words(problem.wait) if problem.signal == "slower" else ""
    return f"{_BEEN[problem.signal]} ({found})" if found else _BEEN[problem.signal]


def wait_words(wait: Wait | None) -> str:
    """How long those wait that are slower than usual, and what was usual; empty where it was not measured."""
    if wait is None:
        return ""
    before = "" if wait.before_ms is None else f", {figures.milliseconds(wait.before_ms)} before"
    return f"{figures.milliseconds(wait.median_ms)} where it is met{before}"


def _wait(problem: Problem) -> tuple[Piece, ...]:
    """The same as a sentence after one that tells of money."""
    return (Piece(" It is "), felt(been(problem)), Piece(".")) if problem.signal == "slower" else ()


def place(problem: Problem) -> str:
    """Where it is, at the start of a sentence: the journey step, or the service as it names itself."""
    return problem.service or step_name(problem.step)


def what(problem: Problem) -> str:
    """What it is counted in, one of them."""
    return "request" if problem.service else "arrival"


def because(problem: Problem) -> tuple[Piece, ...]:
    """The cause as a clause: ", because …", or that it is not known."""
    if problem.cause.kind == "unknown" or not problem.cause.sentence:
        return (Piece("; the cause is not known yet"),)
    return coded(f", because {problem.cause.sentence.rstrip('.')}")


def cause_words(problem: Problem) -> Sentence:
    """The cause as a sentence of its own."""
    return capital(sentence(*coded(problem.cause.sentence or "the cause is not known yet")))


@dataclass(frozen=True)
class Basis:
    """What a rate is told by: so many hours, and how that is said."""

    hours: int
    words: str


HOURLY, DAILY = Basis(1, "an hour"), Basis(24, "a day")


def basis(problems: Iterable[Problem]) -> Basis:
    """The one basis on which the open ones of these are compared: an hour, once one is younger than a day."""
    young = any(one.status == "open" and rate(one) and one.last_seen - one.onset < DAY for one in problems)
    return HOURLY if young else DAILY


def pace(problem: Problem, by: Basis | None = None) -> Interval | None:
    """Revenue that the problem costs now on the basis, its own if not told; None while it is not priced."""
    found = rate(problem)
    return found.scaled((by or basis([problem])).hours) if found else None


def answer(problem: Problem, now: int, zone: str, href: str = "", by: Basis | None = None) -> Sentence:
    """The sentence that answers what a problem is, costs and comes from, as far as it is known.

    `href` links the problem's name, for pages that name several, and `by` is the basis on which they are compared.
    """
    name = Piece(f"{place(problem)} {segment_words(problem.segment)}".strip(), "strong", href)
    since = figures.moment(problem.onset, now, zone)
    if problem.merged:
        return _merged(problem, problem.merged, name, since, now, zone)
    if problem.estimate is None or problem.estimate.revenue_lost is None:
        return _unpriced(problem, name, since, _unmeasured(problem, now, zone) if problem.lapsed else "")
    if problem.status == "closed":
        return _closed(problem, problem.estimate, name, since, now, zone)
    return _priced(problem, problem.estimate, name, since, by or basis([problem]))


def _priced(problem: Problem, estimate: Estimate, name: Piece, since: str, by: Basis) -> Sentence:
    lost = estimate.revenue_lost
    assert lost is not None  # noqa: S101 - answer() sends only priced ones
    now = pace(problem, by)
    if lost.low <= 0:
        return sentence(
            name, " has been ", felt(been(problem)), f" since {since}; so far ",
            paid(f"no clear loss ({figures.money_range(lost, estimate.currency)})"), *because(problem), ".",
        )  # fmt: skip
    total = paid(f"{figures.money(lost.value, estimate.currency)} in all")
    if now is None:
        return sentence(name, " has lost ", total, f" since {since}", *because(problem), ".", *_wait(problem))
    money = paid(f"about {figures.money(now.value, estimate.currency)} {by.words}")
    bounds = f" ({figures.money_range(now, estimate.currency)})"
    return sentence(
        name, " has been losing ", money, bounds, f" since {since}, ", total, *because(problem), ".", *_wait(problem)
    )  # fmt: skip


def _merged(problem: Problem, into: Merged, name: Piece, since: str, now: int, zone: str) -> Sentence:
    host = strong(host_title(problem), f"/problems/{into.into}")
    return sentence(
        name, " has been ", felt(been(problem)), f" since {since}; it has not ended, but is part of ", host,
        f" since {figures.moment(into.at, now, zone)}, and counted there.",
    )  # fmt: skip


def not_met(problem: Problem, now: int, zone: str) -> str:
    """Since when a problem that lapsed was not met; empty for every other, whose end was measured or has not come."""
    return f"not met since {figures.moment(problem.last_seen, now, zone)}" if problem.lapsed else ""


def nobody_since(problem: Problem, now: int, zone: str) -> str:
    """Since when nobody came to an open problem, so that whether it goes on is not known; empty while people come."""
    since = deserted_since(problem)
    return "" if since is None else f"nobody has come there since {figures.moment(since, now, zone)}"


def _closed(problem: Problem, estimate: Estimate, name: Piece, since: str, now: int, zone: str) -> Sentence:
    lost = estimate.revenue_lost
    assert lost is not None  # noqa: S101 - answer() sends only priced ones
    bounds = f" ({figures.money_range(lost, estimate.currency)})"
    money = paid(f"about {figures.money(lost.value, estimate.currency)}")
    if problem.lapsed:
        tail = _unmeasured(problem, now, zone)
        return sentence(name, " has lost ", money, f"{bounds} since {since}", *because(problem), tail, ".")
    end = figures.moment(problem.closed or problem.last_seen, now, zone)
    return sentence(name, " lost ", money, f"{bounds} from {since} until {end}", *because(problem), ".")


def _unmeasured(problem: Problem, now: int, zone: str) -> str:
    return f"; it was {not_met(problem, now, zone)}, and whether it has ended was not measured"


def _unpriced(problem: Problem, name: Piece, since: str, tail: str) -> Sentence:
    verb = " has been " if problem.status == "open" else " was "
    start = sentence(name, verb, felt(been(problem)), f" since {since}", *because(problem), "; ")
    return sentence(*start.pieces, strong(price_words(problem.estimate)), tail, ".")


def price_words(estimate: Estimate | None) -> str:
    """The price in a clause: the money with its interval, how much is still to be gathered, or why it is unknown."""
    if estimate is None:
        return "it is not priced yet"
    if estimate.revenue_lost is not None:
        return (
            f"{figures.money(estimate.revenue_lost.value, estimate.currency)} "
            f"({figures.money_range(estimate.revenue_lost, estimate.currency)})"
        )
    opening = "not priced yet" if estimate.status == "gathering" else "its cost is unknown"
    reason = estimate.reason.rstrip(".")
    return f"{opening}: {reason[:1].lower()}{reason[1:]}" if reason else opening


def silent(found: Silence, now: int, zone: str) -> Sentence:
    """That visits have stopped coming, against how many came at these hours of the days before, and what to look at."""
    usual = (
        f"{figures.count(found.least)} to {figures.count(found.most)}"
        if found.most > found.least
        else figures.count(found.least)
    )
    days = "the day" if found.days == 1 else f"each of the {found.days} days"
    return sentence(
        felt(f"No visit has come since {figures.moment(found.since, now, zone)}"),
        f"; at these hours {usual} began on {days} before. See whether the site is up and ",
        strong("still connected", "/connect"), ".",
    )  # fmt: skip


def nobody(within: str, apart: LeftOut | None) -> Sentence:
    """That no visit counts in a period, and who was there `apart` from customers, if anybody; else what to look at."""
    if apart and apart.left_out:
        who = strong(by_kind(apart))
        return sentence(
            f"No customer's visit was received {within}, only visits that do not count: ", who, "."
        )
    return sentence(f"No visit was received {within}; ", strong("check the connection", "/connect"), ".")


def by_kind(apart: LeftOut) -> str:
    """How many of each kind were left out: 3 of bots, 0 of programs, 1 of your own people, 2 told by servers alone."""
    kinds = (
        ("of bots", apart.bots), ("of programs", apart.programs), ("of your own people", apart.internal),
        ("told by servers alone", apart.servers),
    )  # fmt: skip
    return ", ".join(f"{figures.count(visits)} {who}" for who, visits in kinds)


def unseen(found: Sequence[RouteFailures]) -> str:
    """Failed server requests that no page view knows of, at least one, as a clause that says where most of them are.

    >>> unseen([RouteFailures("shop", "POST /ship", 57, 500), RouteFailures("shop", "GET /", 1, 0)])
    '58 server requests failed that no page view knows of, most of them `POST /ship` of `shop`, with 500'
    """
    most, failed = found[0], sum(one.failed for one in found)
    part = ("" if failed == 1 else "all of them ") if len(found) == 1 else "most of them "
    status = f", with {most.http_status}" if most.http_status else ""
    whole = figures.plural(failed, "server request")
    return f"{whole} failed that no page view knows of, {part}`{most.operation}` of `{most.service}`{status}"
