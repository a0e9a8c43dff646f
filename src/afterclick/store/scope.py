"""Whose data a read may see; engine-free, since control data is read by it too."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Scope:
    """Whose data a read may see, and what the reader may do with it: None for the installation itself, whose jobs
    read everything of the site.
    """

    site: str
    permissions: frozenset[str] | None = None
