"""Routes learned from structure: on sites of many shapes, the share of page views that get the route that is right.

300 page views of each site come in batches of 20, as a new site's do; the next 300 are asked for. Nothing of a site is
known before. Beside it stands the share where nothing is learned, and parts are told by their look alone.
"""

from collections.abc import Iterator
from statistics import mean

from afterclick.visits.routes import Routes, without_ids
from benchmarks.site_shapes import SHAPES, Page, Shape
from benchmarks.table import Row, show

ROWS, BATCH, SEEDS = 300, 20, range(5)
EACH, ALL = 0.9, 0.94
"""The least agreement of a shape that is not hard, and of all in the mean, the hard ones among them."""


def agreement(shape: Shape, seed: int) -> float:
    """The share of page views with the right route, once the first have taught it."""
    opened, routes = shape.opened(2 * ROWS, seed), Routes()
    for batch in _batches(opened[:ROWS]):
        _given(routes, batch)
    asked = opened[ROWS:]
    given = [route for batch in _batches(asked) for route in _given(routes, batch)]
    return mean(route == page.route for route, page in zip(given, asked, strict=True))


def by_look(shape: Shape, seed: int) -> float:
    """The same where nothing is learned."""
    return mean(without_ids(page.path) == page.route for page in shape.opened(2 * ROWS, seed)[ROWS:])


def _batches(opened: list[Page]) -> Iterator[list[Page]]:
    return (opened[at : at + BATCH] for at in range(0, len(opened), BATCH))


def _given(routes: Routes, batch: list[Page]) -> list[str]:
    rows: dict[tuple[str, str], int] = {}
    for page in batch:
        rows["shop", page.path] = rows.get(("shop", page.path), 0) + 1
    given = routes.of(rows)
    return [given["shop", page.path] for page in batch]


def main() -> bool:
    """Learn every shape with every seed."""
    found = {shape: [agreement(shape, seed) for seed in SEEDS] for shape in SHAPES}
    rows = [_row(shape, shares) for shape, shares in found.items()]
    whole = mean(map(mean, found.values()))
    rows.append(Row("all", f"{whole:.1%}", "", "", f"{ALL:.0%}", whole >= ALL))
    return show(
        f"the right route, {ROWS} page views after as many; least and mean of {len(SEEDS)} seeds", rows
    )


def _row(shape: Shape, shares: list[float]) -> Row:
    look = mean(by_look(shape, seed) for seed in SEEDS)
    wanted, met = (shape.hard, None) if shape.hard else (f"{EACH:.0%}", mean(shares) >= EACH)
    return Row(shape.name, f"{min(shares):.1%}, {mean(shares):.1%}", f"by look {look:.1%}", "", wanted, met)
