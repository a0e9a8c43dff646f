"""The write keys of a site, for programs."""

from afterclick.accounts import Key, NewKey
from afterclick.accounts.policy import Capability
from afterclick.api.records import KeyRestricted, KeyRotated, KeyWanted, Nothing
from afterclick.web.endpoint import Call, Endpoint


def keys(call: Call[Nothing]) -> list[Key]:
    """All of them, those that have ended too."""
    return call.desk.keyring.keys.list(call.site)


def create(call: Call[KeyWanted]) -> NewKey:
    """Make one; its secret is told this once."""
    wanted, viewer = call.body, call.lens.viewer
    return call.desk.keyring.create_key(
        viewer, call.site, wanted.name, wanted.capabilities, wanted.origins, wanted.browsers_only
    )


def rotate(call: Call[KeyRotated]) -> NewKey:
    """Put another in its place."""
    hours = call.body.overlap_hours
    return call.desk.keyring.rotate_key(call.lens.viewer, call.site, call.part("prefix"), hours)


def restrict(call: Call[KeyRestricted]) -> Key:
    """Set what it is for."""
    wanted, ring = call.body, call.desk.keyring
    return ring.restrict_key(
        call.lens.viewer, call.site, call.part("prefix"), wanted.origins, wanted.browsers_only
    )


def revoke(call: Call[Nothing]) -> Nothing:
    """End it."""
    call.desk.keyring.revoke_key(call.lens.viewer, call.site, call.part("prefix"))
    return Nothing()


ENDPOINTS = (
    Endpoint("GET", "/keys", Capability.SITE, "Write keys of the site.", list[Key], keys),
    Endpoint(
        "POST",
        "/keys",
        Capability.SITE,
        "Makes a write key; its secret is told this once.",
        NewKey,
        create,
        takes=KeyWanted,
        status=201,
    ),
    Endpoint(
        "POST",
        "/keys/{prefix}/rotate",
        Capability.SITE,
        "Puts a new key in the place of one, which goes on for the overlap.",
        NewKey,
        rotate,
        takes=KeyRotated,
        status=201,
    ),
    Endpoint(
        "PUT",
        "/keys/{prefix}",
        Capability.SITE,
        "Sets which pages a key is for.",
        Key,
        restrict,
        takes=KeyRestricted,
    ),
    Endpoint("DELETE", "/keys/{prefix}", Capability.SITE, "Ends a key.", Nothing, revoke, status=204),
)
