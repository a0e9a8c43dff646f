"""The gate: which key a request carries, and what it opens."""

import base64
import binascii
import time
from collections import OrderedDict
from collections.abc import Callable
from functools import lru_cache
from urllib.parse import parse_qs

from sqlalchemy.exc import SQLAlchemyError

from afterclick.accounts import Grant
from afterclick.errors import Unauthorized, Unavailable

Find = Callable[[str], Grant | None]
Headers = dict[bytes, bytes]

_REMEMBERED = 4096
_LONGEST = 128


def key_of(headers: Headers, query: bytes) -> str:
    """The write key as sent: Bearer, X-Afterclick-Key, the user of Basic, or `?key=`.

    Raises Unauthorized when there is none.
    """
    scheme = credentials = ""
    if authorization := headers.get(b"authorization"):
        scheme, _, credentials = authorization.decode("latin-1").partition(" ")
    if scheme.lower() == "bearer" and credentials.strip():
        return credentials.strip()
    if own := headers.get(b"x-afterclick-key"):
        return own.decode("latin-1").strip()
    if scheme.lower() == "basic" and (user := _basic_user(credentials)):
        return user
    if query and (found := _key_in_query(query)):
        return found
    raise Unauthorized("Send your write key, for example as `Authorization: Bearer KEY`.")


@lru_cache(_REMEMBERED)
def _key_in_query(query: bytes) -> str:
    try:
        return parse_qs(query.decode("latin-1"), max_num_fields=20).get("key", [""])[0]
    except ValueError:
        return ""


def _basic_user(credentials: str) -> str:
    try:
        return base64.b64decode(credentials.strip(), validate=True).decode("utf-8").partition(":")[0]
    except (binascii.Error, UnicodeDecodeError) as error:
        raise Unauthorized("The Basic credentials are not base64 of `KEY:`.") from error


class Gate:
    """Looks keys up, and remembers the answer for `memory_seconds`: that long a revoked key may still
    send.
    """

    def __init__(
        self, find: Find, memory_seconds: float = 5.0, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._find = find
        self._memory = memory_seconds
        self._clock = clock
        self._known: OrderedDict[str, tuple[float, Grant | None]] = OrderedDict()
        self._used: set[tuple[str, str]] = set()

    def open(self, key: str) -> Grant:
        """What the key opens.

        Raises Unauthorized for an unknown key; Unavailable when keys cannot be looked up, and was not before
        either.
        """
        if len(key) > _LONGEST:
            raise _unknown()
        now = self._clock()
        until, grant = self._known.get(key, (0.0, None))
        if until <= now:
            grant = self._look_up(key, grant)
            self._known[key] = (now + self._memory, grant)
            self._known.move_to_end(key)
            if len(self._known) > _REMEMBERED:
                self._known.popitem(last=False)
        if grant is None:
            raise _unknown()
        return grant

    def used(self) -> set[tuple[str, str]]:
        """Site and prefix of each key sent with since this was last asked."""
        used, self._used = self._used, set()
        return used

    def _look_up(self, key: str, before: Grant | None) -> Grant | None:
        try:
            grant = self._find(key)
            if grant is not None:
                self._used.add((grant.site, grant.key))
            return grant
        except SQLAlchemyError as error:
            if before is not None:  # a control database that is down must not stop known senders
                return before
            raise Unavailable("Keys cannot be checked just now; send again in a moment.") from error


def _unknown() -> Unauthorized:
    return Unauthorized("The write key is unknown or revoked; `afterclick keys` lists the valid ones.")
