"""`afterclick members`: who may sign in."""

from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from afterclick.api.records import AdministratorWanted, InvitationWanted, JoinLink, MemberData, RoleName
from afterclick.cli.connection import Api, connect
from afterclick.cli.printed import JsonOption, print_json
from afterclick.errors import NotFound
from afterclick.settings import Settings, load

EVERY_SITE = "*"

app = typer.Typer(help="List, add and invite those who may sign in.", no_args_is_help=True)
out = Console(soft_wrap=True, highlight=False)

EmailArgument = Annotated[str, typer.Argument(help="Their e-mail address.")]
SiteOption = Annotated[
    str, typer.Option("--site", help="Which site; * for every one.", envvar="AFTERCLICK_SITE")
]
PasswordOption = Annotated[
    str, typer.Option(prompt=True, hide_input=True, confirmation_prompt=True, help="Asked for when left out.")
]


@app.command("list")
def list_(as_json: JsonOption = False) -> None:
    """Who may sign in, with which roles."""
    with connect(load()) as api:
        members = api.get("/members", list[MemberData])
    if as_json:
        print_json(members)
        return
    table = Table("e-mail", "name", "roles", "second factor", box=None, header_style="bold", pad_edge=False)
    for one in members:
        roles = ", ".join(f"{role} on {_place(site)}" for site, role in sorted(one.roles.items()))
        table.add_row(one.email, one.name, roles or "none", "on" if one.second_factor else "off")
    out.print(table)


@app.command()
def add(
    email: EmailArgument,
    password: PasswordOption,
    name: Annotated[str, typer.Option(help="Their name.")] = "",
    as_json: JsonOption = False,
) -> None:
    """Make an administrator of every site; asks for the password. For a first run without a browser."""
    with connect(load(), beginning=True) as api:
        member = api.post("/members", MemberData, AdministratorWanted(email, password, name))
    if as_json:
        print_json(member)
    else:
        out.print(f"{member.email} administers every site now.")


@app.command()
def invite(
    email: EmailArgument,
    role: Annotated[RoleName, typer.Option(help="What they will be.")],
    site: SiteOption = "default",
    as_json: JsonOption = False,
) -> None:
    """Print a link by which somebody joins, once, within a week; who has an account gets the role at once."""
    settings, everywhere = load(), site == EVERY_SITE
    asked = {} if everywhere else {"site": site}
    with connect(settings, beginning=True) as api:
        made = api.post("/members/invitations", JoinLink, InvitationWanted(email, role, everywhere), **asked)
    if as_json:
        print_json(_linked(settings, made))
    else:
        out.print(_link(settings, made) or f"{email} is {role} on {_place(site)} now.")


@app.command()
def reset(
    email: EmailArgument,
    factor: Annotated[bool, typer.Option("--factor", help="Turn their second factor off too.")] = False,
    as_json: JsonOption = False,
) -> None:
    """Print a link by which somebody chooses a new password, once, within a day."""
    settings = load()
    with connect(settings) as api:
        member = f"/members/{_known(api, email).id}"
        made = api.post(f"{member}/reset", JoinLink)
        if factor:
            api.send("DELETE", f"{member}/factor")
    if as_json:
        print_json(_linked(settings, made))
    else:
        out.print(_link(settings, made))


def _known(api: Api, email: str) -> MemberData:
    for member in api.get("/members", list[MemberData]):
        if member.email == email.strip().casefold():
            return member
    raise NotFound(f"Nobody here has the address {email}; `afterclick members list` shows who does.")


def _place(site: str) -> str:
    return "every site" if site == EVERY_SITE else site


def _link(settings: Settings, made: JoinLink) -> str:
    return f"http://{settings.host}:{settings.port}{made.path}" if made.path else ""


def _linked(settings: Settings, made: JoinLink) -> dict[str, str]:
    return {"link": _link(settings, made)}
