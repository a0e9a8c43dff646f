"""The second step of signing in: a one-time code."""

from dataclasses import dataclass


@dataclass(frozen=True)
class CodePage:
    """The page that asks for the second factor."""

    next: str
    wrong: str = ""
