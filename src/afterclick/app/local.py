"""The socket in the data folder: what the command line asks of a running app. Only the folder's owner can open it."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import ExitStack

import msgspec
import pyarrow as pa
from fastapi import FastAPI, Request, Response
from fastapi.responses import JSONResponse, StreamingResponse
from pydantic import BaseModel
from starlette.concurrency import run_in_threadpool

from afterclick.app.installation import Installation
from afterclick.app.local_privacy import add_privacy
from afterclick.customers import Node
from afterclick.errors import AfterclickError
from afterclick.store.drain.drain import Drain
from afterclick.store.drain.replay import replay
from afterclick.words.telling import told

HEARTBEAT_S = 0.5
ARROW = "application/vnd.apache.arrow.stream"


class Link(BaseModel):
    """Two nodes of a person, as `customers.Node` writes them."""

    one: str
    other: str


class KeyWanted(BaseModel):
    """A key to make."""

    name: str = ""
    capabilities: list[str] = []
    origins: list[str] = []
    browsers_only: bool = False


class KeyRotated(BaseModel):
    """How long the old key goes on."""

    overlap_hours: float


class KeyRestricted(BaseModel):
    """What a key is for from now on."""

    origins: list[str]
    browsers_only: bool


def create(installation: Installation, drain: Drain) -> FastAPI:
    """The local API over `installation` and the drain that runs over it."""
    app = FastAPI(title="Afterclick, local", docs_url=None, redoc_url=None, openapi_url=None)

    @app.exception_handler(AfterclickError)
    async def refuse(_: Request, error: AfterclickError) -> JSONResponse:
        return JSONResponse({"message": str(error)}, error.status)

    @app.get("/alive")
    def alive() -> dict[str, bool]:
        return {"alive": True}

    _mind_the_refused(app, installation, drain)
    _freeze(app, installation)

    @app.get("/{site}/site")
    def site_itself(site: str) -> Response:
        return _json(installation.site(site))

    @app.get("/{site}/problems")
    def problems(site: str) -> Response:
        zone = installation.site(site).timezone
        return _json([told(problem, zone) for problem in installation.problems(site)])

    @app.get("/{site}/visits")
    def visits(site: str, limit: int = 20) -> Response:
        return _json(installation.visits(site, limit))

    @app.post("/{site}/query")
    async def query(site: str, request: Request) -> Response:
        sql = (await request.body()).decode("utf-8", "replace")
        table = await run_in_threadpool(installation.query, site, sql)
        return Response(packed(table), media_type=ARROW)

    @app.get("/{site}/intake")
    def intake(site: str) -> Response:
        return _json(drain.freshness())

    _add_keys(app, installation)
    _add_people(app, installation)
    add_privacy(app, installation)
    return app


def _add_keys(app: FastAPI, installation: Installation) -> None:
    @app.get("/{site}/keys")
    def keys(site: str) -> Response:
        return _json(installation.keys(site))

    @app.post("/{site}/keys")
    def create(site: str, wanted: KeyWanted) -> Response:
        return _json(
            installation.create_key(
                site, wanted.name, wanted.capabilities, wanted.origins, wanted.browsers_only
            )
        )

    @app.post("/{site}/keys/{prefix}/rotate")
    def rotate(site: str, prefix: str, wanted: KeyRotated) -> Response:
        return _json(installation.rotate_key(site, prefix, wanted.overlap_hours))

    @app.put("/{site}/keys/{prefix}")
    def restrict(site: str, prefix: str, wanted: KeyRestricted) -> Response:
        return _json(installation.restrict_key(site, prefix, wanted.origins, wanted.browsers_only))

    @app.delete("/{site}/keys/{prefix}")
    def revoke(site: str, prefix: str) -> Response:
        installation.revoke_key(site, prefix)
        return Response(status_code=204)


def _add_people(app: FastAPI, installation: Installation) -> None:
    @app.post("/{site}/parted")
    def part(site: str, link: Link) -> Response:
        installation.part(site, Node.parse(link.one), Node.parse(link.other))
        return Response(status_code=204)

    @app.post("/{site}/joined")
    def join(site: str, link: Link) -> Response:
        installation.join(site, Node.parse(link.one), Node.parse(link.other))
        return Response(status_code=204)


def _mind_the_refused(app: FastAPI, installation: Installation, drain: Drain) -> None:
    @app.get("/aside")
    def aside() -> Response:
        return _json(installation.set_aside())

    @app.post("/replay")
    def replay_rows(reason: str = "") -> Response:
        return _json(replay(installation.settings.spool, drain.insertion, installation.store, reason))


def _freeze(app: FastAPI, installation: Installation) -> None:
    async def held() -> AsyncGenerator[bytes]:
        with ExitStack() as stack:
            tables = await run_in_threadpool(stack.enter_context, installation.store.frozen())
            yield msgspec.json.encode(tables) + b"\n"
            while (
                True
            ):  # until the reader, a backup, is done and hangs up; a line now and then shows that it did
                await asyncio.sleep(HEARTBEAT_S)
                yield b"\n"

    @app.get("/frozen")
    def frozen() -> StreamingResponse:
        return StreamingResponse(held(), media_type="application/x-ndjson")


def packed(table: pa.Table) -> bytes:
    """The table as an Arrow IPC stream."""
    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, table.schema) as writer:
        writer.write_table(table)
    return sink.getvalue().to_pybytes()


def _json(value: object) -> Response:
    return Response(msgspec.json.encode(value), media_type="application/json")
