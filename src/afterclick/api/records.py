"""What crosses `/api/v1` and no other room has: requests' bodies and answers. The command line loads these alone."""

from typing import Literal

import msgspec


class Asked(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A request's body. A field that it does not know is refused: whoever sent it meant something by it."""


class Link(Asked, frozen=True):
    """Two nodes of a person: `device:ID`, `user:ID` or `email:SHA256`."""

    one: str
    other: str


class KeyWanted(Asked, frozen=True):
    """A write key to make. `capabilities` may hold "historical"; `origins` are the pages that may send, all if none."""

    name: str = ""
    capabilities: tuple[str, ...] = ()
    origins: tuple[str, ...] = ()
    browsers_only: bool = False


class KeyRotated(Asked, frozen=True):
    """How long the old key goes on."""

    overlap_hours: float


class KeyRestricted(Asked, frozen=True):
    """What a key is for from now on."""

    origins: tuple[str, ...]
    browsers_only: bool


class KeyData(msgspec.Struct, frozen=True, kw_only=True):
    """A write key. `clear` is the whole key when it is public, else None, and `dsn` the same as Sentry's SDKs take it
    while it is `valid`. Times are UTC ms: `ends` is when a rotated key ends by itself, `used` when it was last sent
    with.
    """

    site: str
    name: str
    prefix: str
    capabilities: tuple[str, ...]
    created: int
    revoked: int | None
    clear: str | None
    origins: tuple[str, ...]
    browsers_only: bool
    ends: int | None
    used: int | None
    valid: bool
    dsn: str | None


class NewKeyData(KeyData, frozen=True, kw_only=True):
    """A key just made: `secret` is told this once."""

    secret: str


class Who(Asked, frozen=True):
    """A person, as people name them: a user id, device id or e-mail address; or user:ID, device:ID, email:SHA256."""

    who: str


class Lifted(msgspec.Struct, frozen=True):
    """How many ids of an erased person may come in again."""

    ids: int


class RequestData(msgspec.Struct, frozen=True, kw_only=True):
    """One export or erasure of a person. `about` tells people apart without naming them; times are UTC ms.

    Of `steps` the one that is next is `step`, counted from 0, and `doing` says it in words, empty when all are done;
    `message` says what keeps it waiting, empty for nothing. `records` counts what was found, by table.
    """

    id: str
    site: str
    kind: Literal["export", "erase"]
    about: str
    asked_by: str
    asked: int
    status: Literal["waiting", "done"]
    step: int
    steps: int
    doing: str
    finished: int | None
    message: str
    records: dict[str, int]


class SiteWanted(Asked, frozen=True):
    """A site's name, currency (ISO 4217) and time zone (IANA), and the hosts from which its customers only come back;
    what is left out is the installation's, or stays.
    """

    id: str
    name: str = ""
    currency: str = ""
    timezone: str = ""
    return_hosts: tuple[str, ...] | None = None


class RateWanted(Asked, frozen=True):
    """A rate of exchange to state: on `date` (YYYY-MM-DD; today by the site's zone when left out) 1 `currency` (ISO
    4217) was worth `rate` in the site's own, a decimal number as text.
    """

    currency: str
    rate: str
    date: str = ""


RoleName = Literal["executive", "marketing", "product", "engineering", "support", "administrator"]
"""A role, as `accounts.policy` has it."""


class MemberData(msgspec.Struct, frozen=True, kw_only=True):
    """One who may sign in. `roles` by site id, or `*` for every one; `created` is UTC ms."""

    id: str
    email: str
    name: str
    roles: dict[str, RoleName]
    second_factor: bool
    created: int


class AdministratorWanted(Asked, frozen=True):
    """An administrator of every site to make."""

    email: str
    password: str
    name: str = ""


class RoleWanted(Asked, frozen=True):
    """What somebody is to be on the site that is asked about, or `everywhere`; no role takes the one there away."""

    role: RoleName | None = None
    everywhere: bool = False


class InvitationWanted(Asked, frozen=True):
    """Who is to be what, on the site that is asked about or `everywhere`."""

    email: str
    role: RoleName
    everywhere: bool = False


class JoinLink(msgspec.Struct, frozen=True):
    """The path of a page of the dashboard, good once; empty when none is needed."""

    path: str


class Nothing(msgspec.Struct, frozen=True):
    """No body, or an answer without one (204)."""
