"""Switching faults at run time: the storefront knows, tells the other processes, and marks new releases."""

import asyncio
import logging
import time
from dataclasses import dataclass

import httpx
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from afterclick.demo.shop.api import RefusedError, read, reply, require_loopback
from afterclick.demo.shop.faults import FAULTS
from afterclick.demo.shop.messages import FaultState, Switch
from afterclick.demo.shop.ports import PROCESSES
from afterclick.demo.shop.process import Process

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Control:
    """The switchboard in the storefront."""

    process: Process

    @property
    def routes(self) -> list[Route]:
        """`GET /_faults` and `POST /_faults/NAME`, for this machine only."""
        return [Route("/_faults", self._show), Route("/_faults/{name}", self._set, methods=["POST"])]

    async def _show(self, request: Request) -> Response:
        require_loopback(request)
        return reply(self._state())

    async def _set(self, request: Request) -> Response:
        require_loopback(request)
        wanted = await read(request, Switch)
        return reply(await self._switch(request.path_params["name"], wanted.on))

    def _state(self) -> FaultState:
        """Which faults are on, and the release of the pages."""
        return FaultState(self.process.faults.state(), self.process.faults.release)

    async def _switch(self, name: str, on: bool) -> FaultState:
        """Set one fault everywhere. Raises RefusedError 404 for an unknown one, 502 when a process is gone."""
        if name not in FAULTS:
            raise RefusedError(404, "not_found", f"There is no fault {name}; there are: {', '.join(FAULTS)}.")
        released = self.process.faults.release
        self.process.faults.switch(name, on)
        await asyncio.gather(*(self._tell(peer) for peer in PROCESSES if peer != self.process.name))
        if self.process.faults.release != released:
            await self._mark_release()
        return self._state()

    async def _tell(self, peer: str) -> None:
        url = f"{self.process.ports.url(peer)}/_faults"
        try:
            answer = await self.process.client.put(url, json=self.process.faults.state())
            answer.raise_for_status()
        except httpx.HTTPError as error:
            raise RefusedError(
                502, "upstream", f"{peer} could not be told about the fault; restart the shop."
            ) from error

    async def _mark_release(self) -> None:
        """Tell the collector which release customers get now; a shop without a collector still works."""
        mark = {
            "type": "mark",
            "name": "release",
            "target": "web",
            "release": self.process.faults.release,
            "time": time.time_ns() // 1_000_000,
        }
        headers = {"X-Afterclick-Key": self.process.key}
        try:
            answer = await self.process.client.post(
                f"{self.process.collector}/v1/events", json=mark, headers=headers
            )
            answer.raise_for_status()
        except httpx.HTTPError as error:
            log.warning("the collector did not take the release mark: %s", error)
