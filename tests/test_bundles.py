import tomllib
from pathlib import Path

ROOT = Path(__file__).parents[1]


def test_whatever_the_bundles_are_made_of_makes_an_install_build_them_anew() -> None:
    keys = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["uv"]["cache-keys"]
    watched = {path for key in keys for path in ROOT.glob(key["file"]) if path.is_file()}
    sources = [ROOT / name for name in ("build_assets.py", "package.json", "package-lock.json")]
    for folder in (ROOT / "sdk", ROOT / "src" / "afterclick" / "web" / "assets"):
        sources += [path for path in folder.rglob("*") if path.is_file()]
    assert [path for path in sources if path not in watched] == []
