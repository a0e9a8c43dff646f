"""The browser SDK as built into `collect/sdk/`: one stable address, and immutable ones whose names carry a hash."""

import gzip
import re
from dataclasses import dataclass
from importlib import resources
from importlib.resources.abc import Traversable

from afterclick.errors import NotFound

_STABLE = b"public, max-age=300"
_IMMUTABLE = b"public, max-age=31536000, immutable"
_HASHED = re.compile(r"[-.][0-9a-f]{8,}\.")
_SCRIPT = b"text/javascript; charset=utf-8"


@dataclass(frozen=True)
class Asset:
    """A file to serve, plain and gzipped, and how long browsers may keep it."""

    media_type: bytes
    cache: bytes
    plain: bytes
    gzipped: bytes


class Assets:
    """The scripts of the SDK, read once."""

    def __init__(self, folder: Traversable | None = None) -> None:
        root = folder or resources.files("afterclick.collect").joinpath("sdk")
        found = [file for file in root.iterdir() if file.name.endswith(".js")] if root.is_dir() else []
        self._files = {file.name: _asset(file) for file in found}

    def get(self, name: str) -> Asset:
        """The script by its stable or hashed name; raises NotFound."""
        try:
            return self._files[name]
        except KeyError as error:
            hint = "see docs/sdk.md" if self._files else "the SDK is not built, run `npm run build`"
            raise NotFound(f"There is no such file of the SDK; {hint}.") from error


def _asset(file: Traversable) -> Asset:
    content = file.read_bytes()
    cache = _IMMUTABLE if _HASHED.search(file.name) else _STABLE
    return Asset(_SCRIPT, cache, content, gzip.compress(content, 9))
