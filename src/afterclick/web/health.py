"""What machines ask: is the app alive, is it ready, and how is it doing."""

from fastapi import APIRouter
from fastapi.responses import JSONResponse, Response

from afterclick.web.desk import Desk

PROMETHEUS = "text/plain; version=0.0.4; charset=utf-8"


def routes(desk: Desk) -> APIRouter:
    """`GET /healthz`: the process answers. `/readyz`: it can work, else 503 and why. `/metrics`: Prometheus."""
    router = APIRouter(include_in_schema=False)

    @router.get("/healthz")
    async def alive() -> dict[str, str]:
        return {"status": "ok"}

    @router.get("/readyz")
    def ready() -> JSONResponse:
        if troubles := desk.operations.troubles():
            return JSONResponse({"status": "not ready", "reasons": list(troubles)}, 503, {"retry-after": "5"})
        return JSONResponse({"status": "ready"})

    @router.get("/metrics")
    def metrics() -> Response:
        return Response(desk.operations.metrics(), media_type=PROMETHEUS)

    return router
