"""Reach: which addresses a call may go to. Only public ones, unless a setting allows a network.

The ranges are IANA's special-purpose registries (RFC 6890) as `ipaddress` knows them. An IPv6 address that carries an
IPv4 one (mapped, 6to4, Teredo, NAT64) is held to both.
"""

import socket
from collections.abc import Callable, Iterator
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network

from afterclick.errors import InvalidInput, Misconfigured, Unavailable

Address = IPv4Address | IPv6Address
Network = IPv4Network | IPv6Network
Resolve = Callable[[str, int], list[str]]

_NAT64 = ip_network("64:ff9b::/96")
_COMPATIBLE = ip_network("::/96")
_NOT_PUBLIC = tuple(
    ip_network(network)
    for network in (
        "168.63.129.16/32",
        "192.0.0.0/24",
        "192.88.99.0/24",
        "64:ff9b:1::/48",
        "5f00::/16",
        "fec0::/10",
    )
)
"""What `ipaddress` takes for public in some version of Python: what Azure and Oracle's cloud tell their own machines,
the rest of IANA's protocol assignments, relays of 6to4, local NAT64, segment routing, and site-local addresses.
"""


class Unreachable(InvalidInput):
    """The address lies where calls may not go."""


def resolved(host: str, port: int) -> list[str]:
    """The addresses of a host, as the system's resolver tells them. Raises Unavailable when it knows none."""
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise Unavailable(f"The name {host[:200]!r} cannot be resolved.") from error
    return list(dict.fromkeys(str(where[0]) for *_, where in found))


class Reach:
    """Public addresses and those of `allowed`, networks by commas such as `10.1.0.0/16, ::1/128`.

    Raises Misconfigured when one is no network.
    """

    def __init__(self, allowed: str = "", resolve: Resolve = resolved) -> None:
        try:
            self._allowed: tuple[Network, ...] = tuple(
                ip_network(part.strip()) for part in allowed.split(",") if part.strip()
            )
        except ValueError as error:
            raise Misconfigured(
                f"AFTERCLICK_OUTBOUND_ALLOW must hold networks such as 10.1.0.0/16: {error}."
            ) from error
        self._resolve = resolve

    def may(self, address: str) -> bool:
        """Whether a call may go to this address, written as the resolver writes it."""
        try:
            found = ip_address(address)
        except ValueError:
            return False
        if isinstance(found, IPv6Address) and found.ipv4_mapped is not None:
            found = found.ipv4_mapped
        if any(found in network for network in self._allowed):
            return True
        return all(_is_public(one) for one in (found, *_carried(found)))

    def addresses(self, host: str, port: int) -> list[str]:
        """The addresses of a host that a call may go to: connect to one of these, and do not resolve again.

        Raises Unreachable when there are none, Unavailable when the host has no address.
        """
        found = [address for address in self._resolve(host, port) if self.may(address)]
        if not found:
            raise Unreachable(
                f"{host[:200]!r} is in a network that calls may not reach; AFTERCLICK_OUTBOUND_ALLOW names exceptions."
            )
        return found


def _is_public(address: Address) -> bool:
    if isinstance(address, IPv6Address) and address.scope_id is not None:
        return False
    return address.is_global and not address.is_multicast and not any(address in one for one in _NOT_PUBLIC)


def _carried(address: Address) -> Iterator[IPv4Address]:
    if isinstance(address, IPv4Address):
        return
    if address.sixtofour is not None:
        yield address.sixtofour
    if address.teredo is not None:
        yield from address.teredo
    if address in _NAT64 or address in _COMPATIBLE:
        yield IPv4Address(int(address) & 0xFFFFFFFF)
