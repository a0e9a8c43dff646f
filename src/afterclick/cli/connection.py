"""How verbs reach an installation: by `/api/v1`, on the socket of a running app, else on one that this process opens.

A verb imports the room whose types its answer has, so that none waits for rooms that it has nothing to do with.
"""

from __future__ import annotations

from collections.abc import Generator
from contextlib import ExitStack, contextmanager
from typing import TYPE_CHECKING, Any, TypeVar

import httpx
import msgspec

from afterclick.errors import AfterclickError, InvalidInput, Misconfigured, Unavailable

if TYPE_CHECKING:
    from pathlib import Path

    from afterclick.settings import Settings
    from afterclick.store.backup import Frozen

T = TypeVar("T")

_PREFIX = "/api/v1"
_PATIENCE_S = 120


class Api:
    """`/api/v1` of one installation, asked as the machine that it runs on. Raises what the app says as one sentence."""

    def __init__(self, client: httpx.Client) -> None:
        self._client = client

    def get(self, path: str, into: type[T], **query: str) -> T:
        """The answer to a question, decoded."""
        return msgspec.json.decode(self.send("GET", path, **query).content, type=into)

    def post(self, path: str, into: type[T], body: object = None, **query: str) -> T:
        """The answer to something that was asked for, decoded."""
        return msgspec.json.decode(self.send("POST", path, body, **query).content, type=into)

    def put(self, path: str, into: type[T], body: object, **query: str) -> T:
        """The same for something that was changed."""
        return msgspec.json.decode(self.send("PUT", path, body, **query).content, type=into)

    def send(
        self, method: str, path: str, body: object = None, accept: str = "application/json", **query: str
    ) -> httpx.Response:
        """One request; `body` goes as JSON, or as text when it is one."""
        with self.stream(method, path, body, accept, **query) as answer:
            answer.read()
            return answer

    @contextmanager
    def stream(
        self, method: str, path: str, body: object = None, accept: str = "application/json", **query: str
    ) -> Generator[httpx.Response]:
        """The same, to be read bit by bit."""
        headers = {"accept": accept, "accept-encoding": "identity"}
        content = (
            body.encode() if isinstance(body, str) else b"" if body is None else msgspec.json.encode(body)
        )
        try:
            with self._client.stream(
                method, _PREFIX + path, content=content, headers=headers, params=query
            ) as answer:
                if not answer.is_success:
                    answer.read()
                    raise _refusal(answer)
                yield answer
        except httpx.HTTPError as error:
            raise Unavailable(f"The running app does not answer ({error}); see its log.") from error


@contextmanager
def connect(settings: Settings, *, beginning: bool = False) -> Generator[Api]:
    """The API of the installation of the settings, for the length of the block.

    Raises Misconfigured when the folder cannot be opened, or holds none; `beginning` one makes it then.
    """
    with ExitStack() as stack:
        place = settings.socket if is_running(settings) else _opened(stack, settings, beginning)
        yield Api(stack.enter_context(_client(place)))


def _opened(stack: ExitStack, settings: Settings, beginning: bool) -> Path:
    """The socket of the installation, opened by this process as long as the stack."""
    from afterclick.app.answering import (
        answering_alone,  # takes its time, and is only needed when no app runs
    )

    try:
        return stack.enter_context(answering_alone(settings, beginning=beginning))
    except Misconfigured:
        if not is_running(settings):
            raise
        return settings.socket  # an app that was only starting answers by now


@contextmanager
def remotely_frozen(settings: Settings) -> Generator[Frozen]:
    """The tables of the running app as of now; their files are there until the block ends, or the app does."""
    from afterclick.store.backup import Frozen

    with _client(settings.socket) as client, Api(client).stream("GET", "/frozen") as answer:
        lines = (
            answer.iter_lines()
        )  # kept: the connection closes with it, and then the app lets go of the tables
        yield msgspec.json.decode(next(lines), type=Frozen)


def is_running(settings: Settings) -> bool:
    """Whether an app owns the data folder now."""
    if not settings.socket.exists():
        return False
    with _client(settings.socket) as client:
        try:
            return client.get("/healthz").is_success
        except httpx.HTTPError:
            return False


def _client(place: Path) -> httpx.Client:
    transport = httpx.HTTPTransport(uds=str(place))
    return httpx.Client(transport=transport, base_url="http://localhost", timeout=_PATIENCE_S)


class _Refusal(msgspec.Struct):
    detail: str


def _refusal(answer: httpx.Response) -> AfterclickError:
    try:
        return InvalidInput(msgspec.json.decode(answer.content, type=_Refusal).detail)
    except msgspec.DecodeError:
        return Unavailable(f"The running app failed with HTTP {answer.status_code}; see its log.")


def quoted(part: str) -> str:
    """A part of a path; raises InvalidInput for one that names nothing."""
    from urllib.parse import quote

    if not part.strip():
        raise InvalidInput("Say which one: what was given is empty.")

    return quote(part, safe="")


ARROW = "application/vnd.apache.arrow.stream"
Rows = list[dict[str, Any]]
"""An answer of `/query`."""
