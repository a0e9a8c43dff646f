"""One row a measured claim: what, how much, the limit measured in the same run, their ratio, what was asked for."""

from dataclasses import dataclass

from rich.console import Console
from rich.table import Table

_KEPT = {True: "yes", False: "NO", None: ""}


@dataclass(frozen=True)
class Row:
    """One figure. `wanted` is the bound that the project set itself, and `met` whether it is kept; None without."""

    what: str
    figure: str
    limit: str
    ratio: str
    wanted: str
    met: bool | None


def show(title: str, rows: list[Row]) -> bool:
    """Print the rows and return whether all bounds were kept."""
    table = Table(
        "", "measured", "limit in this run", "ratio", "wanted", "", title=title, title_justify="left"
    )
    for row in rows:
        table.add_row(row.what, row.figure, row.limit, row.ratio, row.wanted, _KEPT[row.met])
    Console(width=130).print(table)
    return all(row.met is not False for row in rows)
