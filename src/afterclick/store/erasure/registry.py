"""The registry: every table, file and queue, whether it holds people, and how a person's records in it are erased.

`docs/privacy.md` draws it as the data map, and a test holds the two together; another fails for a table, a file or a
queue that has no entry here.
"""

from typing import Literal, NamedTuple

from afterclick.store.schema.catalogue import TABLES
from afterclick.store.schema.table import Table

Where = Literal["signals", "control", "spool", "visits", "files"]


class Holding(NamedTuple):
    """One place: a table of the store (`signals`) or of another database, or an entry of the data folder (`files`).

    `holds` says what of people is in it, empty for nothing; `why` what it is for, or why there is nothing. `kept` is
    for how long, `erased` how a person's records are found and taken out; both are empty where `holds` is.
    """

    where: Where
    name: str
    holds: str
    why: str
    kept: str = ""
    erased: str = ""


_SIGN_IN = "who may use this installation: staff, not customers"
_MEMBER = "while they are a member"
_LEAVES = "goes when the member is removed under Settings, People"


def _of_table(table: Table) -> Holding:
    if table.people is None:
        return Holding("signals", table.name, "", table.why)
    kept = table.people.kept or "the site's retention"
    return Holding("signals", table.name, table.people.holds, table.why, kept, table.people.erased)


REGISTRY: tuple[Holding, ...] = (
    *map(_of_table, TABLES),
    Holding(
        "control",
        "identity_cuts",
        "ids that somebody parted, in clear",
        "links that do not count",
        "until joined again",
        "pairs with a node of the person are deleted; the file is written anew",
    ),
    Holding(
        "control",
        "privacy_requests",
        "the ids of an erasure at work, sealed with the installation's key; then none",
        "who asked for what, and when it was done",
        "the ids until it is done, the rest for good",
        "cleared when it is done",
    ),
    Holding(
        "control",
        "tombstones",
        "keyed hashes of erased ids",
        "keeps late data of erased people out",
        "until lifted",
        "lifted when they may come again",
    ),
    Holding(
        "control",
        "audit",
        "ids of visits that somebody looked at",
        "who did what to what",
        "for good",
        "stays: once the visit is erased, its id leads nowhere",
    ),
    Holding(
        "control",
        "members",
        "names, e-mail addresses and password hashes of those who sign in",
        _SIGN_IN,
        _MEMBER,
        _LEAVES,
    ),
    Holding("control", "roles", "who may do what on which site", _SIGN_IN, _MEMBER, _LEAVES),
    Holding("control", "sign_ins", "addresses and browsers of sign-ins", _SIGN_IN, "until it ends", _LEAVES),
    Holding("control", "second_factors", "sealed secrets of one-time codes", _SIGN_IN, _MEMBER, _LEAVES),
    Holding("control", "recovery_codes", "hashed recovery codes", _SIGN_IN, _MEMBER, _LEAVES),
    Holding("control", "oidc_subjects", "who somebody is to a sign-in provider", _SIGN_IN, _MEMBER, _LEAVES),
    Holding(
        "control",
        "invitations",
        "e-mail addresses of the invited",
        _SIGN_IN,
        "until used or expired",
        "revoked",
    ),
    Holding(
        "control",
        "attempts",
        "addresses and accounts, hashed, of failed sign-ins",
        "throttles guessing",
        "a day",
        "ages",
    ),
    Holding("control", "api_keys", "who made a key", "lets programs ask", "for good", _LEAVES),
    Holding("control", "share_links", "who made a link", "shows a page to others", "for good", _LEAVES),
    Holding("control", "problems", "", "figures of many visits together; a problem names no visit"),
    Holding("control", "site_privacy", "", "what each site decided about personal data"),
    Holding("control", "sites", "", "names, currencies and zones of sites"),
    Holding("control", "write_keys", "", "keys of senders, hashed"),
    Holding("control", "learned", "", "what jobs have found out about whole sites, with its time"),
    Holding("control", "tallies", "", "counts of what was taken and dropped"),
    Holding("control", "alembic_version", "", "the database's revision"),
    Holding(
        "spool",
        "batches",
        "whole records that wait for the store, with User-Agent and the client's own session",
        "nothing acknowledged is lost",
        "seconds, while the store is away longer",
        "lines that tombstones cover are cut out; the file is written anew",
    ),
    Holding(
        "spool",
        "aside",
        "whole records that the store refused",
        "can be sent again",
        "until replayed",
        "rows that tombstones cover or that name the person are deleted; the file is written anew",
    ),
    Holding("spool", "groups", "", "which batches are being inserted"),
    Holding("spool", "tallies", "", "counts of what was taken and dropped"),
    Holding("spool", "identity", "", "the spool's own id"),
    Holding(
        "visits",
        "stretches",
        "hashes of devices, users and clients' sessions, and when they were on which page",
        "visits for clients that send none",
        "8 days",
        "stretches of the person's devices, users and visits are deleted; the file is written anew",
    ),
    Holding(
        "files",
        "signals",
        "the store",
        "see its tables",
        "see its tables",
        "rewritten parts are deleted at once",
    ),
    Holding(
        "files", "control.db", "the control database", "see its tables", "see its tables", "written anew"
    ),
    Holding("files", "spool", "the spool's file", "see its tables", "see its tables", "written anew"),
    Holding("files", "visits.db", "the memory of visits", "see its table", "see its table", "written anew"),
    Holding(
        "files",
        "tmp",
        "blocks on their way into the store, and exports on their way out",
        "scratch files of the engine's client",
        "until the insert or the download ends",
        "each deletes its own; emptied at every start",
    ),
    Holding("files", "signals.lock", "", "which process owns the store"),
    Holding("files", "control.db.migrate.lock", "", "held while the database is migrated"),
    Holding("files", "control.db.inserts.lock", "", "held while rows go in"),
    Holding("files", "control.db.rebuild.lock", "", "held while a rollup is built anew"),
    Holding("files", "control.db.app.lock", "", "which process runs the timetable"),
    Holding("files", "restoring", "", "marks a restore that is not whole"),
    Holding("files", "routes.json", "", "parts of paths that many visits share"),
    Holding("files", "hooks", "", "how webhooks are read: configuration"),
    Holding("files", "app.sock", "", "the socket of a running app"),
    Holding("files", "secret.key", "", "the installation's keys"),
    Holding(
        "files",
        "backups",
        "whatever the installation held when they were made",
        "kept where you put them",
        "until you delete them",
        "cannot be changed: restoring one applies the tombstones that its manifest and this installation list",
    ),
)
"""Every place, in the order of the data map."""


def holding(where: Where, name: str) -> Holding | None:
    """The entry of one place."""
    return next((one for one in REGISTRY if (one.where, one.name) == (where, name)), None)
