"""The only wiring: one installation's parts, the app process around them, and the socket that the command line uses."""

from afterclick.app.collecting import collect
from afterclick.app.installation import Installation
from afterclick.app.serve import serve

__all__ = ["Installation", "collect", "serve"]
