"""The third party: a badge that category pages load from somebody else's server. It is not instrumented."""

from importlib.resources import files

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from afterclick.demo.shop.faults import BADGE_HANG, Latency
from afterclick.demo.shop.process import Process

SERVE = Latency(25, 0.4, least_ms=8)
HEADERS = {"Cache-Control": "no-store", "Timing-Allow-Origin": "*"}


def create(process: Process) -> Starlette:
    """`GET /badge.js`; `third-party-hang` makes it wait."""
    script = files("afterclick.demo.shop").joinpath("static", "badge.js").read_bytes()

    async def badge(request: Request) -> Response:
        await process.work(BADGE_HANG if "third-party-hang" in process.faults else SERVE)
        return Response(script, media_type="text/javascript", headers=HEADERS)

    return process.app([], [Route("/badge.js", badge)])
