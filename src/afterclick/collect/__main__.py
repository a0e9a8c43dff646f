"""The collector process: `python -m afterclick.collect`. Settings come from the environment; SIGTERM ends it
cleanly.
"""

import gc
import os
import signal
import socket
import sys
from contextlib import suppress

import uvicorn

from afterclick import log, settings
from afterclick.accounts import first_run
from afterclick.collect.assembly import create
from afterclick.collect.transport.connections import connections_of
from afterclick.collect.transport.grpc_server import GrpcServer
from afterclick.errors import AfterclickError
from afterclick.store.control.database import open_control
from afterclick.store.folder import private_folder
from afterclick.store.spool.spool import Spool

_TURN_SECONDS = 0.001  # that a thread with a huge body may have before the loop has its turn
_GRACE_SECONDS = 10
_GRPC_GRACE_SECONDS = 5


def main() -> int:
    """Serve until told to stop; 1 when it cannot start."""
    log.configure()
    os.umask(0o077)
    try:
        run(settings.load())
    except AfterclickError as error:
        print(error, file=sys.stderr)
        return 1
    return 0


def run(chosen: settings.Settings) -> None:
    """Serve the doors of these settings until SIGTERM or SIGINT; what was acknowledged is on disk."""
    private_folder(chosen.data)
    control = open_control(chosen)
    first_run(control, chosen)
    # The server raises the signal again once it has stopped; it must not kill us before the spool is closed.
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    spool = Spool(chosen.spool, chosen.spool_budget_bytes)
    _collect_garbage_seldom()
    sys.setswitchinterval(_TURN_SECONDS)
    try:
        collector = create(chosen, control, spool)
        config = uvicorn.Config(
            collector,
            host=chosen.collector_host,
            port=chosen.collector_port,
            access_log=False,
            log_config=None,
            log_level="error",  # a warning for each request that is no HTTP would let anybody fill the disk
            server_header=False,
            lifespan="on",
            http=connections_of(chosen, chosen.max_body_bytes).protocol,
            ws="none",
            proxy_headers=False,
            timeout_graceful_shutdown=_GRACE_SECONDS,
        )
        with suppress(KeyboardInterrupt):
            _Server(config, GrpcServer(collector.house, collector.doorway)).run()
    finally:
        spool.close()
        control.dispose()


class _Server(uvicorn.Server):
    """Serves OTLP/gRPC beside HTTP, on the same loop: begins before it and ends before it."""

    def __init__(self, config: uvicorn.Config, grpc: GrpcServer) -> None:
        super().__init__(config)
        self._grpc = grpc

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Begin to listen."""
        await self._grpc.start()
        await super().startup(sockets)

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Finish what was begun, and stop."""
        await self._grpc.stop(_GRPC_GRACE_SECONDS)
        await super().shutdown(sockets)


def _collect_garbage_seldom() -> None:
    # Each request makes thousands of objects and no cycles: looking for some every 700 costs a fifth of all time.
    gc.freeze()
    gc.set_threshold(100_000, 20, 20)


if __name__ == "__main__":
    sys.exit(main())
