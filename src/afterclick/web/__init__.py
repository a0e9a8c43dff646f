"""The frame of the dashboard: who may open what, the lens, security, the stream of notices, assets, and drawing.

Enters: a `Desk` (what pages need) and the pages. Leaves: an ASGI app for port 8400, and the broadcaster that open pages
listen to. It knows no page.
"""

from afterclick.web.access import by_socket, locally, this_machine
from afterclick.web.bearer import by_api_key
from afterclick.web.body_limit import LET_PASS
from afterclick.web.dashboard import create, needs_of
from afterclick.web.desk import Desk, Live, Notice
from afterclick.web.discovery import Folder, discovered
from afterclick.web.live import Broadcaster
from afterclick.web.machine import Machine
from afterclick.web.sessions import by_session

__all__ = [
    "LET_PASS",
    "Broadcaster",
    "Desk",
    "Folder",
    "Live",
    "Machine",
    "Notice",
    "by_api_key",
    "by_session",
    "by_socket",
    "create",
    "discovered",
    "locally",
    "needs_of",
    "this_machine",
]
