"""Origins: which web pages a browser may send from. An origin is scheme, host and port (RFC 6454)."""

import re
from urllib.parse import urlsplit

from afterclick.errors import InvalidInput

_PORTS = {"http": 80, "https": 443}
_HOST = re.compile(r"(\*\.)?([a-z0-9_-]+\.)*[a-z0-9_-]+|\[[0-9a-f:.]+\]")
_SCHEME = re.compile(r"[a-z][a-z0-9+.-]*")
_LONGEST = 255


def origin_pattern(raw: str) -> str:
    """An origin as somebody writes it, as browsers send it: `HTTPS://Shop.example:443/` is `https://shop.example`.

    `https://*.shop.example` stands for every host below shop.example. Raises InvalidInput for what is no origin.
    """
    try:
        parts = urlsplit(raw.strip())
        host, port = _host(parts.netloc), parts.port
    except ValueError as error:
        raise _refused(raw) from error
    if parts.path not in ("", "/") or parts.query or parts.fragment or "@" in parts.netloc:
        raise _refused(raw)
    if not _SCHEME.fullmatch(parts.scheme) or not _HOST.fullmatch(host) or len(host) > _LONGEST:
        raise _refused(raw)
    if host.startswith("*.") and "." not in host[2:]:
        raise InvalidInput(
            f"{raw.strip()[:80]!r} would let pages of a whole top-level domain in; name your own."
        )
    shown = "" if port in (None, _PORTS.get(parts.scheme)) else f":{port}"
    return f"{parts.scheme}://{host}{shown}"


def allows(patterns: frozenset[str], origin: str) -> bool:
    """Whether an Origin header names one of the patterns; `null` names none."""
    if origin in patterns:
        return True
    origin = origin.lower()
    scheme, _, rest = origin.partition("://")
    if origin in patterns:
        return True
    if len(rest) > _LONGEST + 6:
        return False
    while dot := rest.find(".") + 1:
        rest = rest[dot:]
        if f"{scheme}://*.{rest}" in patterns:
            return True
    return False


def _host(netloc: str) -> str:
    """The host of a netloc, without its port, as DNS spells it. Raises ValueError (UnicodeError) when it cannot be."""
    host = netloc if netloc.endswith("]") else re.sub(r":\d*$", "", netloc)
    wild, plain = ("*.", host[2:]) if host.startswith("*.") else ("", host)
    return wild + (plain if plain.isascii() else plain.encode("idna").decode()).lower()


def _refused(raw: str) -> InvalidInput:
    return InvalidInput(
        f"{raw.strip()[:80]!r} is not an origin such as https://shop.example or https://*.shop.example."
    )
