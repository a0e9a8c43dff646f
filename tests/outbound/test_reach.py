"""Which addresses a call may go to, however they are written."""

from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network

import pytest
from hypothesis import given
from hypothesis import strategies as st

from afterclick.errors import Misconfigured, Unavailable
from afterclick.outbound import Reach, Unreachable

NOT_PUBLIC = [
    ip_network(network)
    for network in (
        "0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12", "192.0.2.0/24",
        "192.0.0.0/24", "192.88.99.0/24", "192.168.0.0/16", "198.18.0.0/15", "198.51.100.0/24",
        "203.0.113.0/24", "224.0.0.0/4", "240.0.0.0/4",
    )
]  # fmt: skip
NOT_PUBLIC_6 = [
    ip_network(n) for n in ("::/128", "::1/128", "fc00::/7", "fe80::/10", "ff00::/8", "2001:db8::/32")
]

inside = st.one_of(*(st.ip_addresses(network=network) for network in NOT_PUBLIC)).map(str).map(IPv4Address)
inside_6 = (
    st.one_of(*(st.ip_addresses(network=network) for network in NOT_PUBLIC_6)).map(str).map(IPv6Address)
)
public = st.ip_addresses(v=4).filter(lambda one: not any(one in network for network in NOT_PUBLIC))


def carried(address: IPv4Address) -> list[str]:
    """The IPv6 addresses that carry this one: mapped, compatible, NAT64, 6to4, and Teredo's client and server."""
    number = int(address)
    return [
        str(IPv6Address(whole))
        for whole in (
            0xFFFF << 32 | number,
            number,
            0x64FF9B << 96 | number,
            0x2002 << 112 | number << 80,
            0x20010000 << 96 | int(IPv4Address("8.8.8.8")) << 64 | number ^ 0xFFFFFFFF,
            0x20010000 << 96 | number << 64 | int(IPv4Address("8.8.8.8")) ^ 0xFFFFFFFF,
        )
    ]


@given(inside)
def test_no_address_outside_the_public_internet_is_reached_in_any_disguise(address: IPv4Address) -> None:
    reach = Reach()
    assert not any(reach.may(one) for one in (str(address), *carried(address)))


@given(inside_6)
def test_no_special_ipv6_address_is_reached(address: IPv6Address) -> None:
    assert not Reach().may(str(address))


@given(public)
def test_a_public_address_is_reached(address: IPv4Address) -> None:
    assert Reach().may(str(address)) is (address != ip_address("168.63.129.16"))


@pytest.mark.parametrize(
    "metadata",
    [
        "169.254.169.254",
        "fd00:ec2::254",
        "100.100.100.200",
        "168.63.129.16",
        "192.0.0.192",
        "fe80::a9fe:a9fe%eth0",
    ],
)
def test_no_clouds_metadata_service_is_reached(metadata: str) -> None:
    assert not Reach().may(metadata)


@pytest.mark.parametrize(
    "host",
    ["127.0.0.1", "localhost", "127.1", "2130706433", "0x7f000001", "017700000001", "0177.0.0.1", "0x7f.1", "0",
     "0.0.0.0", "::1", "::", "::ffff:127.0.0.1", "::ffff:7f00:1", "64:ff9b::7f00:1", "0:0:0:0:0:0:0:1"],
)  # fmt: skip
def test_this_machine_is_not_reached_by_any_way_of_writing_it(host: str) -> None:
    with pytest.raises((Unreachable, Unavailable)):
        Reach().addresses(host, 80)


def test_of_a_names_addresses_only_those_are_left_that_may_be_reached() -> None:
    found = ["10.0.0.1", "93.184.216.34", "::1", "nonsense"]
    assert Reach(resolve=lambda host, port: found).addresses("mixed.example", 443) == ["93.184.216.34"]


def test_a_setting_allows_networks_and_the_same_mapped() -> None:
    reach = Reach("10.1.0.0/16, ::1/128")
    assert reach.may("10.1.2.3")
    assert reach.may("::ffff:10.1.2.3")
    assert reach.may("::1")
    assert not reach.may("10.2.0.1")
    with pytest.raises(Misconfigured, match="OUTBOUND_ALLOW"):
        Reach("10.1.0.1/16")


@pytest.mark.parametrize("host", ["no-such-host.invalid", "a" * 300, "\x00", "…" * 80, ""])
def test_a_name_that_is_none_is_told_in_one_sentence(host: str) -> None:
    with pytest.raises((Unavailable, Unreachable)):
        Reach().addresses(host, 80)
