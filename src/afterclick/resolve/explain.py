"""What is behind a candidate, on one scale: the share of the excess page views that point at it.

Each sampled page view that met the signal points at one suspect (`suspect`): the operation in its trace where the
time or the error began, or a part of the page. A suspect explains the share of affected page views that point at it,
less what pointed at it before the onset. A release is behind a page's problem when it came as the problem came and
only its page views met it (`release`).
"""

from afterclick.measure.usual import bound
from afterclick.resolve.arrivals import bit, keys, over_arrivals
from afterclick.resolve.candidate import Candidate
from afterclick.resolve.cause import Cause
from afterclick.resolve.release import Group, Mark, Released, released
from afterclick.resolve.sampled import Ranked, Sampled
from afterclick.resolve.suspect import Operation, View, traces
from afterclick.store.engine.query import Parameter, Reader, statements
from afterclick.store.scope import Scope

_ARRIVALS = over_arrivals("cause.sql")
_TRACES = statements("afterclick.resolve", "traces.sql")

SAMPLE = 600
BEFORE = 2 * 86_400_000
LATER = 10 * 60_000
"""How long after its page view a trace may begin."""
SERVICE = 0.5
"""The share of the excess that a service must explain; a part of the page, `PAGE`."""
PAGE = 0.4


def explain(reader: Reader, scope: Scope, candidate: Candidate) -> Cause:
    """The cause of a candidate with its evidence; kind "unknown" when nothing explains enough of it."""
    sampled = _sampled(reader, scope, candidate)
    ranked = sampled.ranked()
    service = next((one for one in ranked if one.suspect.kind == "service" and one.share >= SERVICE), None)
    if service:
        return _named(sampled, service, ranked)
    page = next((one for one in ranked if one.suspect.kind == "page" and one.share >= PAGE), None)
    release = _released(reader, scope, candidate)
    if release:
        return _of_release(sampled, release, page)
    if page:
        return _named(sampled, page, ranked)
    rivals = tuple(sampled.clause(one.suspect) for one in ranked[:3])
    return Cause(kind="unknown", n=len(sampled.party("affected")), rivals=rivals)


def _bound(candidate: Candidate) -> dict[str, Parameter]:
    return {
        "since": candidate.onset - BEFORE,
        "until": candidate.until,
        "onset": candidate.onset,
        "step": candidate.step,
        "bit": bit(candidate.signal),
        **bound({candidate.step: candidate.limits}),
    }


def _sampled(reader: Reader, scope: Scope, candidate: Candidate) -> Sampled:
    asked = {**_bound(candidate), "segment": keys(candidate.segment), "sample": SAMPLE}
    views = reader.rows(scope, _ARRIVALS["views"], View, asked)
    linked = {
        "since": candidate.onset - BEFORE,
        "until": candidate.until + LATER,
        "traces": sorted({view.trace_id for view in views if view.trace_id}),
    }
    operations = reader.rows(scope, _TRACES["operations"], Operation, linked) if linked["traces"] else []
    return Sampled(candidate, tuple(views), traces(operations, views))


def _released(reader: Reader, scope: Scope, candidate: Candidate) -> Released | None:
    asked = _bound(candidate)
    groups = reader.rows(scope, _ARRIVALS["releases"], Group, asked)
    marks = reader.rows(
        scope, _TRACES["release_marks"], Mark, {"since": asked["since"], "until": asked["until"]}
    )
    return released(candidate, groups, marks, candidate.onset - BEFORE)


def _named(sampled: Sampled, best: Ranked, ranked: list[Ranked]) -> Cause:
    one = best.suspect
    return Cause(
        kind=one.kind,
        service=one.service,
        operation=one.operation,
        peer=one.peer,
        route=one.route,
        element=one.element,
        script=one.script,
        explained=best.share,
        explained_low=best.low,
        explained_high=best.high,
        n=best.n,
        evidence=sampled.comparisons(one),
        sentence=sampled.clause(one),
        rivals=tuple(sampled.clause(other.suspect) for other in ranked if other is not best)[:3],
    )


def _of_release(sampled: Sampled, found: Released, page: Ranked | None) -> Cause:
    """A release, with the part of the page through which it is felt, where one stands out."""
    part = page.suspect if page else None
    where = f" on {found.device_class}" if found.device_class else ""
    shown = found.comparison
    return Cause(
        kind="release",
        service=found.target,
        release=found.release,
        device_class=found.device_class,
        route=part.route if part else "",
        element=part.element if part else "",
        script=part.script if part else "",
        explained=found.explained,
        explained_low=found.low,
        explained_high=found.high,
        n=found.n,
        evidence=(shown, *(sampled.comparisons(part) if part else ())),
        sentence=(
            f"release `{found.release}`{f' of `{found.target}`' if found.target else ''} came then and raised the "
            f"share of such page views{where} from {shown.unaffected:.1%} to {shown.affected:.0%}"
        ),
        rivals=(sampled.clause(part),) if part else (),
    )
