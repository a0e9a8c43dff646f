"""Which page pattern a path belongs to: by rule, by the look of its parts, and by what has been learned.

A path position at which a site shows more distinct values than `values` is a variable: from then on it is written
`:slug`, but for values that had at least one in fifty of the rows there, which are pages of their own (`/cart` beside a
shop's product names). What has been learned is kept in a file, so it holds after a restart, and is never unlearned by
itself. A route is a label given when a row is written: rows from before a position was learned keep theirs, and which
values stay by name depends on the traffic up to then.
"""

import re
import threading
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path

import msgspec
import structlog

from afterclick.settings import Settings
from afterclick.store.holding import Held, Holding
from afterclick.visits.route_rules import RouteRules

VALUES = 200
"""Distinct values of one position after which it is a variable."""
ROUTES = 5_000
"""Routes that one site may have; further ones are written `/:other`."""

_OWN_SHARE = 50  # a value with one in so many rows of its position stays
_DEEPEST = 12
_MOST_COUNTED = 50_000  # values counted at a site's positions, all together
_REMEMBERED = 1 << 16
_OTHER = "/:other"
_ID = re.compile(
    r"/(?:\d+"  # numbers
    r"|[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}"
    r"|(?=[0-9a-fA-F]*\d)[0-9a-fA-F]{12,}"  # hashes, object ids
    r"|(?=[A-Za-z_-]*\d)[A-Za-z0-9_-]{20,}"  # tokens
    r"|[A-Za-z]{1,8}-\d{2,})"  # SKU-1042
    r"(?=/|$)"
)
LEARNED = Holding("files", "routes.json", Held("parts of paths that many visits share"))
_log = structlog.get_logger("afterclick.routes")
_Learned = dict[str, dict[str, list[str]]]


def routes_of(settings: Settings) -> "Routes":
    """The routes of an installation; raises Misconfigured for a rule that is none."""
    rules = RouteRules(settings.route_rules)
    return Routes(rules, settings.route_values, settings.data / LEARNED.name)


def without_ids(path: str) -> str:
    """A path with every part that looks like an id replaced by `:id`; a trailing slash is dropped."""
    if not path:
        return ""
    return _ID.sub("/:id", path).rstrip("/") or "/"


class _Site:
    """One site's positions: what was counted at those not learned, and the values kept at those learned."""

    def __init__(self, learned: Mapping[str, list[str]]) -> None:
        self.counted: dict[str, dict[str, int]] = {}
        self.learned = {prefix: frozenset(values) for prefix, values in learned.items()}
        self.routes: set[str] = set()
        self.size = 0

    def count(self, prefix: str, part: str, rows: int) -> int:
        """Add to the rows of a value, and return how many values there are; beyond the limit none is new."""
        counted = self.counted.get(prefix)
        if counted is None:
            counted = self.counted[prefix] = {}
        if part in counted:
            counted[part] += rows
        elif self.size < _MOST_COUNTED:
            counted[part] = rows
            self.size += 1
        return len(counted)

    def capped(self, route: str) -> str:
        """The route, or `/:other` when the site has as many as it may have and this is none of them."""
        if route not in self.routes:
            if len(self.routes) >= ROUTES:
                return _OTHER
            self.routes.add(route)
        return route

    def learn(self, prefix: str) -> None:
        """Make a variable of a position; what was counted below its values is forgotten, and counted anew as one."""
        here = self.counted[prefix]
        least = sum(here.values()) / _OWN_SHARE
        self.learned[prefix] = frozenset(part for part, rows in here.items() if rows >= least)
        below = f"{prefix}/"
        self.counted = {at: n for at, n in self.counted.items() if at != prefix and not at.startswith(below)}
        self.size = sum(len(counted) for counted in self.counted.values())


class Routes:
    """Gives paths their routes and learns from them. Safe to call from several threads."""

    def __init__(
        self, rules: RouteRules | None = None, values: int = VALUES, file: Path | None = None
    ) -> None:
        """`values` of 0 learns nothing; without a file what was learned lasts as long as this object."""
        self._rules = rules or RouteRules()
        self._values = values
        self._file = file
        self._lock = threading.Lock()
        self._has_learned = False
        self._sites = {site: _Site(learned) for site, learned in _read(file).items()}

    def of(self, paths: Mapping[tuple[str, str], int]) -> dict[tuple[str, str], str]:
        """The route of each (site, path), given how many rows there are of each; learns from all before it answers."""
        with self._lock:
            answers = {(name, path): self._route(name, path, rows) for (name, path), rows in paths.items()}
            if not self._has_learned:
                return answers
            self._has_learned = False
            self._write()
            return {(name, path): self._route(name, path, 0) for name, path in paths}

    def _route(self, name: str, path: str, rows: int) -> str:
        if given := self._rules.of(name, path):
            return given
        if not path or not self._values:
            return without_ids(path)
        site = self._sites.get(name)
        if site is None:
            site = self._sites[name] = _Site({})
        return site.capped(self._walk(name, site, path, rows))

    def _walk(self, name: str, site: _Site, path: str, rows: int) -> str:
        """The route of a path whose rows are counted on the way, as far as its positions are no variables yet."""
        route = ""
        for part in _parts(path):
            if not part.startswith(":"):
                kept = site.learned.get(route)
                if kept is None:
                    if rows and site.count(route, part, rows) > self._values:
                        site.learn(route)
                        self._has_learned = True
                        _log.info("a path position has many values", site=name, prefix=route or "/")
                        rows = 0
                elif part not in kept:
                    part = ":slug"
            route = f"{route}/{part}"
        return route or "/"

    def _write(self) -> None:
        if self._file is None:
            return
        learned = {
            name: {prefix: sorted(kept) for prefix, kept in site.learned.items()}
            for name, site in self._sites.items()
            if site.learned
        }
        new = self._file.with_suffix(".new")
        try:
            new.write_bytes(msgspec.json.format(msgspec.json.encode(learned, order="sorted")))
            new.replace(self._file)
        except OSError as error:
            _log.warning("learned routes could not be kept", reason=str(error))


@lru_cache(_REMEMBERED)
def _parts(path: str) -> tuple[str, ...]:
    return tuple(part for part in without_ids(path).split("/")[1:] if part)[:_DEEPEST]


def _read(file: Path | None) -> _Learned:
    if file is None or not file.is_file():
        return {}
    try:
        return msgspec.json.decode(file.read_bytes(), type=_Learned)
    except (OSError, msgspec.DecodeError) as error:
        _log.warning("learned routes could not be read, they are learned anew", reason=str(error))
        return {}
