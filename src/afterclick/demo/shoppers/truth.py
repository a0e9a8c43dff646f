"""The counterfactual truth: the same people with the same luck in a better world, minus what happened.

It is written to a file of its own; nothing of it goes over the wire, and the product never reads it.
"""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path

import numpy as np

from afterclick.demo.shoppers.choice import Mood
from afterclick.demo.shoppers.faults import STEP_OF
from afterclick.demo.shoppers.feeling import GONE, STEPS, Calm, World, in_segment, signal_of
from afterclick.demo.shoppers.luck import Luck
from afterclick.demo.shoppers.population import Crowd, Flags
from afterclick.demo.shoppers.visit import Page, Walk, walk

SLOW_PAINT_MS, SLOW_INPUT_MS, SLOW_REQUEST_MS = 4000.0, 500.0, 3000.0


@dataclass(frozen=True)
class Truth:
    """What the same people would have bought in a better world, minus what they bought, since `onset` (UTC ms).

    `orders_lost`, `revenue_lost` (EUR): to the fault alone. `orders_lost_signal`, `revenue_lost_signal`: to every felt
    occurrence of the fault's signal at its step in its segment, background occurrences included: the estimand of a
    price. `orders_lost_any`, `revenue_lost_any`: to everything felt anywhere (slow, error, struggle).
    `exposed_visits` met the signal at the step in the segment since onset; `visits`, `orders`, `revenue` are what
    happened since onset.
    """

    fault: str
    onset: int
    until: int
    visits: int = 0
    exposed_visits: int = 0
    orders: int = 0
    revenue: float = 0.0
    orders_lost: int = 0
    revenue_lost: float = 0.0
    orders_lost_signal: int = 0
    revenue_lost_signal: float = 0.0
    orders_lost_any: int = 0
    revenue_lost_any: float = 0.0

    def __add__(self, other: "Truth") -> "Truth":
        """The truth of two crowds together."""
        mine, theirs = asdict(self), asdict(other)
        sums = {name: mine[name] + theirs[name] for name in mine if name not in {"fault", "onset", "until"}}
        return replace(self, **sums)

    def write(self, path: Path) -> None:
        """Write it as JSON, replacing the file in one step."""
        path.parent.mkdir(parents=True, exist_ok=True)
        beside = path.with_suffix(".part")
        beside.write_text(json.dumps(asdict(self), indent=2) + "\n", encoding="utf-8")
        beside.replace(path)


def felt_slow(page: Page) -> Flags:
    """The page view is slow by the definitions v1 of the product."""
    felt, limit = page.felt, SLOW_REQUEST_MS
    longest = np.fmax(np.fmax(felt.answer_ms, np.fmax.reduce(page.pressed.ms)), felt.resource_ms)
    return (felt.lcp > SLOW_PAINT_MS) | (felt.inp > SLOW_INPUT_MS) | (longest >= limit)


def felt_error(page: Page) -> Flags:
    """A script error, or a request that failed."""
    return page.felt.script_error | page.felt.answer_bad | (page.pressed.status >= 500).any(axis=0)


def told(
    world: World, crowd: Crowd, mood: Mood, luck: Sequence[Luck], happened: Walk, until: int
) -> tuple[Truth, Flags]:
    """The truth about `happened`, and which visits it counts: those over by `until` in every world compared."""
    better: tuple[tuple[str, Calm], ...] = (("", ""), ("_signal", "signal"), ("_any", "any"))
    worlds = {name: walk(replace(world, broken=False, calm=calm), crowd, mood, luck) for name, calm in better}
    over = happened.end <= until
    for other in worlds.values():
        over &= other.end <= until
    since = over & (happened.end >= world.fault.onset)
    counts: dict[str, int | float] = {}
    for name, other in worlds.items():
        gained = other.ordered.astype(np.int64) - happened.ordered
        counts[f"orders_lost{name}"] = int(gained[since].sum())
        counts[f"revenue_lost{name}"] = float((other.revenue - happened.revenue)[since].sum())
    truth = Truth(
        fault=world.fault.name,
        onset=world.fault.onset,
        until=until,
        visits=int(since.sum()),
        exposed_visits=int((since & _exposed(world, crowd, happened)).sum()),
        orders=int(happened.ordered[since].sum()),
        revenue=float(happened.revenue[since].sum()),
        **counts,  # pyright: ignore[reportArgumentType]
    )
    return truth, over


def _exposed(world: World, crowd: Crowd, happened: Walk) -> Flags:
    """Visits that met the fault's signal at its step in its segment since onset."""
    met = np.zeros(len(crowd), bool)
    name = world.fault.name
    if not name:
        return met
    step = STEPS.index(STEP_OF[name])
    for page in happened.pages:
        felt = felt_error(page) if signal_of(name) == "error" else felt_slow(page)
        met |= (page.step == step) & (page.step != GONE) & (page.at >= world.fault.onset) & felt
    return met & in_segment(name, crowd)
