"""Answers as JSON, for whoever reads them by program."""

import sys
from typing import Annotated

import msgspec
import typer

JsonOption = Annotated[bool, typer.Option("--json", help="Print JSON, for programs.")]


def print_json(value: object) -> None:
    """Print it, indented."""
    text = msgspec.json.encode(value, enc_hook=str)
    sys.stdout.write(msgspec.json.format(text, indent=2).decode() + "\n")
