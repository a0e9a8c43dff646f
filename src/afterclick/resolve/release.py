"""Whether a release is behind a problem: it came when the problem came, and only its page views met it."""

from dataclasses import dataclass
from math import exp

import msgspec

from afterclick.resolve.candidate import Candidate
from afterclick.resolve.cause import Comparison
from afterclick.resolve.proportion import difference

NEAR = 15 * 60_000
"""How far from the onset's interval a release may lie and still be called its cause."""
CHANCE = 0.2
"""How likely a release may be to lie so near by chance: a site that ships all day tells nothing by time alone."""
HOLDS = 0.85
OTHERS = 0.15
LEAST = 20


class Mark(msgspec.Struct, frozen=True):
    """A release of `target` announced at `time` (UTC ms)."""

    time: int
    target: str
    release: str


class Group(msgspec.Struct, frozen=True):
    """Arrivals at the step on one release and device class, since the onset and before, `x` of them exposed."""

    release: str
    device_class: str
    since_n: int
    since_x: int
    before_n: int
    before_x: int
    first: int


@dataclass(frozen=True)
class Released:
    """A release that is behind a problem; `comparison` is on it against the release before, same device class."""

    target: str
    release: str
    device_class: str
    explained: float
    low: float
    high: float
    n: int
    comparison: Comparison


def released(candidate: Candidate, groups: list[Group], marks: list[Mark], since: int) -> Released | None:
    """The release whose coming explains the candidate, or None. `since` is where the reading of groups began."""
    came = _arrivals_of_releases(groups, marks, since)
    near = [one for one in came if _near(candidate, one[1])]
    window = candidate.onset_high - candidate.onset_low + 2 * NEAR
    if not near or 1 - exp(-(len(came) - 1) * window / (candidate.until - since)) > CHANCE:
        return None
    name, _ = min(near, key=lambda one: abs(one[1] - candidate.onset))
    return _compared(candidate, name, groups, next((m.target for m in marks[::-1] if m.release == name), ""))


def _arrivals_of_releases(groups: list[Group], marks: list[Mark], since: int) -> list[tuple[str, int]]:
    """Each release with when it came: at its marks, as one may be shipped again, else when it was first met."""
    served, marked = {group.release for group in groups}, {mark.release for mark in marks}
    met: dict[str, int] = {}
    for group in groups:
        if group.release not in marked and group.first > since + NEAR:
            met[group.release] = min(group.first, met.get(group.release, group.first))
    return [*met.items(), *((mark.release, mark.time) for mark in marks if mark.release in served)]


def _near(candidate: Candidate, time: int) -> bool:
    return candidate.onset_low - NEAR <= time <= candidate.onset_high + NEAR


def _compared(candidate: Candidate, name: str, groups: list[Group], target: str) -> Released | None:
    excess = {group.device_class: 0.0 for group in groups if group.release == name}
    for group in groups:
        if group.release == name:
            excess[group.device_class] += group.since_x - group.since_n * _before(groups, group.device_class)
    total = sum(max(value, 0.0) for value in excess.values())
    most = max(excess, key=lambda one: excess[one], default="")
    device = most if total and excess[most] >= HOLDS * total else ""
    ours = [g for g in groups if g.release == name and device in ("", g.device_class)]
    others = [g for g in groups if g.release != name and device in ("", g.device_class)]
    n, x = sum(g.since_n for g in ours), sum(g.since_x for g in ours)
    still_n, still_x = sum(g.since_n for g in others), sum(g.since_x for g in others)
    old_n, old_x = sum(g.before_n for g in others), sum(g.before_x for g in others)
    if not n or not old_n:
        return None  # nothing to compare
    rise = x / n - old_x / old_n
    if still_n >= LEAST and still_x / still_n - old_x / old_n > OTHERS * rise:
        return None
    risen = max(still_x - still_n * old_x / old_n, 0.0)
    explained = _part(n * rise, risen)
    if explained < HOLDS:
        return None
    low, high = difference(x, n, old_x, old_n)
    words = f"{candidate.signal} page views on release {name}, against the release before"
    comparison = Comparison(
        label=words, unit="share", affected=x / n, unaffected=old_x / old_n, n_affected=n, n_unaffected=old_n,
        low=low, high=high,
    )  # fmt: skip
    ends = sorted(_part(n * rise + shift, risen) for shift in (n * (low - rise), n * (high - rise)))
    return Released(target, name, device, explained, ends[0], ends[1], n, comparison)


def _part(ours: float, others: float) -> float:
    return max(ours, 0.0) / (ours + others) if ours + others > 0 else 0.0


def _before(groups: list[Group], device_class: str) -> float:
    n = sum(group.before_n for group in groups if group.device_class == device_class)
    x = sum(group.before_x for group in groups if group.device_class == device_class)
    return x / n if n else 0.0
