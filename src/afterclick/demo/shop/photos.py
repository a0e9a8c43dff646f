"""The storefront's pictures over HTTP; `/photos/original/` trickles, as an image nobody scaled down would."""

import asyncio
from collections.abc import AsyncGenerator
from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import Response, StreamingResponse
from starlette.routing import Route

from afterclick.demo.shop import pictures
from afterclick.demo.shop.faults import ORIGINAL_PHOTO
from afterclick.demo.shop.process import Process
from afterclick.demo.shop.products import find

PIECES = 24
SVG = "image/svg+xml"


@dataclass(frozen=True)
class Photos:
    """One method a kind of picture."""

    process: Process

    @property
    def routes(self) -> list[Route]:
        """`/photos/scene.svg`, `/photos/ID.svg` and `/photos/original/ID.svg`."""
        return [
            Route("/photos/scene.svg", self._scene),
            Route("/photos/{id}.svg", self._photo),
            Route("/photos/original/{id}.svg", self._original),
        ]

    async def _scene(self, request: Request) -> Response:
        return _picture(pictures.scene())

    async def _photo(self, request: Request) -> Response:
        return _picture(pictures.photo(find(request.path_params["id"])))

    async def _original(self, request: Request) -> Response:
        picture = pictures.original(find(request.path_params["id"]))
        over_ms = ORIGINAL_PHOTO.draw(self.process.dice)
        headers = {"Cache-Control": "no-store", "Content-Length": str(len(picture))}
        return StreamingResponse(_trickle(picture, over_ms), media_type=SVG, headers=headers)


def _picture(svg: bytes) -> Response:
    return Response(svg, media_type=SVG, headers={"Cache-Control": "public, max-age=3600"})


async def _trickle(content: bytes, over_ms: float) -> AsyncGenerator[bytes]:
    size = -(-len(content) // PIECES)
    for start in range(0, len(content), size):
        await asyncio.sleep(over_ms / PIECES / 1000)
        yield content[start : start + size]
