"""One problem a cause, not one a symptom: signals that the same page views met are told as one finding."""

from dataclasses import dataclass, replace

import numpy as np

from afterclick.impact import Signal
from afterclick.resolve.arrivals import bit, keys
from afterclick.resolve.candidate import NOTHING, Before, Segment, is_wait
from afterclick.resolve.onset import raised_share, stretch
from afterclick.resolve.scan import Codes, Rows, StepScan
from afterclick.resolve.segment import Sides, choose, dimension, penalties, segment

REMAINS = 0.4
"""A signal is a symptom of another when at most this share of its excess is left on page views without the other."""
NARROWER = 5.0
"""How much more evidence (nats) a second key must bring."""


@dataclass(frozen=True)
class Finding:
    """An excess on the scan's grid: key `index` of `scan`, buckets `start` to `stop`; counts are arrivals."""

    scan: StepScan
    signal: Signal
    index: int
    start: int
    stop: int
    segment: Segment
    arrivals: float
    exposed: float
    baseline: float
    score: float
    before: Before = NOTHING
    symptoms: tuple[Signal, ...] = ()

    @property
    def onset(self) -> float:
        """Start of its first bucket, UTC ms."""
        return float(self.scan.grid.starts[self.start])

    @property
    def around(self) -> tuple[int, int]:
        """The stretch in which the onset may lie, UTC ms: it is nowhere else by the counts of the scan."""
        grid = self.scan.grid
        exposed = self.scan.exposed(self.signal)[self.index, : self.stop]
        arrivals = self.scan.arrivals()[self.index, : self.stop]
        usual = float((exposed[: self.start].sum() + 0.5) / (arrivals[: self.start].sum() + 1))
        raised = raised_share(exposed[self.start :].sum(), arrivals[self.start :].sum(), usual)
        first, last = stretch(exposed, arrivals, usual, raised)
        return int(grid.starts[first]), min(int(grid.starts[last] + grid.widths[last]), grid.until)

    @property
    def ended(self) -> int | None:
        """When it came back to its baseline, UTC ms; None while it has not."""
        starts = self.scan.grid.starts
        return None if self.stop == len(starts) else int(starts[self.stop])

    @property
    def until(self) -> int:
        """Its end, or that of the scan, UTC ms."""
        return self.scan.grid.until if self.ended is None else self.ended

    def excess(self, signal: Signal, without: Signal | None = None) -> float:
        """Arrivals in this finding's key and time that met `signal` (and not `without`) beyond the share before."""
        exposed, arrivals = (
            self.scan.exposed(signal, without=without)[self.index],
            self.scan.arrivals()[self.index],
        )
        usual = exposed[: self.start].sum() / max(arrivals[: self.start].sum(), 1)
        return float(exposed[self.start : self.stop].sum() - usual * arrivals[self.start : self.stop].sum())

    def joined(self, inside: Rows) -> "Finding":
        """This finding narrowed by a second key if that explains it with less; `inside` counts its segment's arrivals.

        A release is not joined: whether it is behind a problem is a question of cause.
        """
        names, place = self._further(inside)
        counts = np.zeros((2, 2, len(names)))
        arrivals, exposed = self.scan.arrivals()[self.index], self.scan.exposed(self.signal)[self.index]
        for since, part in ((0, slice(0, self.start)), (1, slice(self.start, None))):
            counts[since, :, 0] = arrivals[part].sum(), exposed[part].sum()
        told = (place[inside.key] > 0) & (inside.bucket >= self.scan.grid.since)
        met = told & (inside.code & bit(self.signal) > 0)
        for kind, rows in enumerate((told, met)):
            late = (inside.bucket[rows] >= self.onset).astype(np.int64)
            np.add.at(counts[:, kind], (late, place[inside.key[rows]]), inside.views[rows])
        sides = Sides(counts[1, 0], counts[1, 1], counts[0, 0], counts[0, 1])
        penalty = penalties(names, 1)
        choice = choose(sides, penalty + NARROWER * (np.arange(len(names)) > 0))
        if not choice.index:
            return self
        return replace(
            self,
            segment={**self.segment, **segment(names[choice.index])},
            arrivals=float(sides.since[choice.index]),
            exposed=float(sides.since_exposed[choice.index]),
            baseline=choice.baseline,
            before=Before(int(counts[0, 1, choice.index]), int(counts[0, 0, choice.index])),
        )

    def _further(self, inside: Rows) -> tuple[tuple[str, ...], Codes]:
        """'' and the keys that may be joined, and where each key of `inside` stands among them (0: nowhere)."""
        own = set(keys(self.segment))
        used: list[int] = np.unique(inside.key[inside.bucket >= self.scan.grid.since]).tolist()
        may = [
            one
            for one in used
            if inside.keys[one] not in own and dimension(inside.keys[one]) not in ("", "release")
        ]
        may.sort(key=inside.keys.__getitem__)
        place = np.zeros(len(inside.keys), dtype=np.int64)
        place[may] = np.arange(1, len(may) + 1)
        return ("", *(inside.keys[one] for one in may)), place


def fold(findings: list[Finding]) -> list[Finding]:
    """Findings of one step, largest excess first, with symptoms folded into what explains them."""
    kept: list[Finding] = []
    for finding in sorted(findings, key=lambda one: (_is_slow_too(one), -one.excess(one.signal))):
        place = next((i for i, primary in enumerate(kept) if _same(primary, finding)), None)
        if place is None:
            kept.append(finding)
        elif not (is_wait(finding.signal) and is_wait(kept[place].signal)):
            symptoms = dict.fromkeys((*kept[place].symptoms, finding.signal))
            kept[place] = replace(kept[place], symptoms=tuple(symptoms))
    return kept


def _is_slow_too(finding: Finding) -> bool:
    """Whether most of what is slower than usual is slow by the definition, which then names it."""
    return finding.signal == "slower" and (
        finding.excess("slower", without="slow") <= REMAINS * finding.excess("slower")
    )


def _same(primary: Finding, other: Finding) -> bool:
    """Whether the same page views met both. Two faults may begin at a step in one hour, and neither hides the other."""
    if primary.signal == other.signal:
        return False
    return other.excess(other.signal, without=primary.signal) <= REMAINS * other.excess(other.signal)
