"""What browsers are sent is built from everything it is made of, and is whole while it is built anew."""

import json
import subprocess
import sys
import tomllib
from pathlib import Path

ROOT = Path(__file__).parents[1]
STATIC, SDK = ROOT / "src/afterclick/web/static", ROOT / "src/afterclick/collect/sdk"


def test_whatever_the_bundles_are_made_of_makes_an_install_build_them_anew() -> None:
    keys = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["uv"]["cache-keys"]
    watched = {path for key in keys for path in ROOT.glob(key["file"]) if path.is_file()}
    sources = [ROOT / name for name in ("build_assets.py", "package.json", "package-lock.json")]
    for folder in (ROOT / "sdk", ROOT / "src" / "afterclick" / "web" / "assets"):
        sources += [path for path in folder.rglob("*") if path.is_file()]
    assert [path for path in sources if path not in watched] == []


def test_while_the_bundles_are_built_anew_those_of_before_are_whole() -> None:
    """An installation from a checkout builds in the folders that a server next to it serves from."""
    command = [sys.executable, "build_assets.py"]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.DEVNULL) as build:
        while build.poll() is None:
            web, sdk = (json.loads((folder / "manifest.json").read_text()) for folder in (STATIC, SDK))
            named = [STATIC / name for name in (*web["files"].values(), *web["fonts"])]
            named += [SDK / name for name in (sdk["entry"], sdk["immutable"], *sdk["chunks"].values())]
            assert [file for file in named if not file.is_file()] == []
    assert build.returncode == 0
    assert not list((ROOT / "node_modules/.cache").glob("built-*"))
