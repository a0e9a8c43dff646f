"""The gate: which key a request carries, what it opens, and whether its key sends too fast."""

import base64
import binascii
import time
from collections import OrderedDict
from collections.abc import Callable
from functools import lru_cache
from urllib.parse import parse_qs

from sqlalchemy.exc import SQLAlchemyError

from afterclick.accounts import Grant
from afterclick.errors import TooMany, Unauthorized, Unavailable

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


class Limiter:
    """A token bucket for each of `whom`, a key or an address: `rate` rows a second over time, `burst` seconds' worth at
    once; 0 means no limit.

    Rows are known only after decoding, so a request may overdraw the bucket; the next one then waits.
    """

    def __init__(
        self, rate: int, clock: Callable[[], float] = time.monotonic, whom: str = "key", burst: float = 10.0
    ) -> None:
        self._whom = whom
        self._burst = burst
        self._rate = rate
        self._clock = clock
        self._buckets: OrderedDict[str, tuple[float, float]] = OrderedDict()

    def check(self, key: str) -> None:
        """Raises TooMany while this bucket is overdrawn, with the seconds until it is not."""
        left = self._left(key) if self._rate else 0.0
        if left < 0:
            seconds = int(-left / self._rate) + 1
            raise TooMany(
                f"This {self._whom} may send {self._rate} rows a second; wait {seconds} s.", seconds
            )

    def charge(self, key: str, rows: int) -> None:
        """Take rows out of the key's bucket."""
        if not self._rate:
            return
        self._buckets[key] = (self._left(key) - rows, self._clock())
        self._buckets.move_to_end(key)
        if len(self._buckets) > _REMEMBERED:
            self._buckets.popitem(last=False)

    def _left(self, key: str) -> float:
        full = self._rate * self._burst
        if key not in self._buckets:
            return full
        left, at = self._buckets[key]
        return min(full, left + (self._clock() - at) * self._rate)
