"""The write keys of a site, for programs."""

from typing import Any

from afterclick.accounts import Key, NewKey, dsn
from afterclick.accounts.policy import Capability
from afterclick.api.records import KeyData, KeyRestricted, KeyRotated, KeyWanted, NewKeyData, Nothing
from afterclick.web.desk import Desk
from afterclick.web.endpoint import Call, Endpoint


def keys(call: Call[Nothing]) -> list[KeyData]:
    """All of them, those that have ended too."""
    return [KeyData(**_fields(call.desk, key)) for key in call.desk.keyring.keys.list(call.site)]


def create(call: Call[KeyWanted]) -> NewKeyData:
    """Make one; its secret is told this once."""
    wanted, viewer = call.body, call.lens.viewer
    made = call.desk.keyring.create_key(
        viewer, call.site, wanted.name, wanted.capabilities, wanted.origins, wanted.browsers_only
    )
    return _made(call.desk, made)


def rotate(call: Call[KeyRotated]) -> NewKeyData:
    """Put another in its place."""
    hours = call.body.overlap_hours
    made = call.desk.keyring.rotate_key(call.lens.viewer, call.site, call.part("prefix"), hours)
    return _made(call.desk, made)


def restrict(call: Call[KeyRestricted]) -> KeyData:
    """Set what it is for."""
    wanted, ring = call.body, call.desk.keyring
    changed = ring.restrict_key(
        call.lens.viewer, call.site, call.part("prefix"), wanted.origins, wanted.browsers_only
    )
    return KeyData(**_fields(call.desk, changed))


def revoke(call: Call[Nothing]) -> Nothing:
    """End it."""
    call.desk.keyring.revoke_key(call.lens.viewer, call.site, call.part("prefix"))
    return Nothing()


def _made(desk: Desk, key: NewKey) -> NewKeyData:
    return NewKeyData(**_fields(desk, key), secret=key.secret)


def _fields(desk: Desk, key: Key) -> dict[str, Any]:
    valid, settings = key.is_valid(desk.clock()), desk.settings
    told = {name: getattr(key, name) for name in KeyData.__struct_fields__ if name not in ("valid", "dsn")}
    return told | {
        "capabilities": tuple(sorted(key.capabilities)),
        "origins": tuple(sorted(key.origins)),
        "valid": valid,
        "dsn": dsn(key.clear, settings.collector_host, settings.collector_port)
        if key.clear and valid
        else None,
    }


ENDPOINTS = (
    Endpoint("GET", "/keys", Capability.SITE, "Write keys of the site.", list[KeyData], keys),
    Endpoint(
        "POST",
        "/keys",
        Capability.SITE,
        "Makes a write key; its secret is told this once.",
        NewKeyData,
        create,
        takes=KeyWanted,
        status=201,
    ),
    Endpoint(
        "POST",
        "/keys/{prefix}/rotate",
        Capability.SITE,
        "Puts a new key in the place of one, which goes on for the overlap.",
        NewKeyData,
        rotate,
        takes=KeyRotated,
        status=201,
    ),
    Endpoint(
        "PUT",
        "/keys/{prefix}",
        Capability.SITE,
        "Sets which pages a key is for.",
        KeyData,
        restrict,
        takes=KeyRestricted,
    ),
    Endpoint("DELETE", "/keys/{prefix}", Capability.SITE, "Ends a key.", Nothing, revoke, status=204),
)
