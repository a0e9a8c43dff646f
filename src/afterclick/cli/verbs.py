"""The verbs, each with its words and where it is found: a verb's module is imported only when the verb is called.

So `afterclick --help` and the verbs that ask a running app start without the libraries that the app is made of.
"""

from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module
from typing import Annotated, Any

import typer
from typer.core import TyperGroup
from typer.main import get_group

from afterclick import __version__


@dataclass(frozen=True)
class Verb:
    """`place` is `module:name` of a function or, for a verb with verbs of its own, of a Typer; `help` what it says."""

    place: str
    help: str

    def found(self) -> Callable[..., object] | typer.Typer:
        """What it stands for, imported now."""
        module, name = self.place.split(":")
        return getattr(import_module(f"afterclick.cli.{module}"), name)


VERBS = {
    "import": Verb(
        "importing:import_file", "Send a file through the collector as events; times are taken as given."
    ),
    "backup": Verb("backup:backup", "Back the installation up, while it runs or stopped."),
    "restore": Verb("backup:restore", "Bring a backup into an empty data folder (AFTERCLICK_DATA)."),
    "upgrade": Verb(
        "upgrade:upgrade",
        "Show what this release changes in the data folder, and do it; `serve` does it too when it starts.",
    ),
    "schema": Verb(
        "schema:schema",
        "Print the tables for a ClickHouse cluster, replicated and sharded; see docs/scaling.md for what was run.",
    ),
    "serve": Verb("serving:serve", "Start the collector and the app, and run until told to stop."),
    "collect": Verb(
        "serving:collect",
        "Start a collector that drains into a ClickHouse server by itself, beside an app that runs elsewhere.",
    ),
    "problems": Verb("answers:problems", "What loses money, most first."),
    "sessions": Verb("answers:sessions", "The newest visits: felt, did, paid."),
    "query": Verb("answers:query", "Ask the dataset in read-only SQL."),
    "replay": Verb(
        "replay:replay",
        "Send rows that the store refused through the drain again; `doctor` tells how many there are, and why.",
    ),
    "doctor": Verb(
        "doctor:doctor", "Check this machine and this installation, and say what to do about each trouble."
    ),
    "keys": Verb("keys:app", "List, make, rotate, restrict and revoke write keys."),
    "secrets": Verb("secrets:app", "Seal a secret for the settings file; rotate the key that seals."),
    "mark": Verb("marks:app", "Put a mark on the time line: a release, a campaign, a note."),
    "demo": Verb(
        "demo:app", "A shop with a problem in it: a week of history, live traffic, faults to switch."
    ),
    "customers": Verb("customers:app", "Part or join again what belongs to one person."),
    "members": Verb("members:app", "List, add and invite those who may sign in."),
    "sites": Verb("sites:app", "List the sites, begin another, change one."),
    "rates": Verb("rates:app", "State rates of exchange, by which a site's totals are converted."),
    "privacy": Verb(
        "privacy:app", "Show, export or erase the records of one person; decide what a site keeps."
    ),
}


class Verbs(TyperGroup):
    """Lists the verbs by the table's words; imports the one that is called."""

    def resolve_command(self, ctx: Any, args: list[str]) -> tuple[str | None, Any, list[str]]:
        """The verb that the arguments begin with; Typer keeps the types of its Click to itself, hence Any."""
        name, command, rest = super().resolve_command(ctx, args)
        return name, loaded(name) if name else command, rest


def loaded(name: str) -> Any:
    """The verb's own command."""
    found, holder = VERBS[name].found(), typer.Typer()
    if isinstance(found, typer.Typer):
        holder.add_typer(found, name=name)
    else:
        holder.command(name)(found)
    return get_group(holder).commands[name]


app = typer.Typer(
    cls=Verbs,
    help="What customers felt, what systems did and what the business got, in one dataset.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)


def _version(wanted: bool) -> None:
    if wanted:
        typer.echo(__version__)
        raise typer.Exit


@app.callback()
def options(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Print it.")
    ] = False,
) -> None:
    """What customers felt, what systems did and what the business got, in one dataset."""


def _named() -> None:
    """Stands for a verb in the list; `Verbs` puts the verb in its place."""


for _name, _verb in VERBS.items():
    app.command(_name, help=_verb.help)(_named)
