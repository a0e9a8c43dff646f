"""The command line: one verb a room. While an app runs, verbs speak to it; errors are one sentence and exit code 1."""

import os
import sys

from afterclick.cli.verbs import app
from afterclick.errors import AfterclickError

__all__ = ["app", "main"]


def main() -> None:
    """The `afterclick` command."""
    os.umask(0o077)
    try:
        app()
    except AfterclickError as error:
        _fail(str(error))
    except KeyboardInterrupt:
        sys.exit(130)
    except BrokenPipeError:  # the reader of our output, `head` say, has had enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    except Exception as error:
        if os.environ.get("AFTERCLICK_DEBUG"):
            raise
        _fail(f"Something failed inside: {error!r}. Set AFTERCLICK_DEBUG=1 to see where, and report it.")


def _fail(sentence: str) -> None:
    from rich.console import Console  # only who fails waits for these
    from rich.markup import escape

    from afterclick.log import without_secrets

    Console(stderr=True, highlight=False).print(
        f"[bold red]afterclick:[/] {escape(without_secrets(sentence))}", markup=True, soft_wrap=True
    )
    sys.exit(1)
