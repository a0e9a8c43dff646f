"""The dashboard and its API: pages drawn on the server from the contexts of the report room.

Enters: a `Desk` (what pages need). Leaves: an ASGI app for port 8400, and the broadcaster that open pages listen to.
"""

from afterclick.web.access import this_machine
from afterclick.web.api_keys import by_api_key
from afterclick.web.dashboard import create
from afterclick.web.desk import Desk, Live, Notice
from afterclick.web.live import Broadcaster
from afterclick.web.sessions import by_session

__all__ = ["Broadcaster", "Desk", "Live", "Notice", "by_api_key", "by_session", "create", "this_machine"]
