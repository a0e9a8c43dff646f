"""`afterclick secrets`, as it is run."""

import os
import subprocess
import sys
from pathlib import Path

from afterclick.accounts.secrets import Secrets
from afterclick.accounts.single_sign_on import SEALED, SECRET_PURPOSE
from afterclick.settings import load


def test_a_secret_is_sealed_for_this_installation_and_stays_readable_after_a_rotation(tmp_path: Path) -> None:
    def run(verb: str, given: str = "") -> str:
        ran = subprocess.run(
            [sys.executable, "-m", "afterclick.cli", "secrets", verb],
            env=os.environ | {"AFTERCLICK_DATA": str(tmp_path)},
            input=given,
            check=True,
            capture_output=True,
            text=True,
            timeout=120,
        )
        return ran.stdout.strip()

    sealed = run("seal", "hush\n")
    run("rotate")
    opened = Secrets.open(load({"AFTERCLICK_DATA": str(tmp_path)}))
    assert opened.unseal(sealed.removeprefix(SEALED), SECRET_PURPOSE) == "hush"
    assert opened.is_stale(sealed.removeprefix(SEALED))
