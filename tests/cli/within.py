"""The `afterclick` command called within the test's own process.

For what a verb says and does, where it opens no store: the embedded engine allows one a process, and the tests have it.
That the verb runs as a process is shown once beside.
"""

import sys
from pathlib import Path
from typing import NamedTuple

import pytest
from typer.testing import CliRunner

from afterclick.cli import main


class Said(NamedTuple):
    """What a process would have left."""

    returncode: int
    stdout: str
    stderr: str


def within(data: Path, *words: str, **environment: str) -> Said:
    """Run a verb over a data folder: its exit code and what it printed."""
    code = 0
    variables = {"AFTERCLICK_DATA": str(data), **environment}
    with pytest.MonkeyPatch.context() as patched, CliRunner().isolation(env=variables) as (out, err, _):
        patched.setattr(sys, "argv", ["afterclick", *words])
        try:
            main()
        except SystemExit as ended:
            code = int(ended.code or 0)
        sys.stdout.flush()
        sys.stderr.flush()
        said = out.getvalue().decode(), err.getvalue().decode()
    return Said(code, *said)
