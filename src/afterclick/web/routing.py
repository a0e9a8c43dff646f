"""Routes that say, where they are declared, what they need."""

from collections.abc import Callable
from enum import Enum
from types import MappingProxyType
from typing import Any, TypedDict, TypeVar, Unpack

from fastapi import APIRouter, FastAPI

from afterclick.api.body import LARGEST
from afterclick.web.need import Need

Endpoint = TypeVar("Endpoint", bound=Callable[..., Any])


class Described(TypedDict, total=False):
    """What FastAPI may be told of a route besides; see its documentation."""

    status_code: int
    summary: str
    description: str
    tags: list[str | Enum]
    response_model: object
    responses: dict[int | str, dict[str, Any]]
    openapi_extra: dict[str, Any]
    operation_id: str


class Routes:
    """Routes of one page, or of a part of the frame. Those under /api stand in the OpenAPI document, the others do not.

    `needs` holds what each needs, by method and path template; a function that takes no `needs` cannot be added.
    `larger` holds, by path, how many bytes those take that take more than LARGEST.
    """

    def __init__(self) -> None:
        self._router = APIRouter()
        self._needs: dict[tuple[str, str], Need] = {}
        self.needs = MappingProxyType(self._needs)
        self._larger: dict[str, int] = {}
        self.larger = MappingProxyType(self._larger)

    def get(self, path: str, needs: Need, **described: Unpack[Described]) -> Callable[[Endpoint], Endpoint]:
        """A decorator that lets a function answer GET, and HEAD, of which nobody is told the body."""
        return self._answered_by("GET", path, needs, described)

    def post(
        self, path: str, needs: Need, largest: int = LARGEST, **described: Unpack[Described]
    ) -> Callable[[Endpoint], Endpoint]:
        """A decorator that lets a function answer POST with a body of at most `largest` bytes."""
        if largest > LARGEST:
            self._larger[path] = largest
        return self._answered_by("POST", path, needs, described)

    def put(self, path: str, needs: Need, **described: Unpack[Described]) -> Callable[[Endpoint], Endpoint]:
        """A decorator that lets a function answer PUT."""
        return self._answered_by("PUT", path, needs, described)

    def delete(
        self, path: str, needs: Need, **described: Unpack[Described]
    ) -> Callable[[Endpoint], Endpoint]:
        """A decorator that lets a function answer DELETE."""
        return self._answered_by("DELETE", path, needs, described)

    def add(self, method: str, path: str, needs: Need, endpoint: Callable[..., Any], status: int) -> None:
        """Let a function answer, whose description stands elsewhere."""
        self._answered_by(method, path, needs, {"status_code": status})(endpoint)

    def join(self, app: FastAPI) -> None:
        """Add them to an app."""
        app.include_router(self._router)

    def _answered_by(
        self, method: str, path: str, needs: Need, described: Described
    ) -> Callable[[Endpoint], Endpoint]:
        def add(endpoint: Endpoint) -> Endpoint:
            self._needs[method, path] = needs
            methods = (
                [method, "HEAD"] if method == "GET" else [method]
            )  # RFC 9110 9.3.2: the server cuts the body
            self._router.add_api_route(path, endpoint, methods=methods, include_in_schema=False, **described)
            return endpoint

        return add
