"""Fields by name and value: what stands under a key such as `password` is masked whole."""

from afterclick.collect.event.wire import Scalar
from afterclick.collect.passage.cleaning.names import is_secret
from afterclick.collect.passage.cleaning.texts import cut, label, scrubbed

_LONG = 2048
_SMALLEST_CARD, _NO_CARD = 10**13, 10**19
FORBIDDEN_ATTRIBUTES = (
    "url.query", "client.address", "client.socket.address", "http.client_ip", "user.ip_address", "net.sock.peer.addr",
    "http.request.header.authorization", "http.request.header.cookie", "http.request.header.x-forwarded-for",
    "http.request.header.x-real-ip", "http.response.header.set-cookie",
)  # fmt: skip
"""OpenTelemetry attributes that are never kept: queries, the customer's address, what lets them in."""


def scrubbed_props(props: dict[str, Scalar]) -> dict[str, Scalar]:
    """The same keys with their values scrubbed; what stands under a key such as `password` is masked whole.

    The props themselves when there is nothing to mask.
    """
    for key, value in props.items():
        name, is_told = _key(key)
        if is_told or name != key or _scrubbed_value(value) is not value:
            return dict([scrubbed_prop(key, value) for key, value in props.items()])
    return props


def scrubbed_prop(key: str, value: Scalar) -> tuple[str, Scalar]:
    """One of them."""
    name, is_told = _key(key)
    return name, _secret(value) if is_told else _scrubbed_value(value)


def _scrubbed_value(value: Scalar) -> Scalar:
    if isinstance(value, str):
        return scrubbed(value)
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
