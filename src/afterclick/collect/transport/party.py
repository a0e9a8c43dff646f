"""Who counts as one sender where limits are for each: an IPv4 address, or a network of IPv6 such as one home gets."""

from functools import lru_cache
from ipaddress import IPv6Address, ip_address

_REMEMBERED = 16_384
_HOME = 64
"""Bits of an IPv6 address that one subscriber's network shares: who has one address has them all (RFC 6177)."""


@lru_cache(_REMEMBERED)
def party(address: str) -> str:
    """The party of an address; what is no address is a party of its own."""
    try:
        number = ip_address(address)
    except ValueError:
        return address[:64]
    if not isinstance(number, IPv6Address):
        return address
    if number.ipv4_mapped:
        return str(number.ipv4_mapped)
    return str(IPv6Address(int(number) >> _HOME << _HOME))
