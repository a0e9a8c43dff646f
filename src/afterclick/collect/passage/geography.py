"""Gives events a country and a region, and forgets the address that told them.

In this order: what the event says, the header in which the own proxy passes the country, the file of addresses. An
address is the event's own `ip` (a server passes on its customer's), else that of the customer's device which sent the
request; that of a server says nothing about its customers. No address is ever written anywhere.
"""

import re
from functools import lru_cache

from afterclick.collect.event.countries import country_of
from afterclick.collect.event.wire import WireEvent
from afterclick.collect.passage.passage import House, Passage
from afterclick.collect.passage.place import NOWHERE, Place
from afterclick.collect.passage.sender import customer_agent
from afterclick.errors import Misconfigured
from afterclick.networks import Networks, is_in, network

_REGION = re.compile(r"[A-Z]{2}-[A-Z0-9]{1,3}")
_MOST_HOPS = 16


def locate(house: House, passage: Passage) -> None:
    """Fill `country` and `region` where the event has none that are codes, as fine as the site keeps; take `ip` out of
    every event.
    """
    place = _asked(house, passage)
    detail = house.rules.of(passage.grant.site).place
    for index, event in passage.events:
        if event.country or event.region:
            _read_told(index, event, passage)
        own = own_address(event)
        if not event.country:
            found = house.places.find(own) if own else place
            event.country, event.region = found.country, found.region
        event.ip = None
        if detail != "region":
            event.region = None
            event.country = event.country if detail == "country" else None


def _read_told(index: int, event: WireEvent, passage: Passage) -> None:
    """Leave out of a place that the event tells what is no code; a region without its country is none."""
    country = country_of(event.country or "") or None
    region = (event.region or "").strip().upper()
    region = region if country and _REGION.fullmatch(region) else None
    told = ((event.country, country, "country"), (event.region, region, "region"))
    if odd := [name for was, read, name in told if was and not read]:
        passage.leave_out(index, odd)
    event.country, event.region = country, region


def _asked(house: House, passage: Passage) -> Place:
    """The place of whoever sent the request."""
    header = house.settings.country_header.lower().encode()
    code = country_of(passage.headers.get(header, b"").decode("latin-1")) if header else ""
    if code:
        return Place(code)
    if not customer_agent(passage.headers):
        return NOWHERE
    return house.places.find(client_address(passage, trusted(house.settings.trusted_proxies)))


def own_address(event: WireEvent) -> str:
    """The address that an event brings, bare: without a port, brackets, or the hops behind it; empty without one."""
    first = (event.ip or "").partition(",")[0].strip()
    if first.startswith("["):
        return first[1:].partition("]")[0]
    return first.partition(":")[0] if first.count(":") == 1 else first


def client_address(passage: Passage, proxies: Networks) -> str:
    """The address of the client: of the connection or, when that is a trusted proxy, the last in X-Forwarded-For
    that is not one too. Everything before that the client can have made up.
    """
    address = passage.address
    if not is_in(address, proxies):
        return address
    forwarded = passage.headers.get(b"x-forwarded-for", b"").decode("latin-1").split(",")
    for hop in reversed(forwarded[-_MOST_HOPS:]):
        address = hop.strip() or address
        if not is_in(address, proxies):
            break
    return address


@lru_cache(8)
def trusted(text: str) -> Networks:
    """Networks separated by commas; raises Misconfigured when one is none."""
    try:
        return tuple(network(part) for part in text.split(",") if part.strip())
    except ValueError as error:
        raise Misconfigured(f"AFTERCLICK_TRUSTED_PROXIES names no network: {error}.") from error
