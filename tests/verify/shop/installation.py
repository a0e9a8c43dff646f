"""The virtual environment of the shop, apart from the product's: `python tests/verify/shop/installation.py`.

What it holds is locked, with hashes, in requirements.txt.
"""

import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).parent
ENVIRONMENT = HERE.parents[2] / ".venv" / "shop"


def program(name: str) -> Path:
    """A program of the shop's environment; raises FileNotFoundError when it was not installed."""
    path = ENVIRONMENT / "bin" / name
    if not path.exists():
        raise FileNotFoundError("The shop is not installed: run `make verify` once.")
    return path


def install() -> None:
    """Make the environment anew; raises CalledProcessError when a package cannot be had."""
    uv = [str(Path(sys.executable).with_name("uv"))]
    subprocess.run([*uv, "venv", "--quiet", "--clear", "--python", sys.executable, ENVIRONMENT], check=True)
    pip = [*uv, "pip", "install", "--quiet", "--python", program("python"), "--require-hashes"]
    subprocess.run([*pip, "--requirement", HERE / "requirements.txt"], check=True)


if __name__ == "__main__":
    install()
