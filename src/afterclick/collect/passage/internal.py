"""A site's own people are no customers: their events are marked by the networks that they come from."""

from afterclick.collect.passage.geography import client_address, own_address, trusted
from afterclick.collect.passage.passage import House, Passage
from afterclick.collect.passage.sender import customer_agent
from afterclick.networks import is_in


def mark_internal(house: House, passage: Passage) -> None:
    """Class events as `internal` whose address lies in a network of the site's own people.

    An address is the event's own `ip`, else that of the customer's device which sent the request.
    """
    networks = trusted(",".join(house.rules.of(passage.grant.site).internal_networks))
    if not networks:
        return
    asked = (
        client_address(passage, trusted(house.settings.trusted_proxies))
        if customer_agent(passage.headers)
        else ""
    )
    for _, event in passage.events:
        if is_in(own_address(event) or asked, networks):
            event.device_class = "internal"
