"""The sources of webhooks: one TOML file each, a mapping with a table `hook` that says whose data it is and the secret.

A file that is added, changed or removed counts from the next request on.
"""

import re
import tomllib
from collections import OrderedDict
from dataclasses import dataclass
from pathlib import Path

import msgspec
import structlog

from afterclick.collect.mapping.mapping import Mapping
from afterclick.errors import InvalidInput, Unavailable
from afterclick.store.holding import Held, Holding

_log = structlog.get_logger("afterclick.collect")
_NAME = re.compile(r"[a-z0-9][a-z0-9_-]{0,62}")
_LARGEST = 65_536
_REMEMBERED = 256
_LEAST_SECRET = 16


class _Hook(msgspec.Struct, forbid_unknown_fields=True):
    """The table `hook`."""

    secret: str
    site: str = "default"
    header: str = "X-Afterclick-Signature"


@dataclass(frozen=True)
class HookSource:
    """A source as read: which site its events belong to, and how it signs. `header` is in lower case."""

    name: str
    site: str
    secret: bytes
    header: bytes
    mapping: Mapping


HOOKS = Holding("files", "hooks", Held("how webhooks are read: configuration"))


class HookSources:
    """The sources in a folder, each read again when its file has changed; without a folder there are none."""

    def __init__(self, folder: Path | None = None) -> None:
        self._folder = folder
        self._known: OrderedDict[str, tuple[tuple[int, int], HookSource]] = OrderedDict()

    def find(self, name: str) -> HookSource | None:
        """A source by its name, None when there is none.

        Raises Unavailable when its file cannot be used, so that the sender tries again once it is mended; why stands in
        the log, for whoever asks may be anybody.
        """
        if self._folder is None or not _NAME.fullmatch(name):
            return None
        file = self._folder / f"{name}.toml"
        try:
            found = file.stat()
        except FileNotFoundError:
            return None
        except OSError as error:
            raise _unusable(name, str(error)) from error
        version = (found.st_mtime_ns, found.st_size)
        known = self._known.get(name)
        if known is None or known[0] != version:
            known = version, _read(name, file)
            self._known[name] = known
            if len(self._known) > _REMEMBERED:
                self._known.popitem(last=False)
        return known[1]


def _read(name: str, file: Path) -> HookSource:
    try:
        with file.open("rb") as content:
            table = tomllib.loads(content.read(_LARGEST).decode("utf-8"))
        hook = msgspec.convert(table.pop("hook", None), _Hook)
        if len(hook.secret) < _LEAST_SECRET:
            raise InvalidInput(f"the secret has fewer than {_LEAST_SECRET} characters.")
        mapping = Mapping.of(table, file.name)
    except (OSError, ValueError, msgspec.ValidationError, InvalidInput) as error:
        raise _unusable(name, str(error)) from error
    header = hook.header.strip().lower().encode("latin-1", "replace")
    return HookSource(name, hook.site, hook.secret.encode(), header, mapping)


def _unusable(name: str, why: str) -> Unavailable:
    _log.warning("the file of a webhook source cannot be used", source=name, reason=why)
    return Unavailable("This source cannot be used just now; the log of the collector says why.")
