"""What the page on the audit log shows."""

from dataclasses import dataclass


@dataclass(frozen=True)
class AuditLine:
    """One entry as listed: `when` is the local time."""

    number: int
    when: str
    name: str
    kind: str
    action: str
    target: str
    site: str
    detail: str


@dataclass(frozen=True)
class AuditPage:
    """The page: entries newest first, the filter as it was asked for, where older ones are ("" for none), and what
    checking the chain found, empty when it was not asked for.
    """

    answer: str
    lines: tuple[AuditLine, ...]
    asked: dict[str, str]
    older: str
    checked: str = ""
    intact: bool = True
