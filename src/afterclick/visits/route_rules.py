"""Page patterns that the installation prescribes: `/p/* -> /p/:id`, or `/p/* -> =` to keep every path as it is."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from afterclick.errors import Misconfigured

_LONGEST = 256
AS_IT_IS = "="


@dataclass(frozen=True)
class RouteRule:
    """Paths that `pattern` matches belong to `route`, or stay as they are when that is `=`.

    `site` is empty for a rule that holds at every site.
    """

    site: str
    pattern: re.Pattern[str]
    route: str


class RouteRules:
    """The rules of `route_rules`, in their order; the first that fits decides."""

    def __init__(self, setting: str = "") -> None:
        """Raises Misconfigured for a rule that is none."""
        self._rules = tuple(_rules(setting))
        self.prescribed = frozenset(rule.route for rule in self._rules)

    def of(self, site: str, path: str) -> str:
        """The route that the rules give a path, empty when none fits."""
        for rule in self._rules:
            if rule.site in ("", site) and rule.pattern.fullmatch(path):
                return (path.rstrip("/") or "/") if rule.route == AS_IT_IS else rule.route
        return ""


def _rules(setting: str) -> Iterator[RouteRule]:
    for text in setting.replace("\n", ";").split(";"):
        if not text.strip():
            continue
        left, arrow, route = (part.strip() for part in text.partition("->"))
        *site, pattern = left.split() or [""]
        named = route == AS_IT_IS or (route.startswith("/") and len(route) <= _LONGEST)
        if len(site) > 1 or not arrow or not pattern.startswith("/") or not named:
            raise Misconfigured(
                f"AFTERCLICK_ROUTE_RULES: {text.strip()!r} is no rule; write `/p/* -> /p/:id` or `site /p/* -> /p/:id`."
            )
        yield RouteRule("".join(site), _expression(pattern), route)


def _expression(pattern: str) -> re.Pattern[str]:
    """`*` stands for one part of a path, `**` at the end for all that follows; a slash at the end is free."""
    parts = [
        "" if part == "**" else "[^/]+" if part == "*" else re.escape(part)
        for part in pattern.rstrip("/").split("/")
    ]
    if pattern.rstrip("/").endswith("/**"):
        return re.compile("/".join(parts[:-1]) + "(?:/.*)?", re.DOTALL)
    return re.compile("/".join(parts) + "/?")
