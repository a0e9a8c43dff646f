"""A stand-in for a ClickHouse server, for tests alone: `python tests/store/front.py FOLDER PORT [USER PASSWORD]`.

ClickHouse's own engine (chDB) over a folder, behind as much of ClickHouse's HTTP interface as clickhouse-connect's
client speaks: parameters `param_x`, settings as query parameters, the statement in the query, the body or a form,
inserts whose data is the body, compressed answers, sessions, errors with their code in a header. It proves what our
client sends and reads, and nothing about a server.

Source of what it speaks: https://clickhouse.com/docs/interfaces/http
"""

import base64
import gzip
import json
import re
import secrets
import socket
import subprocess
import sys
import tempfile
import threading
import time
import uuid
from collections.abc import Generator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol, cast

import chdb
import uvicorn
from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

_OURS = {"query", "database", "session_id", "query_id", "wait_end_of_query", "enable_http_compression", "compress",
         "client_protocol_version", "send_progress_in_http_headers", "http_headers_progress_interval_ms", "role",
         "session_timeout", "session_check", "quota_key", "user", "password"}  # fmt: skip
_INSERT = re.compile(rb"\s*INSERT\s+INTO\s+(?P<into>.*?)\s+FORMAT\s+(?P<format>\w+)\s*", re.I | re.S)
_FORMAT = re.compile(r"\bFORMAT\s+(\w+)\s*;?\s*$", re.I)
_ANSWERS = re.compile(r"\s*(/\*.*?\*/\s*)*(SELECT|WITH|SHOW|DESCRIBE|DESC|EXISTS|EXPLAIN)\b", re.I | re.S)
_TEXT = r"'((?:[^'\\]|\\.)*)'"
_DICTIONARY = re.compile(rf"(TABLE '(?:merged_nodes|exchange_rates)')(?: USER {_TEXT} PASSWORD {_TEXT})?\)\)")
_CODE = re.compile(r"Code: (\d+)")
_STATUS = {"516": 403, "60": 404, "81": 404, "202": 503, "241": 500, "62": 400, "47": 400, "164": 403}
MAX_FIELD = 131_072
"""Bytes of one parameter; the server's `http_max_field_value_size`."""


class Connection(Protocol):
    """What we use of a chDB connection."""

    def query(self, query: str, format: str = ..., params: dict[str, str] | None = ...) -> Any: ...
    def close(self) -> None: ...


@dataclass(frozen=True)
class Asked:
    """One request, taken apart."""

    statement: str
    data: bytes | None
    parameters: dict[str, str]
    settings: dict[str, str]
    database: str
    session: str
    query_id: str


class Refused(Exception):
    """An error as the server words it, with its code."""

    def __init__(self, code: int, text: str) -> None:
        super().__init__(f"Code: {code}. DB::Exception: {text}")


class Front:
    """Runs requests on the engine, each on a connection of its own unless it names a session."""

    def __init__(self, folder: Path, user: str, password: str) -> None:
        self._path = str(folder / "server")
        self._files = folder / "server-tmp"
        self._files.mkdir(parents=True, exist_ok=True)
        self._secret = f"{user}:{password}"
        self._engine = _connect(self._path)  # keeps it open between requests
        self._sessions: dict[str, tuple[Connection, threading.Lock]] = {}

    async def answer(self, request: Request) -> Response:
        """Carry one request out."""
        try:
            self._check(request)
            asked = await _asked(request)
            body, name = await run_in_threadpool(self._run, asked)
        except (chdb.ChdbError, RuntimeError, Refused) as error:
            return _refusal(str(error))
        headers = {"X-ClickHouse-Query-Id": asked.query_id, "X-ClickHouse-Timezone": "UTC"}
        headers |= {"X-ClickHouse-Summary": json.dumps({"written_rows": "0"}), "X-ClickHouse-Server": "front"}
        if name:
            headers["X-ClickHouse-Format"] = name
        if request.query_params.get("enable_http_compression") == "1":
            body, encoding = _compressed(body, request.headers.get("accept-encoding", ""))
            headers |= {"Content-Encoding": encoding} if encoding else {}
        return Response(body, headers=headers)

    def _check(self, request: Request) -> None:
        kind, _, sent = request.headers.get("authorization", "").partition(" ")
        given = base64.b64decode(sent).decode() if kind == "Basic" else ""
        if not secrets.compare_digest(given, self._secret):
            raise Refused(
                516, "default: Authentication failed: password is incorrect. (AUTHENTICATION_FAILED)"
            )

    def _run(self, asked: Asked) -> tuple[bytes, str]:
        with self._connection(asked.session) as connection:
            connection.query(f"USE {asked.database}")
            if asked.settings:
                connection.query(f"SET {_listed(asked.settings)}")
            if asked.data is not None:
                return self._insert(connection, asked), ""
            found = connection.query(self._admitted(asked.statement), "TabSeparated", params=asked.parameters)
        named = _FORMAT.search(asked.statement)
        answers = _ANSWERS.match(asked.statement)
        return found.bytes() or b"", named[1] if named else "TabSeparated" if answers else ""

    def _admitted(self, statement: str) -> str:
        """A dictionary of ours signs in like a client; the engine behind has no users, so it is checked here."""
        found = _DICTIONARY.search(statement)
        if found is None:
            return statement
        user, password = (re.sub(r"\\(.)", r"\1", one or "") for one in (found[2] or "default", found[3]))
        if f"{user}:{password}" != self._secret:
            raise Refused(
                516, "default: Authentication failed: password is incorrect. (AUTHENTICATION_FAILED)"
            )
        return statement.replace(found[0], f"{found[1]}))")

    def _insert(self, connection: Connection, asked: Asked) -> bytes:
        found = _INSERT.match(asked.statement.encode())
        if found is None:
            raise Refused(62, "Data without INSERT … FORMAT. (SYNTAX_ERROR)")
        with tempfile.NamedTemporaryFile(dir=self._files) as file:
            file.write(asked.data or b"")
            file.flush()
            connection.query(
                f"INSERT INTO {found['into'].decode()} FROM INFILE '{file.name}' FORMAT {found['format'].decode()}"
            )
        return b""

    @contextmanager
    def _connection(self, session: str) -> Generator[Connection]:
        if not session:
            connection = _connect(self._path)
            try:
                yield connection
            finally:
                connection.close()
            return
        connection, lock = self._sessions.setdefault(session, (_connect(self._path), threading.Lock()))
        if not lock.acquire(blocking=False):
            raise Refused(373, f"Session {session} is locked by a concurrent client. (SESSION_IS_LOCKED)")
        try:
            yield connection
        finally:
            lock.release()


def _connect(path: str) -> Connection:
    return cast(Connection, chdb.connect(path))  # pyright: ignore[reportUnknownMemberType]


async def _asked(request: Request) -> Asked:
    fields = dict(request.query_params)
    if request.headers.get("content-type", "").startswith("multipart/form-data"):
        async with request.form() as form:
            fields |= {name: value for name, value in form.items() if isinstance(value, str)}
        body = b""
    else:
        body = await request.body()
    if any(len(value.encode()) > MAX_FIELD for name, value in fields.items() if name != "query"):
        raise Refused(1000, "Poco::Exception. Field value too long")
    given = fields.get("query", "")
    inserts = _INSERT.match(given.encode()) or _INSERT.match(body)
    data = _data(given, body) if inserts else None
    statement = given or (body[: inserts.end()] if inserts else body).decode()
    if given and body and data is None:
        statement = f"{given}\n{body.decode()}"
    return Asked(
        statement,
        data,
        {name.removeprefix("param_"): text for name, text in fields.items() if _is_parameter(name)},
        {name: text for name, text in fields.items() if name not in _OURS and not _is_parameter(name)},
        fields.get("database", "default"),
        fields.get("session_id", ""),
        fields.get("query_id") or str(uuid.uuid4()),
    )


def _data(given: str, body: bytes) -> bytes:
    found = None if given else _INSERT.match(body)
    return body[found.end() :] if found else body


def _is_parameter(name: str) -> bool:
    return name.startswith("param_")


def _listed(settings: Mapping[str, str]) -> str:
    def quoted(text: str) -> str:
        return text.replace("\\", "\\\\").replace("'", "\\'")

    return ", ".join(f"{name} = '{quoted(text)}'" for name, text in settings.items())


def _compressed(body: bytes, accepted: str) -> tuple[bytes, str]:
    return (gzip.compress(body, 1), "gzip") if "gzip" in accepted else (body, "")


def _refusal(text: str) -> Response:
    code = found[1] if (found := _CODE.search(text)) else "1002"
    said = f"{text} (version 26.9.1.1)\n"
    return PlainTextResponse(said, _STATUS.get(code, 500), {"X-ClickHouse-Exception-Code": code})


@contextmanager
def started(
    folder: Path, port: int, user: str = "default", password: str = ""
) -> Generator["subprocess.Popen[bytes]"]:
    """A running one on loopback, killed at the end; start it again over the same folder to have its tables back."""
    command = [sys.executable, __file__, str(folder), str(port), user, password]
    with subprocess.Popen(command) as process:
        try:
            deadline = time.monotonic() + 60
            while not _listens(port):
                assert process.poll() is None, "the front ended by itself"
                assert time.monotonic() < deadline, "the front does not listen"
                time.sleep(0.02)
            yield process
        finally:
            process.kill()


def _listens(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def free_port() -> int:
    """A port that nothing listens on."""
    with socket.create_server(("127.0.0.1", 0)) as probe:
        return int(probe.getsockname()[1])


def main(folder: str, port: str, user: str = "default", password: str = "") -> None:
    """Serve until killed."""
    front = Front(Path(folder), user, password)
    app = Starlette(routes=[Route("/", front.answer, methods=["GET", "POST"])])
    uvicorn.run(app, host="127.0.0.1", port=int(port), log_level="warning", access_log=False)


if __name__ == "__main__":
    main(*sys.argv[1:])
