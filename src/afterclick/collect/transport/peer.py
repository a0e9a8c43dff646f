"""Which account is at the other end of a socket in the file system, as the kernel tells it (unix(7), SO_PEERCRED)."""

import asyncio
import os
import socket
import struct

_ROOT = 0
_CREDENTIALS = struct.Struct("3i")  # pid, uid, gid


def is_trusted(transport: asyncio.BaseTransport) -> bool:
    """Whether a connection is from this process's own account or from root.

    True for one that is no socket in the file system, and where the kernel does not tell: there the file's mode holds
    alone.
    """
    found: socket.socket | None = transport.get_extra_info("socket")
    if found is None or found.family != socket.AF_UNIX or not hasattr(socket, "SO_PEERCRED"):
        return True
    with socket.socket(fileno=os.dup(found.fileno())) as own:  # uvloop lends a stand-in that cannot be asked
        told = own.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, _CREDENTIALS.size)
    return _CREDENTIALS.unpack(told)[1] in (_ROOT, os.geteuid())
