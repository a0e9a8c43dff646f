"""What the collector counts, in Prometheus text format (version 0.0.4)."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass

from afterclick.drops import DropReason, reason

_Labels = tuple[tuple[str, str], ...]


@dataclass(slots=True)
class Timing:
    """How often a step was taken, by a huge request once for each part, and how long that took, waiting included."""

    times: int = 0
    seconds: float = 0.0


class Metrics:
    """Counters and gauges of one collector process."""

    def __init__(self) -> None:
        self._accepted: defaultdict[tuple[str, str], int] = defaultdict(int)
        self._dropped: defaultdict[tuple[str, str, DropReason], int] = defaultdict(int)
        self._repaired: defaultdict[tuple[str, str], int] = defaultdict(int)
        self._bytes: defaultdict[str, int] = defaultdict(int)
        self._answers: defaultdict[tuple[str, int], int] = defaultdict(int)
        self._steps: defaultdict[str, defaultdict[str, Timing]] = defaultdict(lambda: defaultdict(Timing))

    def accepted(self, site: str, door: str, rows: int) -> None:
        """Count rows that are on disk."""
        self._accepted[site, door] += rows

    def dropped(self, site: str, door: str, why: DropReason, rows: int) -> None:
        """Count rows that were not taken; raises Uncounted for a reason that the catalogue does not have."""
        self._dropped[site, door, reason(why).key] += rows

    def repaired(self, site: str, door: str, rows: int) -> None:
        """Count rows whose sender's clock was corrected."""
        self._repaired[site, door] += rows

    def answered(self, door: str, status: int, size: int) -> None:
        """Count a request by its answer, and the bytes of its body as sent."""
        self._answers[door, status] += 1
        self._bytes[door] += size

    def steps(self, door: str) -> "defaultdict[str, Timing]":
        """The timing of each step of a door, to be added to."""
        return self._steps[door]

    def text(self, spool_rows: int, spool_bytes: int, spool_age_seconds: float) -> str:
        """Everything as one page of Prometheus text."""
        return "\n".join(self._lines(spool_rows, spool_bytes, spool_age_seconds)) + "\n"

    def _lines(self, spool_rows: int, spool_bytes: int, spool_age_seconds: float) -> Iterator[str]:
        yield from _family("afterclick_accepted_rows_total", "counter", "Rows on disk.")
        for (site, door), rows in self._accepted.items():
            yield _sample("afterclick_accepted_rows_total", (("site", site), ("door", door)), rows)
        yield from _family("afterclick_dropped_rows_total", "counter", "Rows not taken, by reason.")
        for (site, door, why), rows in self._dropped.items():
            labels = (("site", site), ("door", door), ("reason", why))
            yield _sample("afterclick_dropped_rows_total", labels, rows)
        yield from _family(
            "afterclick_repaired_clock_rows_total", "counter", "Rows whose time was corrected."
        )
        for (site, door), rows in self._repaired.items():
            yield _sample("afterclick_repaired_clock_rows_total", (("site", site), ("door", door)), rows)
        yield from _family("afterclick_requests_total", "counter", "Requests, by answer.")
        for (door, status), count in self._answers.items():
            yield _sample("afterclick_requests_total", (("door", door), ("status", str(status))), count)
        yield from _family("afterclick_body_bytes_total", "counter", "Bytes of bodies, as sent.")
        for door, size in self._bytes.items():
            yield _sample("afterclick_body_bytes_total", (("door", door),), size)
        yield from _family("afterclick_step_seconds", "summary", "Time in each step, waiting included.")
        for door, timings in self._steps.items():
            for name, timing in timings.items():
                labels = (("door", door), ("step", name))
                yield _sample("afterclick_step_seconds_count", labels, timing.times)
                yield _sample("afterclick_step_seconds_sum", labels, round(timing.seconds, 6))
        yield from _family("afterclick_spool_rows", "gauge", "Rows that wait to be drained.")
        yield _sample("afterclick_spool_rows", (), spool_rows)
        yield from _family("afterclick_spool_bytes", "gauge", "Disk that the spool uses.")
        yield _sample("afterclick_spool_bytes", (), spool_bytes)
        yield from _family("afterclick_spool_age_seconds", "gauge", "Age of the oldest row that waits.")
        yield _sample("afterclick_spool_age_seconds", (), round(spool_age_seconds, 3))


def _family(name: str, kind: str, text: str) -> Iterator[str]:
    yield f"# HELP {name} {text}"
    yield f"# TYPE {name} {kind}"


def _sample(name: str, labels: _Labels, value: float) -> str:
    inner = ",".join(f'{label}="{_escaped(text)}"' for label, text in labels)
    return f"{name}{{{inner}}} {value}" if inner else f"{name} {value}"


def _escaped(text: str) -> str:
    return text.replace("\\", r"\\").replace('"', r"\"").replace("\n", r"\n")
