"""`afterclick doctor`: the findings of the checks."""

import typer
from rich.console import Console

from afterclick.cli import checks, tables
from afterclick.cli.printed import JsonOption, print_json
from afterclick.settings import load

out = Console()


def doctor(as_json: JsonOption = False) -> None:
    """Check this machine and this installation, and say what to do about each trouble."""
    found = checks.run(load())
    if as_json:
        print_json(found)
    else:
        out.print(tables.checks(found))
    if any(check.state == "trouble" for check in found):
        raise typer.Exit(1)
