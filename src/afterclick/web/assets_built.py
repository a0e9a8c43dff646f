"""The bundle that the build made: names with their hashes, and the icons that templates use."""

from functools import cached_property
from importlib import resources
from pathlib import Path

import msgspec
from markupsafe import Markup

from afterclick.errors import Misconfigured

STATIC = Path(str(resources.files("afterclick.web") / "static"))


class Manifest(msgspec.Struct, frozen=True):
    """What `build.mjs` writes: entry to hashed file, fonts to load early, icon to SVG."""

    files: dict[str, str]
    fonts: list[str]
    icons: dict[str, str]


class Assets:
    """Finds built files by their plain names."""

    def __init__(self, folder: Path = STATIC) -> None:
        self._folder = folder

    @cached_property
    def manifest(self) -> Manifest:
        """The build's manifest.

        Raises Misconfigured when the assets have not been built.
        """
        try:
            return msgspec.json.decode((self._folder / "manifest.json").read_bytes(), type=Manifest)
        except FileNotFoundError as error:
            raise Misconfigured(
                "The dashboard's assets are not built; run `python build_assets.py`."
            ) from error

    def url(self, name: str) -> str:
        """Where browsers find a file, such as main.css."""
        return f"/static/{self.manifest.files[name]}"

    def fonts(self) -> list[str]:
        """Where browsers find the fonts that first paint needs."""
        return [f"/static/{name}" for name in self.manifest.fonts]

    def icon(self, name: str) -> Markup:
        """An icon as inline SVG, hidden from ears: words stand beside it."""
        return Markup(self.manifest.icons[name])  # noqa: S704 - our own build's output
