"""How the installation itself is doing, in figures: what the System page and /metrics are made of."""

from dataclasses import dataclass, field
from typing import Protocol

from afterclick.jobs import Freshness
from afterclick.log import Said
from afterclick.store.engine.latency import Latency
from afterclick.store.rollups.outdated import Outdated


@dataclass(frozen=True)
class Waiting:
    """What waits between the collector and the store; `lag_ms` is the age of the oldest row. Counts since the start;
    `last_drained` is UTC ms.
    """

    rows: int = 0
    bytes: int = 0
    lag_ms: int = 0
    drained: int = 0
    set_aside: int = 0
    last_drained: int | None = None
    last_failure: str = ""
    steps: dict[str, float] = field(default_factory=dict[str, float])


@dataclass(frozen=True)
class Disk:
    """Bytes by folder of the data folder, and free ones of its disk; `day_rows` came in within the last 24 hours, a row
    takes `row_bytes`.
    """

    folders: tuple[tuple[str, int], ...] = ()
    free: int = 0
    reserve: int = 0
    day_rows: int = 0
    row_bytes: float = 0.0

    @property
    def days_left(self) -> float | None:
        """Until the disk is full at the last day's rate, nothing being deleted; None when nothing came in."""
        day = self.day_rows * self.row_bytes
        return max(self.free - self.reserve, 0) / day if day else None


@dataclass(frozen=True)
class Run:
    """How a job of the timetable is doing; times are UTC ms, `every` seconds."""

    name: str
    every: int
    runs: int
    failures: int
    started: int | None
    last_ms: int | None
    error: str
    next: int | None


@dataclass(frozen=True)
class Vitals:
    """Everything that the System page and /metrics tell; `troubles` are sentences, none when the app is ready.
    `freshness` tells of what jobs keep up to date for pages, `outdated` of visits that carry older labels, if any.
    """

    troubles: tuple[str, ...] = ()
    started: int = 0
    waiting: Waiting = field(default_factory=Waiting)
    disk: Disk = field(default_factory=Disk)
    latencies: tuple[Latency, ...] = ()
    runs: tuple[Run, ...] = ()
    freshness: tuple[Freshness, ...] = ()
    outdated: Outdated | None = None
    said: tuple[Said, ...] = ()
    versions: tuple[tuple[str, str], ...] = ()


class Operations(Protocol):
    """Knows how the installation is doing. Every call blocks, `troubles` for six seconds at most."""

    def troubles(self) -> tuple[str, ...]:
        """Why the app is not ready, in sentences; none when it is."""
        ...

    def vitals(self) -> Vitals:
        """Everything, as of now."""
        ...

    def freshness(self) -> tuple[Freshness, ...]:
        """How fresh what jobs feed pages with is. Does not block."""
        ...

    def outdated(self) -> Outdated | None:
        """What still carries labels of the version before, if anything."""
        ...

    def metrics(self) -> str:
        """The same in the form that Prometheus reads."""
        ...


class NothingKnown:
    """Stands where nobody watches the installation, such as in a preview."""

    def troubles(self) -> tuple[str, ...]:
        """None."""
        return ()

    def vitals(self) -> Vitals:
        """Nothing."""
        return Vitals()

    def freshness(self) -> tuple[Freshness, ...]:
        """Nothing."""
        return ()

    def outdated(self) -> Outdated | None:
        """Nothing."""
        return None

    def metrics(self) -> str:
        """Nothing."""
        return ""
