"""How verbs reach an installation: over the socket of a running app, else by opening the folder themselves.

A question imports the room whose types its answer has, so that no verb waits for rooms that it has nothing to do with.
"""

from __future__ import annotations

import time
from collections.abc import Generator, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Protocol, TypeVar
from urllib.parse import quote, urlencode

import httpx
import msgspec

from afterclick.errors import AfterclickError, InvalidInput, Unavailable

if TYPE_CHECKING:
    import pyarrow as pa

    from afterclick.accounts import Key, NewKey, Site
    from afterclick.accounts.site_privacy import SiteRules
    from afterclick.customers import Node
    from afterclick.customers.privacy import Found
    from afterclick.customers.requests import Request
    from afterclick.journeys import VisitRow
    from afterclick.resolve import Problem
    from afterclick.settings import Settings
    from afterclick.store.backup import Frozen
    from afterclick.store.drain.replay import Replayed, Standing

T = TypeVar("T")

_ERASING_POLL_S = 0.3


class Connection(Protocol):
    """What verbs may ask."""

    def site(self, site: str) -> Site: ...
    def problems(self, site: str) -> list[Problem]: ...
    def visits(self, site: str, limit: int) -> list[VisitRow]: ...
    def query(self, site: str, sql: str) -> pa.Table: ...
    def keys(self, site: str) -> list[Key]: ...
    def create_key(
        self, site: str, name: str, capabilities: list[str], origins: list[str], browsers_only: bool
    ) -> NewKey: ...
    def rotate_key(self, site: str, prefix: str, overlap_hours: float) -> NewKey: ...
    def restrict_key(self, site: str, prefix: str, origins: list[str], browsers_only: bool) -> Key: ...
    def revoke_key(self, site: str, prefix: str) -> None: ...
    def part(self, site: str, one: Node, other: Node) -> None: ...
    def join(self, site: str, one: Node, other: Node) -> None: ...
    def set_aside(self) -> list[Standing]: ...
    def replay(self, reason: str) -> Replayed: ...
    def find_person(self, site: str, who: str) -> Found: ...
    def export_person(self, site: str, who: str, to: Path) -> Request: ...
    def erase_person(self, site: str, who: str) -> Iterator[Request]: ...
    def allow_person(self, site: str, who: str) -> int: ...
    def privacy_requests(self, site: str) -> Sequence[Request]: ...
    def privacy_rules(self, site: str) -> SiteRules: ...
    def set_privacy_rules(self, site: str, rules: SiteRules) -> None: ...


class Remote:
    """A running app, over its socket."""

    def __init__(self, client: httpx.Client) -> None:
        self._client = client

    def site(self, site: str) -> Site:
        """One site; raises NotFound."""
        from afterclick.accounts import Site

        return self._ask("GET", f"/{site}/site", Site)

    def problems(self, site: str) -> list[Problem]:
        """Problems of the site."""
        from afterclick.resolve import Problem

        return self._ask("GET", f"/{site}/problems", list[Problem])

    def visits(self, site: str, limit: int) -> list[VisitRow]:
        """The newest visits."""
        from afterclick.journeys import VisitRow

        return self._ask("GET", f"/{site}/visits?limit={limit}", list[VisitRow])

    def query(self, site: str, sql: str) -> pa.Table:
        """The answer to one SELECT."""
        import pyarrow as pa

        with pa.ipc.open_stream(self._send("POST", f"/{site}/query", content=sql.encode()).content) as reader:
            return reader.read_all()

    def keys(self, site: str) -> list[Key]:
        """Write keys of the site."""
        from afterclick.accounts import Key

        return self._ask("GET", f"/{site}/keys", list[Key])

    def create_key(
        self, site: str, name: str, capabilities: list[str], origins: list[str], browsers_only: bool
    ) -> NewKey:
        """Make a write key."""
        from afterclick.accounts import NewKey

        wanted = {
            "name": name,
            "capabilities": capabilities,
            "origins": origins,
            "browsers_only": browsers_only,
        }
        return self._ask("POST", f"/{site}/keys", NewKey, msgspec.json.encode(wanted))

    def rotate_key(self, site: str, prefix: str, overlap_hours: float) -> NewKey:
        """Put a new key in the place of one."""
        from afterclick.accounts import NewKey

        wanted = msgspec.json.encode({"overlap_hours": overlap_hours})
        return self._ask("POST", f"/{site}/keys/{quote(prefix, safe='')}/rotate", NewKey, wanted)

    def restrict_key(self, site: str, prefix: str, origins: list[str], browsers_only: bool) -> Key:
        """Set what a key is for."""
        from afterclick.accounts import Key

        wanted = msgspec.json.encode({"origins": origins, "browsers_only": browsers_only})
        return self._ask("PUT", f"/{site}/keys/{quote(prefix, safe='')}", Key, wanted)

    def revoke_key(self, site: str, prefix: str) -> None:
        """End a write key."""
        self._send("DELETE", f"/{site}/keys/{quote(prefix, safe='')}")

    def set_aside(self) -> list[Standing]:
        """Rows that the store refused."""
        from afterclick.store.drain.replay import Standing

        return self._ask("GET", "/aside", list[Standing])

    def replay(self, reason: str) -> Replayed:
        """Send them again."""
        from afterclick.store.drain.replay import Replayed

        return self._ask("POST", f"/replay?{urlencode({'reason': reason})}", Replayed)

    def part(self, site: str, one: Node, other: Node) -> None:
        """Let the link between two nodes count no more."""
        self._send("POST", f"/{site}/parted", msgspec.json.encode({"one": str(one), "other": str(other)}))

    def join(self, site: str, one: Node, other: Node) -> None:
        """Let it count again."""
        self._send("POST", f"/{site}/joined", msgspec.json.encode({"one": str(one), "other": str(other)}))

    def find_person(self, site: str, who: str) -> Found:
        """A person and their records."""
        from afterclick.customers.privacy import Found

        return self._ask("POST", f"/{site}/privacy/found", Found, _who(who))

    def export_person(self, site: str, who: str, to: Path) -> Request:
        """Have the app write an archive of their records to a file."""
        from afterclick.customers.requests import Request

        wanted = msgspec.json.encode({"who": who, "to": str(to.resolve())})
        return self._ask("POST", f"/{site}/privacy/exported", Request, wanted)

    def erase_person(self, site: str, who: str) -> Iterator[Request]:
        """Have the app erase them; yields the request whenever it has moved on, until it is done."""
        from afterclick.customers.requests import Request

        last = self._ask("POST", f"/{site}/privacy/erased", Request, _who(who))
        yield last
        while last.status != "done":
            time.sleep(_ERASING_POLL_S)
            now = next(one for one in self.privacy_requests(site) if one.id == last.id)
            if now != last:
                yield now
            last = now

    def allow_person(self, site: str, who: str) -> int:
        """Let their ids come in again."""
        return self._ask("POST", f"/{site}/privacy/allowed", int, _who(who))

    def privacy_requests(self, site: str) -> Sequence[Request]:
        """Exports and erasures."""
        from afterclick.customers.requests import Request

        return self._ask("GET", f"/{site}/privacy/requests", list[Request])

    def privacy_rules(self, site: str) -> SiteRules:
        """What the site decided about personal data."""
        from afterclick.accounts.site_privacy import SiteRules

        return self._ask("GET", f"/{site}/privacy/rules", SiteRules)

    def set_privacy_rules(self, site: str, rules: SiteRules) -> None:
        """Decide anew."""
        self._send("PUT", f"/{site}/privacy/rules", msgspec.json.encode(rules))

    def _ask(self, method: str, path: str, into: type[T], content: bytes | None = None) -> T:
        return msgspec.json.decode(self._send(method, path, content).content, type=into)

    def _send(self, method: str, path: str, content: bytes | None = None) -> httpx.Response:
        headers = {"Content-Type": "application/json"} if content is not None else {}
        try:
            answer = self._client.request(method, path, content=content, headers=headers)
        except httpx.HTTPError as error:
            raise Unavailable(f"The running app does not answer ({error}); see its log.") from error
        if answer.is_error:
            raise _refusal(answer)
        return answer


def _who(who: str) -> bytes:
    return msgspec.json.encode({"who": who})


@contextmanager
def connect(settings: Settings) -> Generator[Connection]:
    """A connection to the installation of the settings, for the length of the block.

    Raises Misconfigured when the folder cannot be opened.
    """
    if is_running(settings):
        with _client(settings) as client:
            yield Remote(client)
        return
    from afterclick.app import Installation  # takes its time, and is only needed when no app runs

    installation = Installation.open(settings)
    try:
        yield installation
    finally:
        installation.close()


@contextmanager
def remotely_frozen(settings: Settings) -> Generator[Frozen]:
    """The tables of the running app as of now; their files are there until the block ends, or the app does."""
    from afterclick.store.backup import Frozen

    with _client(settings) as client, client.stream("GET", "/frozen") as answer:
        if answer.is_error:
            answer.read()
            raise _refusal(answer)
        lines = (
            answer.iter_lines()
        )  # kept: the connection closes with it, and then the app lets go of the tables
        yield msgspec.json.decode(next(lines), type=Frozen)


def is_running(settings: Settings) -> bool:
    """Whether an app owns the data folder now."""
    if not settings.socket.exists():
        return False
    with _client(settings) as client:
        try:
            return client.get("/alive").is_success
        except httpx.HTTPError:
            return False


def _client(settings: Settings) -> httpx.Client:
    transport = httpx.HTTPTransport(uds=str(settings.socket))
    return httpx.Client(transport=transport, base_url="http://app", timeout=120)


def _refusal(answer: httpx.Response) -> AfterclickError:
    try:
        said = msgspec.json.decode(answer.content, type=dict[str, str])
    except msgspec.DecodeError:
        return Unavailable(f"The running app failed with HTTP {answer.status_code}; see its log.")
    return InvalidInput(said.get("message", f"The running app refused with HTTP {answer.status_code}."))
