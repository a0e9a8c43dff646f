"""What the page on shared links shows."""

from dataclasses import dataclass


@dataclass(frozen=True)
class LinkLine:
    """One link as listed, times in words; `address` is all of it."""

    id: str
    address: str
    title: str
    period: str
    money: bool
    maker: str
    used: str
    until: str


@dataclass(frozen=True)
class SharePage:
    """The page of links: those in force; `made` is the id of one just made, empty for none."""

    answer: str
    links: tuple[LinkLine, ...]
    made: str
