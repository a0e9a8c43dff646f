"""`afterclick keys`: list, make, rotate, restrict and revoke write keys."""

from typing import Annotated

import typer
from rich.console import Console

from afterclick.api.records import KeyData, KeyRestricted, KeyRotated, KeyWanted, NewKeyData
from afterclick.cli import tables
from afterclick.cli.connection import connect, quoted
from afterclick.cli.printed import JsonOption, print_json
from afterclick.cli.shown import ShownSite
from afterclick.settings import load

app = typer.Typer(help="List, make, rotate, restrict and revoke write keys.", no_args_is_help=False)
out = Console()

SiteOption = Annotated[str, typer.Option("--site", help="Which site.", envvar="AFTERCLICK_SITE")]
PrefixArgument = Annotated[str, typer.Argument(help="How it starts.")]
OriginOption = Annotated[
    list[str] | None,
    typer.Option("--origin", help="A page that may send, e.g. https://shop.example; may be given again."),
]
BrowsersOption = Annotated[
    bool, typer.Option("--browsers-only", help="Refuse senders that name no page, such as servers.")
]


@app.callback(invoke_without_command=True)
def keys(
    context: typer.Context,
    site: SiteOption = "default",
    as_json: JsonOption = False,
) -> None:
    """List the site's write keys."""
    if not context.invoked_subcommand:
        list_(site, as_json)


@app.command("list")
def list_(site: SiteOption = "default", as_json: JsonOption = False) -> None:
    """The same: the site's write keys."""
    with connect(load()) as api:
        found = api.get("/keys", list[KeyData], site=site)
        zone = api.get("/site", ShownSite, site=site).timezone
    if as_json:
        print_json(found)
    else:
        out.print(tables.keys(found, zone))


@app.command()
def create(
    name: Annotated[str, typer.Argument(help="What it is for.")] = "",
    site: SiteOption = "default",
    historical: Annotated[bool, typer.Option(help="Times sent with it are taken as given.")] = False,
    origin: OriginOption = None,
    browsers_only: BrowsersOption = False,
    as_json: JsonOption = False,
) -> None:
    """Make a write key and print it."""
    with connect(load(), beginning=True) as api:
        capabilities = ("historical",) if historical else ()
        wanted = KeyWanted(name, capabilities, tuple(origin or ()), browsers_only)
        made = api.post("/keys", NewKeyData, wanted, site=site)
    _print_made(made, as_json)


@app.command()
def rotate(
    prefix: PrefixArgument,
    site: SiteOption = "default",
    hours: Annotated[float, typer.Option(help="How long the old key goes on; at most 2160 (90 days).")] = 24,
    as_json: JsonOption = False,
) -> None:
    """Put a new key in the place of one and print it; the old one goes on for a while, then ends by itself."""
    with connect(load()) as api:
        made = api.post(f"/keys/{quoted(prefix)}/rotate", NewKeyData, KeyRotated(hours), site=site)
    _print_made(made, as_json)


@app.command()
def restrict(
    prefix: PrefixArgument,
    site: SiteOption = "default",
    origin: OriginOption = None,
    browsers_only: BrowsersOption = False,
    as_json: JsonOption = False,
) -> None:
    """Set which pages a key is for; without --origin it is for any."""
    with connect(load()) as api:
        wanted = KeyRestricted(tuple(origin or ()), browsers_only)
        changed = api.put(f"/keys/{quoted(prefix)}", KeyData, wanted, site=site)
    if as_json:
        print_json(changed)
        return
    pages = ", ".join(sorted(changed.origins)) or "any page"
    servers = "not for servers" if changed.browsers_only else "and for servers"
    out.print(f"{changed.prefix}… is for {pages}, {servers}.", highlight=False, markup=False)


@app.command()
def revoke(prefix: PrefixArgument, site: SiteOption = "default", as_json: JsonOption = False) -> None:
    """End a write key."""
    with connect(load()) as api:
        api.send("DELETE", f"/keys/{quoted(prefix)}", site=site)
    if as_json:
        print_json({"prefix": prefix, "revoked": True})
    else:
        out.print("Revoked; collectors refuse it within seconds.")


def _print_made(made: NewKeyData, as_json: bool) -> None:
    if as_json:
        print_json(made)
    else:
        out.print(made.secret, highlight=False)
