"""Finds problems: since when, for whom and how surely the share that meets a signal at a step is raised.

One aggregated reading counts arrivals by step, time bucket, segment key and signals. Every onset of every series is
weighed by a sequential Bayes factor against its own baseline (`excess`), charged for how many series and moments
could have raised a false alarm; then the segment is chosen (`segment`), the onset placed (`onset`), and signals that
are the same page views' symptoms folded into one candidate.
"""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from functools import partial

import numpy as np
import pyarrow as pa

from afterclick.impact import Signal
from afterclick.measure.usual import bound
from afterclick.resolve.arrivals import bit, keys, over_arrivals
from afterclick.resolve.candidate import RECENT, SIGNALS, Before, Candidate, Segment, Wait
from afterclick.resolve.counts import Counts, Kept
from afterclick.resolve.excess import Numbers, before, concentration, dispersion_before, log_evidence, since
from afterclick.resolve.fold import Finding, fold
from afterclick.resolve.onset import change_point, raised_share, two_shares
from afterclick.resolve.scan import DAY, HOUR, MINUTE, SECOND, SLOW_KINDS, StepScan
from afterclick.resolve.season import hourly_factor
from afterclick.resolve.segment import (
    BORROWED,
    Flags,
    Sides,
    baselines,
    choose,
    dimension,
    gain,
    penalties,
    segment,
)
from afterclick.resolve.usual import Limits, wait
from afterclick.store.engine.query import Parameter, Reader
from afterclick.store.scope import Scope

_SQL = over_arrivals("detect.sql")

MOST_LOOKS = 30 * DAY / (30 * SECOND)
"""A site without problems shows at most one false one in 30 days, the stated false-alarm rate: that many onsets could
be the one, or as many as there are arrivals if they are fewer."""
LEAST_BASELINE = 100
"""Arrivals at a step before an onset, below which nothing can be called unusual."""
LEAST_EXPOSED = 3
LEAST_RISE = 0.01
LEAST_RATIO = 1.5
LEAST_RISE_SLOWER, LEAST_SLOWER = 0.1, 10
"""Of what is slower than usual, which many arrivals are of themselves: at least this rise of the share, and so many
visits, since one visit over a slow network makes many page views."""
RECOVERY = 8.0
"""Log of the likelihood ratio at which a share counts as back at its baseline."""
MOST_PER_SIGNAL = 3

Without = Callable[[tuple[Segment, ...]], StepScan | None]
Narrowed = Callable[[Finding, tuple[Segment, ...]], Finding]


def detect(
    reader: Reader,
    scope: Scope,
    now: int,
    standing: Limits | None = None,
    kept: Kept | None = None,
    awaited: Collection[str] | None = None,
) -> list[Candidate]:
    """Every excess of the site as it stands at `now` (UTC ms), strongest evidence first.

    One that has come back to its baseline carries `ended`. At most one false candidate in 30 days. What is slower than
    usual is told by what is usual now, at steps of `standing` limits by those. What is `kept` of the pass before is not
    counted again. Of excesses that have ended, only those at the `awaited` steps are told, None for all.
    """
    counts = Counts(reader, scope, now, standing, kept)
    scans = counts.steps()
    candidates: list[Candidate] = []
    for one in scans:
        found = findings(one, len(scans), partial(counts.without, one), partial(_narrowed, counts))
        ended = awaited is None or one.step in awaited
        candidates += [_placed(reader, scope, finding) for finding in found if ended or finding.ended is None]
    worth = (one for one in candidates if one.signal != "slower" or one.exposed >= LEAST_SLOWER)
    return sorted(worth, key=lambda candidate: -candidate.evidence)


def findings(step: StepScan, steps: int, without: Without, narrowed: Narrowed) -> list[Finding]:
    """The excesses at one of so many steps, symptoms folded into what explains them.

    `without` counts the step without some segments, `narrowed` may join a second key to a finding's.
    """
    series = steps * (len(SIGNALS) + len(SLOW_KINDS))
    return fold([found for signal in SIGNALS for found in _findings(step, signal, series, without, narrowed)])


def _findings(
    step: StepScan, signal: Signal, series: int, without: Without, narrowed: Narrowed
) -> list[Finding]:
    """The excesses of one signal at one step: the strongest, then what stands out without its segment."""
    found: list[Finding] = []
    rest: StepScan | None = step
    told: tuple[Segment, ...] = ()
    while rest and len(found) < MOST_PER_SIGNAL:
        finding = _strongest(rest, signal, series)
        if finding and not finding.segment:
            finding = _one_of_several(without, rest, finding, told, series)
        if finding is None:
            break
        found.append(narrowed(finding, told))
        if not finding.segment:
            break
        told = tuple(one.segment for one in found)
        rest = without(told)
    return found


def _one_of_several(
    without: Without, step: StepScan, everyone: Finding, told: tuple[Segment, ...], series: int
) -> Finding:
    """Everyone, or the strongest of several segments that only together look like everyone.

    That is so when a segment fits better by itself and what is left without it is not everyone's excess either.
    """
    strongest = _strongest(step, everyone.signal, series, alone=False)
    if strongest is None or not strongest.segment:
        return everyone
    rest = without((*told, strongest.segment))
    left = _strongest(rest, everyone.signal, series) if rest else None
    return everyone if left and not left.segment else strongest


@dataclass(frozen=True)
class _Series:
    """Evidence for every key and onset of one signal at one step, less penalties; and what it rests on, and where that
    is `enough`.
    """

    exposed: Numbers
    arrivals: Numbers
    correlation: Numbers
    penalty: Numbers
    score: Numbers
    enough: Flags


def _weigh(step: StepScan, signal: Signal, kind: int, series: int) -> _Series:
    exposed, arrivals = step.exposed(signal, kind), step.arrivals()
    earlier, met, arrived = before(arrivals), since(exposed), since(arrivals)
    baseline = baselines(earlier, before(exposed))
    correlation = _drift(step, step.exposed(signal)[0], arrivals[0])
    penalty = penalties(step.keys, series) + np.log(np.clip(step.a_month(), LEAST_BASELINE, MOST_LOOKS))
    enough = (earlier[:1] >= LEAST_BASELINE) & (met >= LEAST_EXPOSED)
    raised = enough & (met > baseline * arrived)  # the rest costs most and cannot be evidence
    usual = concentration(np.broadcast_to(correlation, enough.shape)[raised], earlier[raised] + BORROWED)
    score = np.full(enough.shape, -np.inf)
    score[raised] = log_evidence(met[raised], arrived[raised], baseline[raised], usual)
    return _Series(exposed, arrivals, correlation, penalty, score - penalty[:, None], enough)


def _drift(step: StepScan, exposed: Numbers, arrivals: Numbers) -> Numbers:
    """How much everyone's share wanders between two-hour blocks, as known before each bucket."""
    block = ((step.grid.starts - step.grid.since) // (2 * HOUR)).astype(np.int64)
    total, met = (np.bincount(block, weights=counts).astype(np.float64) for counts in (arrivals, exposed))
    return dispersion_before(met, total)[block]


def _strongest(step: StepScan, signal: Signal, series: int, alone: bool = True) -> Finding | None:
    """The surest excess of a signal at a step, or None.

    Each kind of slow is weighed for itself too: one that is rare of itself shows sooner than among all the others.
    Where the segment that fits best does not hold, the one with the surest excess may.
    """
    kinds = (0, *SLOW_KINDS) if signal == "slow" else (0,)
    weighed = max(
        (_weigh(step, signal, kind, series) for kind in kinds), key=lambda one: one.score.max(initial=-np.inf)
    )
    if weighed.score.max(initial=-np.inf) < 0:
        return None
    surest = int(weighed.score.max(axis=1).argmax())
    start = _start(weighed, surest)
    sides = Sides(
        since(weighed.arrivals)[:, start],
        since(weighed.exposed)[:, start],
        before(weighed.arrivals)[:, start],
        before(weighed.exposed)[:, start],
    )
    rise = LEAST_RISE_SLOWER if signal == "slower" else LEAST_RISE
    for index in dict.fromkeys((choose(sides, weighed.penalty, alone).index, surest)):
        start = _start(weighed, index)
        if _holds(step, weighed, index, start, rise):
            began = _began(weighed, index, start)
            return _finding(step, signal, index, began, float(weighed.score[index, start]))
    return None


def _start(weighed: _Series, index: int) -> int:
    """The bucket since which an excess is weighed: where two shares fit the key's counts best, of those at which it is
    evident if it is at any. An outage after another one is so only since that: before it nothing had wandered as far.
    """
    evident = weighed.enough[index] & (weighed.score[index] >= 0)
    among = evident if evident.any() else weighed.enough[index]
    return _best_fit(weighed.exposed[index], weighed.arrivals[index], among)


def _began(weighed: _Series, index: int, evident: int) -> int:
    """The bucket at which an excess began that is `evident` since one: where two shares fit best until it ended.

    What makes it evident is not when it began: a stray one in a quiet night makes the share look as if it wandered from
    then on, and what came after the end is not of it.
    """
    exposed, arrivals = weighed.exposed[index], weighed.arrivals[index]
    baseline = float(baselines(before(weighed.arrivals), before(weighed.exposed))[index, evident])
    stop = _stop(exposed, arrivals, evident, baseline)
    exposed, arrivals = exposed[:stop], arrivals[:stop]
    met, arrived = since(exposed), since(arrivals)
    raised = met * before(arrivals) > before(exposed) * arrived
    among = weighed.enough[index, :stop] & raised & (met >= LEAST_EXPOSED)
    return _best_fit(exposed, arrivals, among) if among.any() else evident


def _best_fit(exposed: Numbers, arrivals: Numbers, among: Flags) -> int:
    """Where one share before and another from there on fit best; of buckets that fit alike, as those do in which nobody
    came, the last.
    """
    fit = np.where(among, two_shares(exposed, arrivals), -np.inf)
    return len(fit) - 1 - int(fit[::-1].argmax())


def _finding(step: StepScan, signal: Signal, index: int, start: int, score: float) -> Finding:
    exposed, arrivals = step.exposed(signal), step.arrivals()
    baseline = float(baselines(before(arrivals), before(exposed))[index, start])
    stop = _stop(exposed[index], arrivals[index], start, baseline)
    return Finding(
        scan=step,
        signal=signal,
        index=index,
        start=start,
        stop=stop,
        segment=segment(step.keys[index]),
        arrivals=float(arrivals[index, start:stop].sum()),
        exposed=float(exposed[index, start:stop].sum()),
        baseline=baseline,
        score=score,
        before=Before(int(exposed[index, :start].sum()), int(arrivals[index, :start].sum())),
    )


def _stop(exposed: Numbers, arrivals: Numbers, start: int, baseline: float) -> int:
    """The bucket from which the share is back at `baseline` after `start`, or past the last while it is not evident."""
    exposed, arrivals, usual = exposed[start:], arrivals[start:], np.asarray(baseline)
    until = gain(before(exposed), before(arrivals), usual)
    whole = float(gain(exposed.sum(), arrivals.sum(), usual))
    best = int(until.argmax())
    return start + (best if until[best] - whole > RECOVERY else len(exposed))


def _holds(step: StepScan, weighed: _Series, index: int, start: int, rise: float) -> bool:
    """Whether the excess survives the hour of the day and a shift in the mix of visits, and is worth telling."""
    exposed, arrivals = weighed.exposed[index], weighed.arrivals[index]
    own = float(baselines(before(weighed.arrivals), before(weighed.exposed))[index, start])
    usual = max(
        own,
        own * hourly_factor(step.grid, weighed.exposed[0], weighed.arrivals[0], start, arrivals),
        0.0 if index else _mix_share(step, weighed, start),
    )
    strength = concentration(weighed.correlation[start], before(arrivals)[start] + BORROWED)
    x, n = exposed[start:].sum(), arrivals[start:].sum()
    evidence = float(log_evidence(np.asarray(x), np.asarray(n), np.asarray(usual), np.asarray(strength)))
    worth = x >= LEAST_RATIO * usual * n and x - usual * n >= rise * n
    return bool(worth) and evidence >= float(weighed.penalty[index])


def _mix_share(step: StepScan, weighed: _Series, start: int) -> float:
    """Everyone's share if each value of a dimension had kept its own baseline: the most that a changed mix explains."""
    own = baselines(before(weighed.arrivals), before(weighed.exposed))[:, start]
    now = weighed.arrivals[:, start:].sum(axis=1)
    shares: list[float] = []
    for name in {dimension(key) for key in step.keys if key}:
        members = [i for i, key in enumerate(step.keys) if dimension(key) == name]
        if now[members].sum() >= 0.9 * now[0]:
            shares.append(float((own[members] * now[members]).sum() / now[members].sum()))
    return max(shares, default=0.0)


def _narrowed(counts: Counts, finding: Finding, told: tuple[Segment, ...]) -> Finding:
    """The finding with a second key joined to its segment, where that explains as much with less.

    Counted as the finding is: without the segments told before it.
    """
    if not finding.segment:
        return finding
    return finding.joined(counts.joined(finding.scan, finding.segment, told))


def _of(finding: Finding) -> dict[str, Parameter]:
    """What names the arrivals in question: of one step and segment, and the signal that they met."""
    step = finding.scan.step
    return {
        **bound({step: finding.scan.limits}),
        "step": step,
        "segment": keys(finding.segment),
        "bit": bit(finding.signal),
    }


def _waited(reader: Reader, scope: Scope, finding: Finding, onset: int) -> Wait | None:
    if finding.signal != "slower":
        return None
    step = finding.scan
    until = max(finding.until, onset + 1)
    return wait(reader, scope, step.step, step.limits, finding.segment, step.grid.since, onset, until)


def _placed(reader: Reader, scope: Scope, finding: Finding) -> Candidate:
    """The candidate with its onset placed within narrow buckets, and visits counted from there."""
    width = int(finding.scan.grid.widths[finding.start])
    narrow = max(min(width // 30, MINUTE), 5 * SECOND)
    low, high = finding.around
    of = _of(finding)
    table = reader.arrow(scope, _SQL["around"], {**of, "since": low, "until": high, "width": narrow})
    onset = onset_within(table, finding, narrow)
    until = finding.until
    counted = {**of, "since": onset[0], "until": max(until, onset[0] + 1), "recent": until - RECENT}
    visits = reader.arrow(scope, _SQL["visits"], counted)
    arrived, met = int(visits["arrived"][0].as_py()), int(visits["met"][0].as_py())
    return Candidate(
        step=finding.scan.step,
        signal=finding.signal,
        segment=finding.segment,
        onset=onset[0],
        onset_low=onset[1],
        onset_high=onset[2],
        until=until,
        ended=finding.ended,
        arrivals=arrived,
        exposed=met,
        recent=int(visits["recent"][0].as_py()),
        came=int(visits["came"][0].as_py()),
        baseline=finding.baseline,
        before=finding.before,
        expected=arrived * finding.baseline,
        evidence=finding.score,
        symptoms=finding.symptoms,
        limits=finding.scan.limits if finding.signal == "slower" else (),
        wait=_waited(reader, scope, finding, onset[0]),
    )


def onset_within(table: pa.Table, finding: Finding, width: int) -> tuple[int, int, int]:
    """Most likely onset of the finding and its 95 % interval, UTC ms, by counts (`bucket`, `views`, `exposed`) in
    buckets of `width` around it. The interval begins with the bucket in which the last one came who did not meet it:
    that nobody came is no sign that all was well.
    """
    buckets = table["bucket"].to_numpy().astype(np.int64)
    exposed = table["exposed"].to_numpy().astype(np.float64)
    arrivals = table["views"].to_numpy().astype(np.float64)
    start = int(finding.scan.grid.starts[finding.start])
    if not len(buckets):
        return start, start, start
    times = np.append(buckets, buckets[-1] + width)
    gone = np.append(_quiet_since(finding, int(buckets[0])), buckets)
    raised = raised_share(finding.exposed, finding.arrivals, finding.baseline)
    spans = np.maximum(times - gone, width).astype(np.float64)
    point = change_point(exposed, arrivals, finding.baseline, raised, spans)
    return int(times[point.best]), int(gone[point.low]), int(times[point.high]) + width


def _quiet_since(finding: Finding, first: int) -> int:
    """The end of the last bucket before `first` in which somebody came: nobody was there to meet it from then on."""
    grid = finding.scan.grid
    ends = (grid.starts + grid.widths)[finding.scan.arrivals()[finding.index] > 0]
    earlier = ends[ends <= first]
    return int(earlier[-1]) if len(earlier) else first
