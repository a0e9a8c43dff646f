"""A small strace: runs a command and writes, in order, its spool writes, its syncs and its acknowledgements.

Linux only, needs neither root nor a compiler: a process may always trace its own child. PTRACE_GET_SYSCALL_INFO
(Linux 5.3) tells system calls alike on every processor; only their numbers differ.

    python tracing.py JOURNAL COMMAND…

writes one line an occurrence: `write` (into the spool's write-ahead log), `sync` (of that log, returned well),
`ack` (an answer 202 begins to leave through a socket).
"""

import ctypes
import os
import platform
import signal
import struct
import sys
from collections.abc import Callable
from pathlib import Path
from types import FrameType

_TRACEME, _SYSCALL, _SETOPTIONS, _GET_SYSCALL_INFO = 0, 24, 0x4200, 0x420E
_OPTIONS = (
    0x1 | 0x2 | 0x4 | 0x8 | 0x00100000
)  # good signal numbers, follow fork, vfork and clone, kill on exit
_ENTRY, _EXIT = 1, 2
_STOP = signal.SIGTRAP | 0x80

_NUMBERS: dict[str, dict[int, str]] = {
    "x86_64": {
        1: "write",
        18: "pwrite64",
        20: "writev",
        44: "sendto",
        46: "sendmsg",
        74: "fsync",
        75: "fdatasync",
    },
    "aarch64": {
        64: "write",
        68: "pwrite64",
        66: "writev",
        206: "sendto",
        211: "sendmsg",
        82: "fsync",
        83: "fdatasync",
    },
}
CALLS = _NUMBERS[platform.machine()]

_libc = ctypes.CDLL(None, use_errno=True)
_libc.ptrace.argtypes = [ctypes.c_long, ctypes.c_long, ctypes.c_void_p, ctypes.c_void_p]
_libc.ptrace.restype = ctypes.c_long


def _ptrace(request: int, thread: int, address: int = 0, data: int = 0) -> int:
    return int(_libc.ptrace(request, thread, address, data))


def _begin(command: list[str]) -> int:
    child = os.fork()
    if child == 0:
        _ptrace(_TRACEME, 0)
        os.kill(os.getpid(), signal.SIGSTOP)
        os.execvp(command[0], command)
    os.waitpid(child, 0)
    _ptrace(_SETOPTIONS, child, 0, _OPTIONS)
    return child


def _info(thread: int) -> tuple[int, list[int]]:
    """Whether a call is entered or left, and its number and arguments, or its result."""
    buffer = ctypes.create_string_buffer(88)
    _ptrace(_GET_SYSCALL_INFO, thread, len(buffer), ctypes.addressof(buffer))
    kind = buffer.raw[0]
    values = struct.unpack_from("<7Q" if kind == _ENTRY else "<q", buffer.raw, 24)
    return kind, list(values)


def _target(thread: int, descriptor: int) -> str:
    try:
        return str(Path(f"/proc/{thread}/fd/{descriptor}").readlink())
    except OSError:
        return ""


def _memory(thread: int, address: int, size: int) -> bytes:
    with Path(f"/proc/{thread}/mem").open("rb", 0) as memory:
        memory.seek(address)
        return memory.read(size)


def _sent(thread: int, call: str, arguments: list[int]) -> bytes:
    """The first bytes that a call sends."""
    address = arguments[1]
    if call == "sendmsg":
        address = struct.unpack("<Q", _memory(thread, address + 16, 8))[0]
    if call in ("writev", "sendmsg"):
        address = struct.unpack("<Q", _memory(thread, address, 8))[0]
    return _memory(thread, address, 12)


def _occurrence(thread: int, call: str, arguments: list[int]) -> str:
    """What an entered call is about to do that matters here."""
    target = _target(thread, arguments[0])
    if target.endswith("spool.db-wal"):
        return "sync" if call in ("fsync", "fdatasync") else "write"
    if target.startswith("socket:") and call not in ("fsync", "fdatasync"):
        return "ack" if _sent(thread, call, arguments) == b"HTTP/1.1 202" else ""
    return ""


def main(journal: Path, command: list[str]) -> None:
    """Trace the command to its end."""
    child = _begin(command)

    def pass_on(number: int, _: FrameType | None) -> None:
        os.kill(child, number)

    signal.signal(signal.SIGTERM, pass_on)
    syncing: set[int] = set()
    _ptrace(_SYSCALL, child)
    with journal.open("w", buffering=1) as lines:
        while True:
            try:
                thread, status = os.waitpid(-1, 0x40000000)  # __WALL: threads too
            except ChildProcessError:
                return
            passed = 0
            if os.WIFSTOPPED(status):
                passed = _stopped(thread, os.WSTOPSIG(status), status >> 16, syncing, lines.write)
                _ptrace(_SYSCALL, thread, 0, passed)


def _stopped(thread: int, stop: int, event: int, syncing: set[int], note: Callable[[str], object]) -> int:
    """Note what a stop tells; the signal to pass on, if it was one."""
    if stop != _STOP:
        return 0 if event or stop in (signal.SIGTRAP, signal.SIGSTOP) else stop
    kind, values = _info(thread)
    if kind == _ENTRY and values[0] in CALLS:
        found = _occurrence(thread, CALLS[values[0]], values[1:])
        if found == "sync":
            syncing.add(thread)
        elif found:
            note(f"{found}\n")
    elif kind == _EXIT and thread in syncing:
        syncing.discard(thread)
        if values[0] == 0:
            note("sync\n")
    return 0


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2:])
