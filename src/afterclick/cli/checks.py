"""`afterclick doctor`: is this machine fit, is the installation sound, and what to do if not."""

import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from importlib import resources
from typing import Literal

import httpx
import msgspec

from afterclick.cli.connection import Rows, connect, is_running
from afterclick.cli.shown import ShownAside
from afterclick.clock import now_ms
from afterclick.errors import AfterclickError, Misconfigured
from afterclick.jobs import Freshness
from afterclick.settings import Settings
from afterclick.words.freshness import worries

LOW_DISK = 2_000_000_000
MOST_REASONS = 5
LONGEST_REASON = 120


@dataclass(frozen=True)
class Check:
    """One finding: what was looked at, how it is, and what it means."""

    name: str
    state: Literal["good", "attention", "trouble"]
    finding: str


class _Fresh(msgspec.Struct, frozen=True):
    freshness: tuple[Freshness, ...]


def run(settings: Settings) -> list[Check]:
    """Every check, in order of importance. Never raises."""
    folder = _folder(settings)
    return [
        *_assets(),
        folder,
        _app(settings),
        *(() if folder.state == "trouble" else (_store(settings), _set_aside(settings))),
        *_jobs(settings),
        _listening(
            "collector",
            f"http://{settings.collector_host}:{settings.collector_port}/healthz",
            "start `afterclick serve`",
        ),
    ]


def _assets() -> Iterator[Check]:
    for name, place in (("browser SDK", "collect/sdk"), ("dashboard assets", "web/static")):
        built = resources.files("afterclick").joinpath(place).joinpath("manifest.json").is_file()
        yield (
            Check(name, "good", "built")
            if built
            else Check(name, "trouble", "missing: install the wheel again, or run `make test` in a checkout")
        )


def _folder(settings: Settings) -> Check:
    name = "data folder"
    if not is_running(settings):
        from afterclick.store.backup import stop_half_restored
        from afterclick.store.control.database import must_be_begun

        try:
            stop_half_restored(settings.data)
            must_be_begun(settings)
        except AfterclickError as error:
            return Check(name, "trouble", str(error))
    from afterclick.store.folder import private_folder

    try:
        private_folder(settings.data)
        probe = settings.data / ".probe"
        probe.write_bytes(b"")
        probe.unlink()
    except Misconfigured as error:
        return Check(name, "trouble", str(error))
    except OSError as error:
        return Check(
            name, "trouble", f"{settings.data} cannot be written ({error.strerror}); set AFTERCLICK_DATA"
        )
    free = shutil.disk_usage(settings.data).free
    if free < LOW_DISK:
        return Check(name, "attention", f"{settings.data} has {free / 1e9:.1f} GB left; make room")
    return Check(name, "good", f"{settings.data.resolve()}, {free / 1e9:.0f} GB free")


def _app(settings: Settings) -> Check:
    if is_running(settings):
        return Check("app", "good", f"running, dashboard at http://{settings.host}:{settings.port}")
    return Check("app", "attention", "not running; start it with `afterclick serve`")


def _store(settings: Settings) -> Check:
    try:
        with connect(settings) as api:
            (answer,) = api.post("/query", Rows, "SELECT count() AS events FROM events", site="default")
    except AfterclickError as error:
        return Check("store", "trouble", str(error))
    return Check("store", "good", f"answers; {answer['events']:,} events of site default")


def _set_aside(settings: Settings) -> Check:
    name = "rows set aside"
    try:
        with connect(settings) as api:
            found = api.get("/aside", list[ShownAside])
    except AfterclickError as error:
        return Check(name, "trouble", str(error))
    if not found:
        return Check(name, "good", "none")
    told = [f"{row.rows:,} {row.kind}: {_short(row.reason)}" for row in found[:MOST_REASONS]]
    if len(found) > MOST_REASONS:
        told.append(f"and {len(found) - MOST_REASONS} reasons more")
    return Check(name, "attention", "\n".join((*told, "When the cause is gone: `afterclick replay`")))


def _jobs(settings: Settings) -> Iterator[Check]:
    """What is late of what jobs of the running app keep up to date for pages."""
    if not is_running(settings):
        return
    try:
        with connect(settings) as api:
            ready = api.get("/quality", _Fresh)
    except AfterclickError as error:
        yield Check("jobs", "trouble", str(error))
        return
    late = worries(ready.freshness, now_ms())
    yield Check("jobs", "attention" if late else "good", "\n".join(late) or "as often as they should")


def _short(reason: str) -> str:
    line = " ".join(reason.split())
    return line if len(line) <= LONGEST_REASON else f"{line[:LONGEST_REASON]}…"


def _listening(name: str, url: str, remedy: str) -> Check:
    try:
        httpx.get(url, timeout=3).raise_for_status()
    except httpx.HTTPError:
        return Check(name, "attention", f"nothing answers at {url}; {remedy}")
    return Check(name, "good", f"answers at {url}")
