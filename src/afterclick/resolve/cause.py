"""What is behind a candidate: a service, a page's own part, a release, or honestly unknown."""

from typing import Literal

import msgspec

CauseKind = Literal["service", "page", "release", "unknown"]


class Comparison(msgspec.Struct, frozen=True, kw_only=True):
    """One figure among the affected against the unaffected, with what each rests on.

    `unit` is "ms", "share" or "count". `low` and `high` bound the difference at 95 %; None when n is too small.
    """

    label: str
    unit: Literal["ms", "share", "count"]
    affected: float
    unaffected: float
    n_affected: int
    n_unaffected: int
    low: float | None = None
    high: float | None = None


class Cause(msgspec.Struct, frozen=True, kw_only=True):
    """What explains a candidate; fields that the kind does not use are empty.

    `explained` is the share of the excess exposure that it accounts for, 0 to 1, with a 95 % interval. `sentence` is
    a clause in plain words that follows "because": "`payment → acquirer` takes 3.1 s more than usual".
    `rivals` are the other causes that were considered, best first, as one clause each.
    """

    kind: CauseKind
    service: str = ""
    operation: str = ""
    peer: str = ""
    route: str = ""
    element: str = ""
    script: str = ""
    exception: str = ""
    http_status: int = 0
    release: str = ""
    device_class: str = ""
    explained: float = 0.0
    explained_low: float = 0.0
    explained_high: float = 0.0
    n: int = 0
    evidence: tuple[Comparison, ...] = ()
    sentence: str = ""
    rivals: tuple[str, ...] = ()
