"""Networks as people write them, and which addresses lie in them."""

from ipaddress import IPv4Network, IPv6Network, ip_address, ip_network

Networks = tuple[IPv4Network | IPv6Network, ...]


def network(text: str) -> IPv4Network | IPv6Network:
    """A network as people write it; one of IPv4 as IPv6 sees it is that of IPv4. Raises ValueError for what is none."""
    found = ip_network(text.strip().partition("%")[0], strict=False)
    mapped = found.network_address.ipv4_mapped if isinstance(found, IPv6Network) else None
    return ip_network((mapped, found.prefixlen - 96)) if mapped and found.prefixlen >= 96 else found


def is_in(address: str, networks: Networks) -> bool:
    """Whether an address is one of the networks', an IPv4 one also as IPv6 sees it; what is no address is in none."""
    if not networks:
        return False
    try:
        number = ip_address(address)
    except ValueError:
        return False
    if number.version == 6 and number.ipv4_mapped:
        number = number.ipv4_mapped
    return any(number in network for network in networks)
