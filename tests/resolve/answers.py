"""The committed table of docs/faults.md: what must be named first for each of the demo's faults."""

import re
from dataclasses import dataclass
from pathlib import Path

FAULTS = Path(__file__).parents[2] / "docs" / "faults.md"


@dataclass(frozen=True)
class Answer:
    """A row of the table; `names` are what the cause must name."""

    step: str
    signal: str
    segment: dict[str, str]
    kind: str
    names: tuple[str, ...]

    def is_named_by(self, cause: dict[str, object]) -> bool:
        """Whether some field of the cause ends in each of the names."""
        fields = [str(value) for value in cause.values() if isinstance(value, str)]
        return all(any(field.endswith(name) for field in fields) for name in self.names)


def answers() -> dict[str, Answer]:
    """The rows of the table by fault."""
    rows = re.findall(r"^\| `([a-z-]+)` \|(.+)\|$", FAULTS.read_text(), re.MULTILINE)
    return {name: _answer([cell.strip() for cell in rest.split("|")][1:]) for name, rest in rows}


def _answer(cells: list[str]) -> Answer:
    step, signal, segment, kind, names = cells
    pairs = [segment.strip("`").split("=")] if "=" in segment else []
    return Answer(
        step.strip("`"),
        signal.strip("`"),
        dict(pairs),
        kind.strip("`"),
        tuple(re.findall("`([^`]+)`", names)),
    )
