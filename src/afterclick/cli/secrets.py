"""`afterclick secrets`: the installation's own key, and settings sealed with it."""

import sys

import typer
from rich.console import Console

from afterclick.cli.printed import JsonOption, print_json
from afterclick.errors import InvalidInput
from afterclick.settings import load

app = typer.Typer(
    help="Seal a secret for the settings file; rotate the key that seals.", no_args_is_help=True
)
out = Console()


@app.command()
def seal(as_json: JsonOption = False) -> None:
    """Read a secret from standard input and print it sealed: only this installation can read it then."""
    secret = sys.stdin.read().strip("\r\n")
    if not secret:
        raise InvalidInput("Give the secret on standard input: `printf %s SECRET | afterclick secrets seal`.")
    from afterclick.accounts.secrets import Secrets
    from afterclick.accounts.single_sign_on import SEALED, SECRET_PURPOSE

    sealed = f"{SEALED}{Secrets.open(load()).seal(secret, SECRET_PURPOSE)}"
    if as_json:
        print_json({"sealed": sealed})
    else:
        sys.stdout.write(f"{sealed}\n")


@app.command()
def rotate(as_json: JsonOption = False) -> None:
    """Put a new key before the others in `secret.key`; the app takes it when it starts again, and still reads all."""
    from afterclick.accounts.secrets import Secrets

    Secrets.rotate(load())
    if as_json:
        print_json({"rotated": True})
        return
    out.print(
        "Rotated: start the app again, and seal the secrets of your settings file anew.", highlight=False
    )
