"""The sampled page views behind one candidate: what they point at, how strongly, and the figures that show it."""

from collections import Counter
from dataclasses import dataclass
from statistics import fmean, median

from afterclick.resolve.candidate import Candidate, is_wait
from afterclick.resolve.cause import Comparison
from afterclick.resolve.proportion import difference, mean_difference, wilson
from afterclick.resolve.suspect import Suspect, Traces, View, suspect, untraced

LEAST_VIEWS = 3


@dataclass(frozen=True)
class Ranked:
    """A suspect with the share of the excess it explains, its 95 % interval and the page views it rests on."""

    suspect: Suspect
    share: float
    low: float
    high: float
    n: int


@dataclass(frozen=True)
class Sampled:
    """Page views sampled for a candidate, and the traces linked to them."""

    candidate: Candidate
    views: tuple[View, ...]
    traces: Traces

    def party(self, name: str) -> list[View]:
        """Views of one party whose traces, where they matter, were kept."""
        signal = self.candidate.signal
        return [v for v in self.views if v.party == name and not untraced(v, signal, self.traces)]

    def ranked(self) -> list[Ranked]:
        """Suspects, most of the excess explained first; those seen on fewer than `LEAST_VIEWS` views left out.

        With exposed share r and pointing share f since the onset, r0 and f0 before: (r f - r0 f0) / (r - r0).
        """
        affected, earlier = self._pointed("affected"), self._pointed("before")
        n, n0 = affected.total(), earlier.total()
        now, usual = self.candidate.share, self.candidate.baseline
        found: list[Ranked] = []
        for one, hits in affected.items():
            if one is None or hits < LEAST_VIEWS:
                continue
            before = usual * earlier[one] / n0 if n0 else 0.0
            low, high = wilson(hits, n)
            share, low, high = (
                _unit((now * f - before) / max(now - usual, 1e-9)) for f in (hits / n, low, high)
            )
            found.append(Ranked(one, share, low, high, n))
        return sorted(found, key=lambda ranked: (-ranked.share, ranked.suspect))

    def _pointed(self, party: str) -> Counter[Suspect | None]:
        return Counter(suspect(view, self.candidate.signal, self.traces) for view in self.party(party))

    def own_times(self, one: Suspect, party: str) -> list[float]:
        """The operation's own time, ms, in each trace of the party that went through it."""
        return [
            operation.own_ms
            for view in self.party(party)
            for operation in self.traces.by_trace.get(view.trace_id, [])
            if operation.suspect == one
        ]

    def comparisons(self, one: Suspect) -> tuple[Comparison, ...]:
        """The figures that decide for a suspect: affected against usual page views."""
        shares = self._share(one)
        if one.kind == "service" and is_wait(self.candidate.signal):
            return (*self._times(f"own time of {one.operation} in {one.service}", *self._own(one)), *shares)
        measured = _measured(one)
        if measured is None:
            return shares
        label, field = measured
        both = (
            [float(getattr(view, field)) for view in self.party(party)] for party in ("affected", "usual")
        )
        return (*self._times(label, *([value for value in values if value] for values in both)), *shares)

    def _own(self, one: Suspect) -> tuple[list[float], list[float]]:
        return self.own_times(one, "affected"), self.own_times(one, "usual")

    def _times(self, label: str, ours: list[float], others: list[float]) -> tuple[Comparison, ...]:
        if not ours or not others:
            return ()
        low, high = mean_difference(ours, others) or (None, None)
        return (
            Comparison(
                label=f"{label}, mean",
                unit="ms",
                affected=fmean(ours),
                unaffected=fmean(others),
                n_affected=len(ours),
                n_unaffected=len(others),
                low=low,
                high=high,
            ),
        )

    def _share(self, one: Suspect) -> tuple[Comparison, ...]:
        """Share of page views that point at the suspect: affected against those that met the signal before."""
        affected, earlier = self._pointed("affected"), self._pointed("before")
        n, n0 = affected.total(), earlier.total()
        if not n:
            return ()
        low, high = difference(affected[one], n, earlier[one], n0) if n0 else (None, None)
        return (
            Comparison(
                label=f"{self.candidate.signal} page views that point at it, since the onset against before",
                unit="share",
                affected=affected[one] / n,
                unaffected=earlier[one] / n0 if n0 else 0.0,
                n_affected=n,
                n_unaffected=n0,
                low=low,
                high=high,
            ),
        )

    def typical(self, field: str, party: str) -> float:
        """Median of one of a view's durations where there is one, ms; 0 when there is none."""
        values = [value for view in self.party(party) if (value := float(getattr(view, field)))]
        return median(values) if values else 0.0

    def clause(self, one: Suspect) -> str:
        """The suspect in plain words, as they follow "because"."""
        if one.kind == "service":
            return self._service(one)
        element = one.element or one.script
        place = f"`{element}` on `{one.route}`" if element else f"a part of `{one.route}`"
        if one.measure == "error":
            return f"{place} throws errors"
        if one.measure == "struggle":
            return f"customers struggle with {place}"
        field = f"{one.measure}_ms" if one.measure == "resource" else one.measure
        took = seconds(self.typical(field, "affected"))
        if one.measure == "resource":
            return f"{place} takes {took} to load"
        usual = self.typical(field, "usual")
        verb = "is shown only after" if one.measure == "lcp" else "answers only after"
        return f"{place} {verb} {took}" + (f" instead of {seconds(usual)}" if usual else "")

    def _service(self, one: Suspect) -> str:
        name = f"`{one.service} → {one.peer}`" if one.peer else f"`{one.operation}` in `{one.service}`"
        if self.candidate.signal == "error":
            return f"{name} fails"
        ours, others = self._own(one)
        extra = median(ours) - (median(others) if others else 0.0) if ours else 0.0
        return f"{name} takes {seconds(extra)} more than usual" if extra > 0 else f"{name} fails"


def seconds(ms: float) -> str:
    """A duration in words: 3.1 s, 640 ms.

    >>> seconds(3100), seconds(640)
    ('3.1 s', '640 ms')
    """
    return f"{ms / 1000:.1f} s" if ms >= 1000 else f"{ms:.0f} ms"


def _measured(one: Suspect) -> tuple[str, str] | None:
    fields = {
        "lcp": ("largest contentful paint", "lcp"),
        "inp": ("interaction to next paint", "inp"),
        "resource": ("slowest script, image or style", "resource_ms"),
    }
    return fields.get(one.measure)


def _unit(value: float) -> float:
    return min(max(value, 0.0), 1.0)
