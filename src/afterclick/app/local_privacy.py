"""The part of the local socket that answers `afterclick privacy`."""

from pathlib import Path

import msgspec
from fastapi import FastAPI, Request, Response
from pydantic import BaseModel
from starlette.concurrency import run_in_threadpool

from afterclick.accounts.site_privacy import SiteRules
from afterclick.accounts.viewer import THIS_MACHINE
from afterclick.app.installation import Installation
from afterclick.errors import InvalidInput


class Asked(BaseModel):
    """Whom it is about, as people name them."""

    who: str


class Export(Asked):
    """Where the archive goes: a file that does not exist."""

    to: Path


def add_privacy(app: FastAPI, installation: Installation) -> None:
    """Add the routes; ids stand in bodies, never in an address."""
    privacy = installation.privacy

    @app.post("/{site}/privacy/found")
    def find(site: str, asked: Asked) -> Response:
        return _json(privacy.find(THIS_MACHINE, site, asked.who))

    @app.post("/{site}/privacy/exported")
    def export(site: str, asked: Export) -> Response:
        with asked.to.open("w+b") as out:
            return _json(privacy.export(THIS_MACHINE, site, asked.who, out))

    @app.post("/{site}/privacy/erased")
    def erase(site: str, asked: Asked) -> Response:
        return _json(privacy.ask_erasure(THIS_MACHINE, site, asked.who))

    @app.post("/{site}/privacy/allowed")
    def allow(site: str, asked: Asked) -> Response:
        return _json(privacy.allow(THIS_MACHINE, site, asked.who))

    @app.get("/{site}/privacy/requests")
    def requests(site: str) -> Response:
        return _json(privacy.requests(site))

    @app.get("/{site}/privacy/rules")
    def rules(site: str) -> Response:
        return _json(installation.site_privacy.get(site))

    @app.put("/{site}/privacy/rules")
    async def put_rules(site: str, request: Request) -> Response:
        rules = _rules(await request.body())
        await run_in_threadpool(installation.site_privacy.put, THIS_MACHINE, site, rules)
        return Response(status_code=204)


def _rules(body: bytes) -> SiteRules:
    try:
        return msgspec.json.decode(body, type=SiteRules)
    except msgspec.DecodeError as error:
        raise InvalidInput(f"These are no rules: {error}.") from error


def _json(value: object) -> Response:
    return Response(msgspec.json.encode(value), media_type="application/json")
