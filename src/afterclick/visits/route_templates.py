"""Page patterns as servers write them (`http.route` of OpenTelemetry), each in the spelling of its framework.

A variable is `<slug:name>` (Django, Flask), `{name}` (Spring, ASP.NET, FastAPI), `:name` (Express, Rails), `[name]`
(Next), or a group of a regular expression. What stands for any number of parts, or may be left out, is no pattern here,
and neither is one without a part that is a plain name: it would swallow the site.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from afterclick.visits.path_parts import Part, is_locale

MOST = 500
"""Templates that a site may have."""
_LONGEST = 256
_ENDS = re.compile(r"^[\^/]+|(?:\(\.:format\)|\\Z|/\?|[$/])+$")
_ANY = re.compile(
    r"\[{1,2}\.\.\.|\*\*|\*\w|\{\*|<path:|:path\}|\.[*+]|/\*|:\w+[*?]|\?\}|\(/|\(\?!"
)  # catch-alls, and what may be left out
_VARIABLE = re.compile(
    r"\(\?P<(?P<group>\w+)>(?:[^()\\]|\\.)*\)"
    r"|\((?:[^()?\\]|\\.)(?:[^()\\]|\\.)*\)"
    r"|<(?:[^<>:]*:)?(?P<angle>\w+)>"
    r"|\{(?P<brace>\w+)(?::[^{}]*(?:\{[^{}]*\}[^{}]*)*)?\}"
    r"|\[(?P<bracket>\w+)\]"
    r"|:(?P<colon>[A-Za-z_]\w*)(?:\((?:[^()\\]|\\.)*\))?"
)
_LITERAL = re.compile(r"[\w.~%+@!,;=-]*")


@dataclass(frozen=True)
class Template:
    """`route` is what matching paths are written as. Each of `parts` holds the literals of one part, a variable between
    any two; a locale at the start matches any.
    """

    route: str
    parts: tuple[tuple[str, ...], ...]
    literal: int

    def of(self, path: tuple[Part, ...]) -> str:
        """The route of a path, its own locale kept; empty when it does not match."""
        here = path[1:] if path and path[0].locale else path
        if len(here) != len(self.parts) or not all(
            _matches(literals, part.text) for literals, part in zip(self.parts, here, strict=True)
        ):
            return ""
        locale = f"/{path[0].text}" if here is not path else ""
        return f"{locale}{self.route}" or "/"


def _matches(literals: tuple[str, ...], text: str) -> bool:
    """Whether the literals stand in the text in their order, from its start to its end, with something between any two.

    The leftmost place is always as good as a later one, so there is nothing to go back to: a server's template may be
    anybody's, and so may a path.

    >>> [_matches(("", "_", ""), text) for text in ("ivy_12", "ivy", "_12")], _matches(("cart",), "cart")
    ([True, False, False], True)
    """
    first, *between = literals
    if not between:
        return text == first
    if not text.startswith(first):
        return False
    at = len(first)
    for literal in between[:-1]:
        found = text.find(literal, at + 1)
        if found < 0:
            return False
        at = found + len(literal)
    return at < len(text) - len(between[-1]) and text.endswith(between[-1])


def template(text: str) -> Template | None:
    """The pattern that a server's route is; None for one that is none, or too wide."""
    if not text or len(text) > _LONGEST or _ANY.search(text):
        return None
    found = _split(_ENDS.sub("", _ENDS.sub("", text)))
    if found and is_locale(found[0]):
        found = found[1:]
    if not found:
        return None
    parts = [_part(one) for one in found]
    known = [part for part in parts if part is not None]
    if len(known) < len(parts) or not any(map(_is_name, (literals for _, literals in known))):
        return None
    literal = sum(len(one) for _, literals in known for one in literals)
    return Template("".join(f"/{shown}" for shown, _ in known), tuple(one for _, one in known), literal)


def _is_name(literals: tuple[str, ...]) -> bool:
    return len(literals) == 1 and bool(re.search(r"[A-Za-z]", literals[0]))


def _split(text: str) -> list[str]:
    """The parts, where no slash within brackets parts."""
    parts, depth = [""], 0
    for sign in text.replace("\\/", "/"):
        depth += (sign in "({[<") - (sign in ")}]>")
        if sign == "/" and depth <= 0:
            parts.append("")
        else:
            parts[-1] += sign
    return [part for part in parts if part]


def _part(text: str) -> tuple[str, tuple[str, ...]] | None:
    """How a part is shown, and its literals; None where one of them is none."""
    shown, at = "", 0
    literals: list[str] = []
    for variable in _VARIABLE.finditer(text):
        name = next((name for name in variable.groupdict().values() if name), "id")
        literals.append(text[at : variable.start()].replace("\\", ""))
        shown += f"{literals[-1]}:{name}"
        at = variable.end()
    literals.append(text[at:].replace("\\", ""))
    if not all(map(_LITERAL.fullmatch, literals)):
        return None
    return f"{shown}{literals[-1]}", tuple(literals)


class Templates:
    """The templates of one site, the most literal first; what they are made from is `texts`."""

    def __init__(self, texts: Iterable[str] = ()) -> None:
        self.texts: dict[str, Template] = {}
        self._by_depth: dict[int, list[Template]] = {}
        self.add(texts)

    def add(self, texts: Iterable[str]) -> bool:
        """Take up those that are patterns and new, as far as there is room; whether there was one."""
        before = len(self.texts)
        for text in texts:
            if text not in self.texts and len(self.texts) < MOST and (found := template(text)):
                self.texts[text] = found
                several = self._by_depth.setdefault(len(found.parts), [])
                several.append(found)
                several.sort(key=lambda one: -one.literal)
        return len(self.texts) > before

    def of(self, path: tuple[Part, ...]) -> str:
        """The route of a path; empty when none matches."""
        if not self.texts:
            return ""
        depth = len(path) - (bool(path) and path[0].locale)
        return next((route for one in self._by_depth.get(depth, ()) if (route := one.of(path))), "")
