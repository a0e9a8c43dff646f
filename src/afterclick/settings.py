"""Settings: one table of rows (name, default, help), read from AFTERCLICK_… variables, then a TOML file, then defaults.

The table is the documentation: `docs/settings.md` is checked against it by a test, and Settings, Installation is drawn
from it.
"""

import os
import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from afterclick.errors import Misconfigured

CountedIn = Literal[
    "", "bytes", "days", "hours", "seconds", "rows a second", "connections", "values", "yes or no"
]


@dataclass(frozen=True)
class Setting:
    """One row of the table: `name` as in TOML and, upper-cased behind AFTERCLICK_, in the environment.

    A `secret` is never shown: of a DSN the password, of anything else all of it. `nothing` says in words what an empty
    text or a 0 means.
    """

    name: str
    default: str | int
    help: str
    secret: bool = False
    unit: CountedIn = ""
    nothing: str = ""

    @property
    def variable(self) -> str:
        return f"AFTERCLICK_{self.name.upper()}"


@dataclass(frozen=True)
class Group:
    """Settings that belong together, and what they are about."""

    name: str
    about: str
    settings: tuple[Setting, ...]


_STORAGE = (
    Setting(
        "data",
        "./afterclick-data",
        "Folder for everything embedded: store, control data, spool, scratch files.",
    ),
    Setting(
        "store",
        "",
        "Signals DSN: empty for the embedded engine, or clickhouse://user@host:8123/database.",
        secret=True,
        nothing="the embedded engine",
    ),
    Setting(
        "cluster",
        "",
        "Name of a ClickHouse cluster for which `afterclick schema` prints the tables.",
        nothing="none",
    ),
    Setting(
        "database",
        "",
        "Control data DSN: empty for SQLite in the data folder, or postgresql://user@host/database.",
        secret=True,
        nothing="SQLite in the data folder",
    ),
    Setting(
        "secret_key",
        "",
        "Keys for secrets at rest, by commas, newest first: each 32 bytes in base64; empty: `secret.key` in the data.",
        secret=True,
        nothing="`secret.key` in the data folder",
    ),
    Setting(
        "retention_days",
        395,
        "Days that events and spans are kept; older times are refused at the door.",
        unit="days",
    ),
    Setting(
        "spool_budget_bytes",
        2_147_483_648,
        "Disk the spool may use before the collector answers 503, in bytes.",
        unit="bytes",
    ),
    Setting(
        "store_memory_bytes", 1_200_000_000, "Memory the embedded engine may use, in bytes.", unit="bytes"
    ),
    Setting(
        "query_memory_bytes",
        500_000_000,
        "Memory one query may use before it spills or fails, in bytes.",
        unit="bytes",
    ),
)

_DASHBOARD = (
    Setting("host", "127.0.0.1", "Address the dashboard listens on."),
    Setting("port", 8400, "Port of the dashboard and its API."),
    Setting(
        "allowed_hosts",
        "",
        "Names the dashboard answers to besides localhost and addresses, by commas, e.g. afterclick.example; *: any.",
        nothing="localhost and addresses only",
    ),
    Setting(
        "open_on_loopback",
        0,
        "1: who reaches the dashboard is signed in as this machine; only while host is a loopback address.",
        unit="yes or no",
    ),
    Setting("session_idle_hours", 12, "Hours after which a session that nobody uses ends.", unit="hours"),
    Setting(
        "session_longest_hours",
        168,
        "Hours after which a session ends, however much it is used.",
        unit="hours",
    ),
    Setting(
        "require_second_factor",
        0,
        "1: who signs in with a password has to take a second factor before anything opens.",
        unit="yes or no",
    ),
)

_OPENID_CONNECT = (
    Setting(
        "oidc_issuer",
        "",
        "Issuer of your OpenID Connect provider, e.g. https://id.example; empty: no button on the sign-in page.",
        nothing="none",
    ),
    Setting("oidc_client_id", "", "What the provider calls this installation.", nothing="none"),
    Setting(
        "oidc_client_secret",
        "",
        "What the provider knows it by; as it is, or as `afterclick secrets seal` prints it.",
        secret=True,
        nothing="none",
    ),
    Setting(
        "oidc_domains",
        "",
        "E-mail domains whose people may come in by the provider, by commas; empty: any, of those who have an account.",
        nothing="any, of those who have an account",
    ),
    Setting(
        "oidc_role",
        "",
        "Role on every site of people whom the provider knows and we do not, e.g. marketing; empty: they stay out.",
        nothing="none: newcomers stay out",
    ),
)

_COLLECTOR = (
    Setting("collector_host", "127.0.0.1", "Address the collector listens on."),
    Setting("collector_port", 4318, "Port of the collector (the OTLP/HTTP port)."),
    Setting("grpc_port", 4317, "Port of the collector for OTLP/gRPC; 0: none.", nothing="none"),
    Setting(
        "hooks",
        "",
        "Folder of webhook sources, one SOURCE.toml each; empty: `hooks` in the data folder.",
        nothing="`hooks` in the data folder",
    ),
)

_LIMITS = (
    Setting("max_body_bytes", 1_048_576, "Largest request body as sent, in bytes.", unit="bytes"),
    Setting(
        "max_decoded_bytes", 8_388_608, "Largest request body after decompression, in bytes.", unit="bytes"
    ),
    Setting(
        "key_rate",
        100_000,
        "Rows a second that one write key may send before the collector answers 429; 0: any.",
        unit="rows a second",
        nothing="any",
    ),
    Setting(
        "address_rate",
        20_000,
        "Rows a second that one address may send; a request counts at least as one row, and what cannot be read ten "
        "times; 0: any.",
        unit="rows a second",
        nothing="any",
    ),
    Setting(
        "connections",
        2_000,
        "Connections that each server holds at once; the next is turned away; 0: any.",
        unit="connections",
        nothing="any number",
    ),
    Setting(
        "address_connections",
        256,
        "Connections that each server holds at once with one address that is no trusted proxy; 0: any.",
        unit="connections",
        nothing="any number",
    ),
    Setting(
        "head_seconds",
        10,
        "Seconds that the line and headers of a request may take to arrive.",
        unit="seconds",
    ),
    Setting("body_seconds", 30, "Seconds that the body of a request may take to arrive.", unit="seconds"),
)

_NETWORK = (
    Setting(
        "trusted_proxies",
        "",
        "Networks of your own proxies, by commas; from these alone X-Forwarded-For and X-Forwarded-Proto are believed.",
        nothing="none",
    ),
    Setting(
        "outbound_allow",
        "",
        "Private networks that calls to addresses somebody typed in may reach, by commas, e.g. 10.1.0.0/16.",
        nothing="none",
    ),
)

_PLACES_AND_PAGES = (
    Setting(
        "country_header",
        "",
        "Request header in which your proxy or CDN passes the visitor's country code.",
        nothing="none",
    ),
    Setting(
        "geo_file",
        "",
        "MaxMind-format file (.mmdb) that gives an address its country and region; empty: neither is looked up.",
        nothing="none",
    ),
    Setting(
        "kept_query",
        "",
        "Parameters of page addresses that page views keep, by commas, besides utm_…; all others are dropped.",
        nothing="none besides utm_…",
    ),
    Setting(
        "route_rules",
        "",
        "Page patterns that you prescribe, by semicolons: `/p/* -> /p/:id`, for one site `shop /p/* -> /p/:id`; "
        "`/p/* -> =` keeps each path as it is. A rule counts for page views that come in after the restart.",
        nothing="none",
    ),
    Setting(
        "route_values",
        200,
        "Distinct values of one path position after which it is written :slug in any case; 0: nothing is learned.",
        unit="values",
        nothing="never",
    ),
)

_NEW_SITES = (
    Setting(
        "timezone",
        "UTC",
        "Zone in which a new site's days are drawn, e.g. Europe/Prague; set-up asks for it.",
    ),
    Setting("currency", "EUR", "Currency of a new site's money; set-up asks for it."),
)

GROUPS: tuple[Group, ...] = (
    Group("Storage", "what is kept, where, for how long, and the memory and disk it may take", _STORAGE),
    Group("Dashboard", "where it listens, and how long people stay signed in", _DASHBOARD),
    Group("OpenID Connect", "signing in with a company account", _OPENID_CONNECT),
    Group("Collector", "where data comes in by", _COLLECTOR),
    Group("Limits", "what one request, key, address or connection may take", _LIMITS),
    Group("Network", "whose word is believed, and what may be called", _NETWORK),
    Group("Places and pages", "what is read out of a visitor's address and a page's", _PLACES_AND_PAGES),
    Group("New sites", "what a site begins with", _NEW_SITES),
)

SETTINGS: tuple[Setting, ...] = tuple(row for group in GROUPS for row in group.settings)


Origin = Literal["environment", "file", "default"]

_PASSWORD = re.compile(r"(?<=://)([^/@:]*):.*(?=@)|(?<=[?&])(password)=[^&]*")
MASK = "•••"


def without_password(dsn: str) -> str:
    """The DSN as it may be shown."""
    return _PASSWORD.sub(
        lambda found: f"{found[1]}:{MASK}" if found[2] is None else f"{found[2]}={MASK}", dsn
    )


@dataclass(frozen=True)
class InForce:
    """One setting as it is in force: `value` as it may be shown, and where it came from."""

    name: str
    variable: str
    value: str
    origin: Origin
    help: str


@dataclass(frozen=True)
class Settings:
    """The settings in force; build with `load`. `origins` tells where those came from that are not defaults, `file` the
    file that was read, if there was one.
    """

    data: Path
    store: str
    cluster: str
    database: str
    secret_key: str = field(repr=False)
    host: str
    port: int
    allowed_hosts: str
    oidc_issuer: str
    oidc_client_id: str
    oidc_client_secret: str = field(repr=False)
    oidc_domains: str
    oidc_role: str
    outbound_allow: str
    collector_host: str
    collector_port: int
    grpc_port: int
    max_body_bytes: int
    max_decoded_bytes: int
    key_rate: int
    address_rate: int
    connections: int
    address_connections: int
    head_seconds: int
    body_seconds: int
    spool_budget_bytes: int
    retention_days: int
    store_memory_bytes: int
    query_memory_bytes: int
    country_header: str
    kept_query: str
    geo_file: str
    trusted_proxies: str
    route_rules: str
    route_values: int
    hooks: str
    open_on_loopback: int
    session_idle_hours: int
    session_longest_hours: int
    require_second_factor: int
    timezone: str
    currency: str
    origins: Mapping[str, Origin] = field(default_factory=dict[str, Origin])
    file: Path = Path("afterclick.toml")

    def in_force(self) -> list[InForce]:
        """Every setting in the order of the table, secrets masked."""
        return [
            InForce(row.name, row.variable, self._shown(row), self.origins.get(row.name, "default"), row.help)
            for row in SETTINGS
        ]

    def _shown(self, row: Setting) -> str:
        value = str(getattr(self, row.name))
        if not row.secret or not value:
            return value
        return without_password(value) if "://" in value else MASK

    @property
    def temporary(self) -> Path:
        return self.data / "tmp"

    @property
    def spool(self) -> Path:
        return self.data / "spool"

    @property
    def hooks_folder(self) -> Path:
        return Path(self.hooks) if self.hooks else self.data / "hooks"

    @property
    def socket(self) -> Path:
        return self.data / "app.sock"

    @property
    def signals_dsn(self) -> str:
        return self.store or f"chdb://{(self.data / 'signals').resolve()}"

    @property
    def control_dsn(self) -> str:
        return self.database or f"sqlite:///{(self.data / 'control.db').resolve()}"


def load(environment: Mapping[str, str] | None = None, file: Path | None = None) -> Settings:
    """Read the settings in force: environment first, then `file` (default ./afterclick.toml), then defaults.

    Raises Misconfigured when the file is not TOML, names an unknown setting, or a number is not one.
    """
    environment = os.environ if environment is None else environment
    path = file or Path(environment.get("AFTERCLICK_CONFIG", "afterclick.toml"))
    from_file = _read(path)
    values: dict[str, str | int] = {}
    origins: dict[str, Origin] = {}
    for row in SETTINGS:
        raw = environment.get(row.variable, from_file.get(row.name, row.default))
        values[row.name] = _number(row, raw) if isinstance(row.default, int) else str(raw)
        if row.variable in environment or row.name in from_file:
            origins[row.name] = "environment" if row.variable in environment else "file"
    return Settings(**{**values, "data": Path(str(values["data"])), "origins": origins, "file": path})  # pyright: ignore[reportArgumentType]


def _read(path: Path) -> dict[str, str | int]:
    if not path.is_file():
        return {}
    try:
        found = tomllib.loads(path.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise Misconfigured(f"{path} is not valid TOML: {error}.") from error
    unknown = found.keys() - {row.name for row in SETTINGS}
    if unknown:
        raise Misconfigured(
            f"{path} names unknown settings: {', '.join(sorted(unknown))}; see docs/settings.md."
        )
    return found


def _number(row: Setting, raw: str | int) -> int:
    try:
        return int(raw)
    except ValueError as error:
        raise Misconfigured(f"{row.variable} must be a whole number, not {raw!r}.") from error
