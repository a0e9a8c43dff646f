"""Who asks, told by an API key in the Authorization header."""

from collections.abc import Callable

from starlette.requests import HTTPConnection

from afterclick.accounts.api_keys import PREFIX, ApiKeys
from afterclick.accounts.viewer import Viewer


def by_api_key(keys: ApiKeys) -> Callable[[HTTPConnection], Viewer | None]:
    """A way of telling who asks /api: by `Authorization: Bearer ack_…`. Blocks.

    It raises Unauthorized for a key that opens nothing.
    """

    def recognize(connection: HTTPConnection) -> Viewer | None:
        scheme, _, secret = connection.headers.get("authorization", "").partition(" ")
        if scheme.lower() != "bearer" or not secret.strip().startswith(PREFIX):
            return None
        if not connection.url.path.startswith("/api/"):
            return None
        return keys.viewer(secret.strip())

    return recognize
