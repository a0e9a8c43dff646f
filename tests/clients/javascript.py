"""JavaScript clients as their users run them: in Node, or bundled for a browser.

`python tests/clients/javascript.py` installs them.
"""

import os
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).parent
ROOT = HERE.parents[1]

sys.path.insert(0, str(ROOT))

import build_assets  # noqa: E402


def run(script: str, *arguments: str, **environment: str) -> str:
    """Run a module of this folder in Node and return what it printed; raises CalledProcessError when it fails."""
    command = [str(build_assets.node()), str(HERE / script), *arguments]
    environment = {**os.environ, **environment}
    done = subprocess.run(
        command, cwd=HERE, env=environment, capture_output=True, text=True, check=True, timeout=60
    )
    return done.stdout


def bundle(script: str) -> str:
    """A module of this folder with all it imports, as one script for a browser."""
    return run("bundle.mjs", str(HERE / script))


if __name__ == "__main__":
    build_assets.install(HERE)
