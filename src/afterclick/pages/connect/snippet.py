"""Something to paste."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Snippet:
    """Something to paste: where, and the text itself."""

    id: str
    name: str
    where: str
    text: str
