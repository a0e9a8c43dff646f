"""What machines ask: is the app alive, is it ready, and how is it doing."""

from fastapi.responses import JSONResponse, Response

from afterclick.accounts.policy import Capability
from afterclick.web.desk import Desk
from afterclick.web.need import Everywhere, Open
from afterclick.web.routing import Routes
from afterclick.words.freshness import worries

PROMETHEUS = "text/plain; version=0.0.4; charset=utf-8"


def routes(desk: Desk) -> Routes:
    """`GET /healthz`: the process answers. `/readyz`: it can work, else 503 and why; what is late is
    a worry, not a reason to send nobody here. `/metrics`: Prometheus.
    """
    added = Routes()

    @added.get("/healthz", needs=Open.ANYONE)
    async def alive() -> dict[str, str]:
        return {"status": "ok"}

    @added.get("/readyz", needs=Open.ANYONE)
    def ready() -> JSONResponse:
        if troubles := desk.operations.troubles():
            return JSONResponse({"status": "not ready", "reasons": list(troubles)}, 503, {"retry-after": "5"})
        late = worries(desk.operations.freshness(), desk.clock())
        return JSONResponse({"status": "ready", "worries": late} if late else {"status": "ready"})

    @added.get("/metrics", needs=Everywhere(Capability.OPERATE))
    def metrics() -> Response:
        return Response(desk.operations.metrics(), media_type=PROMETHEUS)

    return added
