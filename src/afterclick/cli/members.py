"""`afterclick members`: who may sign in. Works on the control database itself, whether an app runs or not."""

from collections.abc import Generator
from contextlib import contextmanager
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from afterclick.accounts import DEFAULT_SITE, first_run
from afterclick.accounts.accounts import Accounts
from afterclick.accounts.policy import Role
from afterclick.accounts.viewer import EVERY_SITE, THIS_MACHINE
from afterclick.cli.printed import print_json
from afterclick.errors import NotFound
from afterclick.settings import Settings, load
from afterclick.store.control.database import open_control

app = typer.Typer(help="List, add and invite those who may sign in.", no_args_is_help=True)
out = Console(soft_wrap=True)

EmailArgument = Annotated[str, typer.Argument(help="Their e-mail address.")]
SiteOption = Annotated[
    str, typer.Option("--site", help="Which site; * for every one.", envvar="AFTERCLICK_SITE")
]
PasswordOption = Annotated[
    str, typer.Option(prompt=True, hide_input=True, confirmation_prompt=True, help="Asked for when left out.")
]


@contextmanager
def opened(settings: Settings) -> Generator[Accounts]:
    """Who may sign in, and the sites, of the installation of the settings."""
    settings.data.mkdir(parents=True, exist_ok=True, mode=0o700)
    control = open_control(settings)
    try:
        first_run(control, settings)
        yield Accounts.over(control, settings)
    finally:
        control.dispose()


@app.command("list")
def list_(
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON instead of a table.")] = False,
) -> None:
    """Who may sign in, with which roles."""
    with opened(load()) as accounts:
        members, factors = accounts.members.list(), accounts.second_factors.who()
    if as_json:
        told = [{"email": one.email, "name": one.name, "roles": one.roles} for one in members]
        print_json(told)
        return
    table = Table("e-mail", "name", "roles", "second factor", box=None, header_style="bold", pad_edge=False)
    for one in members:
        roles = ", ".join(f"{role} on {_place(site)}" for site, role in sorted(one.roles.items()))
        table.add_row(one.email, one.name, roles or "none", "on" if one.id in factors else "off")
    out.print(table)


@app.command()
def add(
    email: EmailArgument,
    password: PasswordOption,
    name: Annotated[str, typer.Option(help="Their name.")] = "",
) -> None:
    """Make an administrator of every site; asks for the password. For a first run without a browser."""
    with opened(load()) as accounts:
        member = accounts.members.create(email, name, password, {EVERY_SITE: Role.ADMINISTRATOR})
        accounts.audit.record(THIS_MACHINE, "member.add", member.email, detail=Role.ADMINISTRATOR.value)
    out.print(f"{member.email} administers every site now.", highlight=False)


@app.command()
def invite(
    email: EmailArgument,
    role: Annotated[Role, typer.Option(help="What they will be.")],
    site: SiteOption = DEFAULT_SITE,
) -> None:
    """Print a link by which somebody joins, once, within a week; who has an account gets the role at once."""
    settings = load()
    with opened(settings) as accounts:
        if site != EVERY_SITE:
            accounts.sites.get(site)
        token = accounts.administration.invite(THIS_MACHINE, email, site, role)
    out.print(
        _link(settings, token) if token else f"{email} is {role} on {_place(site)} now.", highlight=False
    )


@app.command()
def reset(
    email: EmailArgument,
    factor: Annotated[bool, typer.Option("--factor", help="Turn their second factor off too.")] = False,
) -> None:
    """Print a link by which somebody chooses a new password, once, within a day."""
    settings = load()
    with opened(settings) as accounts:
        member = accounts.members.by_email(email)
        if member is None:
            raise NotFound(f"Nobody here has the address {email}; `afterclick members list` shows who does.")
        token = accounts.administration.reset(THIS_MACHINE, member.id)
        if factor:
            accounts.administration.forget_factor(THIS_MACHINE, member.id)
    out.print(_link(settings, token), highlight=False)


def _place(site: str) -> str:
    return "every site" if site == EVERY_SITE else site


def _link(settings: Settings, token: str) -> str:
    return f"http://{settings.host}:{settings.port}/invitation?token={token}"
