"""Every way out: HTTP to addresses that somebody typed in, without reaching what only this machine may.

Enters: a URL, and which private networks are allowed. Leaves: the answer, bounded in bytes and seconds.
"""

from afterclick.outbound.client import Bounds, client
from afterclick.outbound.reach import Reach, Unreachable

__all__ = ["Bounds", "Reach", "Unreachable", "client"]
