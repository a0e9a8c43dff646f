"""Fields by name and value: what stands under a key such as `password` is masked whole."""

from afterclick.collect.event.wire import Scalar
from afterclick.collect.passage.cleaning.names import is_secret
from afterclick.collect.passage.cleaning.queries import holds_query
from afterclick.collect.passage.cleaning.texts import cut, label, scrubbed, without_query

_LONG = 2048
_ADDRESSES = frozenset({"url.full", "http.url", "http.target", "browser.document.url.full", "page.url"})
"""What holds an address by its standard name: neither query nor fragment of it is kept."""
_SMALLEST_CARD, _NO_CARD = 10**13, 10**19
FORBIDDEN_ATTRIBUTES = (
    "client.address", "client.socket.address", "http.client_ip", "user.ip_address", "net.sock.peer.addr",
    "http.request.header.authorization", "http.request.header.cookie", "http.request.header.x-forwarded-for",
    "http.request.header.x-real-ip", "http.response.header.set-cookie",
)  # fmt: skip
"""OpenTelemetry attributes that are never kept: the customer's address, what lets them in."""


def scrubbed_props(props: dict[str, Scalar]) -> dict[str, Scalar]:
    """The same keys with their values scrubbed; what stands under a key such as `password` is masked whole, and the
    query of an address under a name of its own is left out.

    The props themselves when there is nothing to mask.
    """
    for key, value in props.items():
        name, is_told = _key(key)
        if is_told or name != key or holds_query(key) or _scrubbed_value(key, value) is not value:
            return dict(filter(None, [scrubbed_prop(key, value) for key, value in props.items()]))
    return props


def scrubbed_prop(key: str, value: Scalar) -> tuple[str, Scalar] | None:
    """One of them; None when it is left out."""
    if holds_query(key):
        return None
    name, is_told = _key(key)
    return name, _secret(value) if is_told else _scrubbed_value(key, value)


def _scrubbed_value(key: str, value: Scalar) -> Scalar:
    if isinstance(value, str):
        return scrubbed(without_query(value) if key in _ADDRESSES else value)
    if isinstance(value, int | float) and _SMALLEST_CARD <= abs(value) < _NO_CARD and _is_card(value):
        return "[card]"
    return value


def _is_card(value: float) -> bool:
    return int(value) == value and scrubbed(str(abs(int(value)))) == "[card]"


def _secret(value: Scalar) -> Scalar:
    return value if value is None or isinstance(value, bool) else "[secret]"


def _key(key: str) -> tuple[str, bool]:
    """The key scrubbed, and whether what stands under it is a secret."""
    return label(key) if len(key) <= _LONG else cut(key, _LONG), is_secret(key)
