"""Calls of Segment's API, made short."""

import json

import httpx
from tests.collect.conftest import House

from afterclick.signals import Event

TIME = "2026-05-28T20:26:40.000Z"
"""NOW, as Segment writes it."""


def call(type: str = "track", **fields: object) -> dict[str, object]:
    return {"type": type, "event": "Played", "userId": "u", "timestamp": TIME} | fields


def batch(house: House, *calls: object, **fields: object) -> httpx.Response:
    return house.send(json.dumps({"batch": list(calls)} | fields).encode(), "/v1/batch")


def only(house: House, *calls: object, **fields: object) -> Event:
    """The one event that these calls become."""
    assert batch(house, *calls, **fields).json() == {"success": True}
    (event,) = house.events()
    return event
