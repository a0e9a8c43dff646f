"""Which page pattern a path belongs to: by rule, by its server, by the look of its parts, and by what has been learned.

What the servers of a site call their pages (see `served_routes`) is the truth where there is something.

A path position whose values go on without end (see `siblings`) is a variable: from then on it is written `:slug`, but
for values that stand out, which are pages of their own (`/cart` beside a shop's product names). A locale at the start
of a path stays, and what is learned holds in all of them. What has been learned is kept in a file, so it holds after a
restart, and is never unlearned by itself. A route is a label given when a row is written: rows from before a position
was learned keep theirs, and which values stay by name depends on the traffic up to then.
"""

import threading
from collections.abc import Iterator, Mapping, Sequence
from heapq import heapify, heappop, heappush
from pathlib import Path
from typing import Literal

import msgspec
import structlog

from afterclick.settings import Settings
from afterclick.store.holding import Held, Holding
from afterclick.visits.path_parts import ID, SLUG, is_locale, parts, without_ids
from afterclick.visits.route_rules import AS_IT_IS, RouteRules
from afterclick.visits.route_templates import Templates
from afterclick.visits.siblings import FEW, names_kept

VALUES = 200
"""Distinct values of one position after which it is a variable in any case."""
ROUTES = 5_000
"""Routes that one site may have; further ones are written `/:other`."""

_MOST_COUNTED = 50_000  # values counted at a site's positions, all together
_OTHER = "/:other"
_TEMPLATES = "http.route"  # beside the positions of a site in the file: what its servers name
LEARNED = Holding("files", "routes.json", Held("parts of paths that many visits share"))
_log = structlog.get_logger("afterclick.routes")
_Learned = dict[str, dict[str, list[str]]]


def routes_of(settings: Settings) -> "Routes":
    """The routes of an installation; raises Misconfigured for a rule that is none."""
    rules = RouteRules(settings.route_rules)
    return Routes(rules, settings.route_values, settings.data / LEARNED.name)


class LearnedRoute(msgspec.Struct, frozen=True):
    """A pattern, what taught it, the names that keep to themselves beside it, and the rule that takes it back.

    `rule` is a line of the setting `route_rules`. A locale before the path is in neither.
    """

    route: str
    taught_by: Literal["structure", "server"]
    keeps: tuple[str, ...]
    rule: str


class _Site:
    """One site's positions: what was counted at those not learned, and the values kept at those learned."""

    def __init__(self, learned: Mapping[str, list[str]]) -> None:
        self.counted: dict[str, dict[str, int]] = {}
        self.learned: dict[str, frozenset[str]] = {}
        self.templates = Templates(learned.get(_TEMPLATES, ()))
        for position, values in learned.items():
            if position == _TEMPLATES:
                continue
            place = _without_locale(position)
            self.learned[place] = self.learned.get(place, frozenset()) | frozenset(values)
        self.routes: set[str] = set()
        self.size = 0
        self.changed: set[str] = set()

    def as_written(self) -> dict[str, list[str]]:
        """What was learned, as the file holds it."""
        positions = {position: sorted(kept) for position, kept in self.learned.items()}
        return positions | ({_TEMPLATES: sorted(self.templates.texts)} if self.templates.texts else {})

    def as_told(self, name: str) -> Iterator[LearnedRoute]:
        """What was learned, as people are told."""
        for position, kept in self.learned.items():
            route = f"{position}/{SLUG}"
            yield LearnedRoute(route, "structure", tuple(sorted(kept)), _undoing(name, route))
        for one in self.templates.texts.values():
            if ":" in one.route:
                yield LearnedRoute(one.route, "server", (), _undoing(name, one.route))

    def count(self, position: str, value: str, rows: int) -> None:
        """Add to the rows of a value; beyond the limit none is new."""
        counted = self.counted.get(position)
        if counted is not None and value in counted:
            counted[value] += rows
        elif self.size < _MOST_COUNTED:
            self.size += counted != {}  # a position that was passed by counts as one already
            self.counted.setdefault(position, {})[value] = rows
            self.changed.add(position)

    def pass_by(self, position: str) -> None:
        """Know that there are parts at a position, though none that is worth counting."""
        if position not in self.counted and self.size < _MOST_COUNTED:
            self.counted[position] = {}
            self.size += 1

    def capped(self, route: str) -> str:
        """The route, or `/:other` when the site has as many as it may have and this is none of them."""
        if route not in self.routes:
            if len(self.routes) >= ROUTES:
                return _OTHER
            self.routes.add(route)
        return route

    def learn(self, most: int) -> list[str]:
        """Make variables of the positions that changed and turned out to be some, from the first of a path on."""
        found: list[str] = []
        waiting = [(len(position), position) for position in self.changed]
        heapify(waiting)
        while waiting:
            _, position = heappop(waiting)
            if position not in self.changed:
                continue
            self.changed.remove(position)
            if (rows := self.counted.get(position)) and len(rows) >= min(FEW, most):
                kept = names_kept(position, rows, self._sections(position, rows), most)
                if kept is not None:
                    for moved in self._vary(position, kept):
                        heappush(waiting, (len(moved), moved))
                    found.append(position)
        return found

    def _sections(self, position: str, values: Mapping[str, int]) -> frozenset[str]:
        """The values that have further parts below them."""
        return frozenset(value for value in values if f"{position}/{value}" in self.counted)

    def _vary(self, position: str, kept: frozenset[str]) -> set[str]:
        """Make a variable of a position; what was counted below its values is from then on counted as below one.

        Returns the positions where that is.
        """
        self.learned[position] = kept
        values = self._taken(position)
        moved: set[str] = set()
        for value in sorted(values.keys() - kept):
            for at in list(self._below(f"{position}/{value}")):
                below = f"{position}/{SLUG}{at.removeprefix(f'{position}/{value}')}"
                for part, rows in self._taken(at).items():
                    self.count(below, part, rows)
                    moved.add(below)
        return moved

    def _below(self, position: str) -> Iterator[str]:
        """Of the position and all below it those where something is counted."""
        counted, kept = self.counted.get(position), self.learned.get(position)
        if counted is not None:
            yield position
        if counted is not None or kept is not None:
            for value in {*(counted or ()), *(kept or ()), ID, SLUG}:
                yield from self._below(f"{position}/{value}")

    def _taken(self, position: str) -> dict[str, int]:
        """What was counted at a position, counted no more."""
        counted = self.counted.pop(position)
        self.size -= max(len(counted), 1)
        return counted


def _undoing(site: str, route: str) -> str:
    """The rule by which paths of a route keep their names.

    >>> _undoing("shop", "/product/:slug")
    'shop /product/* -> ='
    """
    pattern = "/".join("*" if ":" in part else part for part in route.split("/"))
    return f"{site} {pattern} -> {AS_IT_IS}"


def _without_locale(position: str) -> str:
    """A position as it is counted, the same in all locales."""
    first, slash, rest = position.removeprefix("/").partition("/")
    return f"{slash}{rest}" if is_locale(first) else position


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
        self._sites = {site: _Site(learned) for site, learned in _read(file).items()}

    def of(self, paths: Mapping[tuple[str, str], int]) -> dict[tuple[str, str], str]:
        """The route of each (site, path), given how many rows there are of each; learns from all before it answers."""
        with self._lock:
            found = {(name, path): self._route(name, path, rows) for (name, path), rows in paths.items()}
            learned = [self._learn(name, site) for name, site in self._sites.items() if site.changed]
            if any(learned):
                self._write()
                found = {(name, path): self._route(name, path, 0) for name, path in paths}
            return {of: self._capped(of[0], route) for of, route in found.items()}

    def learned(self, name: str) -> tuple[LearnedRoute, ...]:
        """What was learned of a site, by its route."""
        with self._lock:
            site = self._sites.get(name)
            return tuple(sorted(site.as_told(name), key=lambda one: one.route)) if site else ()

    def teach(self, name: str, templates: Sequence[str]) -> None:
        """Take up what a site's servers call its pages; what is no pattern, or too wide, is left out."""
        if not templates or not self._values:
            return
        with self._lock:
            if self._site(name).templates.add(templates):
                self._write()

    def _route(self, name: str, path: str, rows: int) -> str:
        if given := self._rules.of(name, path):
            return given
        if not path or not self._values:
            return without_ids(path)
        site = self._site(name)
        return site.templates.of(parts(path)) or self._walk(site, path, rows)

    def _capped(self, name: str, route: str) -> str:
        """The route as far as the site may have it; only those that are given count for nothing."""
        free = not route or not self._values or route in self._rules.prescribed
        return route if free else self._site(name).capped(route)

    def _site(self, name: str) -> _Site:
        site = self._sites.get(name)
        if site is None:
            site = self._sites[name] = _Site({})
        return site

    def _walk(self, site: _Site, path: str, rows: int) -> str:
        """The route of a path whose rows are counted on the way, as far as its positions are no variables yet."""
        route = position = ""
        for part in parts(path):
            shown = part.plain
            if part.counts:
                kept = site.learned.get(position)
                if kept is not None:
                    shown = part.text if part.text in kept else SLUG
                elif rows:
                    site.count(position, part.text, rows)
            elif rows and not part.locale:
                site.pass_by(position)
            route = f"{route}/{shown}"
            position = position if part.locale else f"{position}/{shown}"
        return route or "/"

    def _learn(self, name: str, site: _Site) -> bool:
        found = site.learn(self._values)
        for position in found:
            _log.info("a path position has many values", site=name, prefix=position or "/")
        return bool(found)

    def _write(self) -> None:
        if self._file is None:
            return
        learned = {
            name: site.as_written()
            for name, site in self._sites.items()
            if site.learned or site.templates.texts
        }
        new = self._file.with_suffix(".new")
        try:
            new.write_bytes(msgspec.json.format(msgspec.json.encode(learned, order="sorted")))
            new.replace(self._file)
        except OSError as error:
            _log.warning("learned routes could not be kept", reason=str(error))


def _read(file: Path | None) -> _Learned:
    if file is None or not file.is_file():
        return {}
    try:
        return msgspec.json.decode(file.read_bytes(), type=_Learned)
    except (OSError, msgspec.DecodeError) as error:
        _log.warning("learned routes could not be read, they are learned anew", reason=str(error))
        return {}
