"""Whether the values of one position of a path are a variable's, or a menu of named pages.

Of the values at a position those are set aside that stand out: they keep their names. Of the others, `d` values in `n`
rows of which `f` were seen once, Good and Turing's estimate of the chance that the next row shows a value never seen is
`f / n` (I. J. Good, Biometrika 40, 1953). A menu runs out, so its chance falls to zero; slugs go on. The position is a
variable when

    d >= least,  n >= 2 least,  f / n >= 1/5

with `least` 12 where at least half of the values have the shape of a slug (`is_shaped`), and 40 where they are plain
words, where the position is the first of the path, or where the part before it names a menu. Over `most` values it is a
variable in any case.
"""

import re
from collections.abc import Mapping

from afterclick.visits.path_parts import is_code, is_shaped

FEW, MANY = 12, 40
UNSEEN = 0.2
_STANDS_OUT = 50  # rows of a position, or a quarter as many as it has values: one in so many keeps a name
_MENU = re.compile(
    r"about|c|docs?|documentation|help|info|legal|pages|settings|support|checkout|company"
    r"|(?:.*[-_])?(?:accounts?|categor(?:y|ies)|collections?|departments?)",
    re.IGNORECASE,
)


def names_kept(
    position: str, rows: Mapping[str, int], sections: frozenset[str], most: int
) -> frozenset[str] | None:
    """The values that keep their names at a variable; None for a position that is none, as far as is known.

    `rows` are those of each value, `sections` the values below which there are further parts.
    """
    words = sum(not is_code(value) for value in rows)
    if words * 4 < len(rows):
        return None  # codes with few words among them: they are told by their look
    if words > most:
        return _standing_out(rows)
    if words < FEW:
        return None
    shaped = sum(map(is_shaped, rows)) * 2 >= len(rows)
    menu = not position or bool(_MENU.fullmatch(position.rpartition("/")[2]))
    kept = _standing_out(rows)
    if menu:
        kept |= sections
    elif shaped:
        few = sections if len(sections) * 4 < len(rows) else frozenset[str]()
        kept = frozenset(value for value in kept | few if not is_shaped(value))
    others = [n for value, n in rows.items() if value not in kept]
    return kept if _go_on(others, FEW if shaped and not menu else MANY) else None


def _standing_out(rows: Mapping[str, int]) -> frozenset[str]:
    """Values with at least one in fifty rows, and four times the rows that a value has in the mean."""
    least = sum(rows.values()) * max(1 / _STANDS_OUT, 4 / len(rows))
    return frozenset(value for value, n in rows.items() if n >= least)


def _go_on(rows: list[int], least: int) -> bool:
    """Whether more values are to come: enough of them, in enough rows, and often one never seen before."""
    n = sum(rows)
    return len(rows) >= least and n >= 2 * least and rows.count(1) >= UNSEEN * n
