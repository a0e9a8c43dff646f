"""`afterclick mark`: a mark on the time line."""

from typing import Annotated

import msgspec
import typer
from rich.console import Console

from afterclick.api.records import KeyData
from afterclick.cli.connection import connect
from afterclick.cli.printed import JsonOption, print_json
from afterclick.cli.sender import Sender
from afterclick.errors import InvalidInput
from afterclick.settings import Settings, load

app = typer.Typer(help="Put a mark on the time line: a release, a campaign, a note.", no_args_is_help=True)
out = Console()

SiteOption = Annotated[str, typer.Option("--site", help="Which site.", envvar="AFTERCLICK_SITE")]
KeyOption = Annotated[
    str, typer.Option("--key", help="Write key; default: the site's own.", envvar="AFTERCLICK_KEY")
]


@app.command()
def release(
    target: Annotated[str, typer.Argument(help="What was released, e.g. web.")],
    version: Annotated[str, typer.Argument(help="Its version, e.g. 1.4.2.")],
    site: SiteOption = "default",
    key: KeyOption = "",
    as_json: JsonOption = False,
) -> None:
    """Say that a release went out now."""
    fields = {"name": "release", "target": target, "release": version}
    _mark(site, key, fields, f"Marked release {target} {version}.", as_json)


@app.command()
def campaign(
    name: str, site: SiteOption = "default", key: KeyOption = "", as_json: JsonOption = False
) -> None:
    """Say that a campaign began now."""
    _mark(site, key, {"name": "campaign", "message": name}, f"Marked campaign {name}.", as_json)


@app.command()
def note(text: str, site: SiteOption = "default", key: KeyOption = "", as_json: JsonOption = False) -> None:
    """Leave a note on the time line."""
    _mark(site, key, {"name": "note", "message": text}, "Marked the note.", as_json)


def _mark(site: str, key: str, fields: dict[str, str], said: str, as_json: bool) -> None:
    settings = load()
    sender = Sender(settings, key or _public_key(settings, site))
    try:
        answer = sender.send([msgspec.json.encode({"type": "mark", **fields})])
    finally:
        sender.close()
    if not answer.accepted:
        raise InvalidInput(
            answer.errors[0].message if answer.errors else "The collector did not take the mark."
        )
    if as_json:
        print_json(fields)
    else:
        out.print(said)


def _public_key(settings: Settings, site: str) -> str:
    with connect(settings) as api:
        for key in api.get("/keys", list[KeyData], site=site):
            if key.clear and key.valid:
                return key.clear
    raise InvalidInput(
        f"Site {site} has no public key; make one with `afterclick keys create --site {site}`."
    )
