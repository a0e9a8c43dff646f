"""What AFTERCLICK_STORE names: a folder for the embedded engine, or a server."""

from pathlib import Path
from urllib.parse import SplitResult, unquote, urlsplit

from afterclick.errors import Misconfigured
from afterclick.settings import Settings


class SignalsDsn:
    """The signals DSN of some settings; raises Misconfigured when it is none of ours."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._parts = urlsplit(settings.signals_dsn)
        if (self.is_server and not self._parts.hostname) or self._parts.scheme not in _SCHEMES:
            raise Misconfigured(
                "AFTERCLICK_STORE must be chdb:///folder, clickhouse://host or clickhouses://host."
            )
        self.folder = None if self.is_server else _folder(self._parts)
        """Where the embedded engine keeps its files, None for a server."""

    @property
    def is_server(self) -> bool:
        """Whether it names a server, which other processes use too."""
        return self._parts.scheme != "chdb"

    def options(self) -> dict[str, object]:
        """What `clickhouse_connect.get_client` is given to reach it."""
        if self.folder:
            return {"interface": "chdb", "path": str(self.folder), "chdb_options": self._engine_options()}
        secure = self._parts.scheme == "clickhouses"
        return {
            "interface": "https" if secure else "http",
            "host": self._parts.hostname,
            "port": self._parts.port or (8443 if secure else 8123),
            "username": self.user,
            "password": self.password,
            "database": self._parts.path.strip("/") or "default",
            "autogenerate_session_id": False,
            # In the body: a proxy would cut a long address, and some write addresses into their log.
            "form_encode_query_params": True,
        }

    @property
    def user(self) -> str:
        """Who signs in at the server."""
        return unquote(self._parts.username or "default")

    @property
    def password(self) -> str:
        """That user's password, empty for none."""
        return unquote(self._parts.password or "")

    def __str__(self) -> str:
        """Without its user and password."""
        parts = self._parts
        port = f":{parts.port}" if parts.port else ""
        return f"{parts.scheme}://{parts.hostname or ''}{port}{parts.path}"

    def _engine_options(self) -> dict[str, int]:
        # Limits in the DSN are ignored; only these options reach the embedded engine.
        return {
            "max_server_memory_usage": self._settings.store_memory_bytes,
            "mark_cache_size": 64_000_000,
            "index_mark_cache_size": 16_000_000,
            "primary_index_cache_size": 64_000_000,
            "background_pool_size": 2,
        }


_SCHEMES = ("chdb", "clickhouse", "clickhouses")


def _folder(parts: SplitResult) -> Path:
    if parts.netloc or not parts.path.startswith("/"):
        raise Misconfigured(
            "AFTERCLICK_STORE must name a folder from the root, such as chdb:///var/lib/afterclick."
        )
    return Path(unquote(parts.path))
