"""Keeps the collector running beside the app: starts it, restarts it when it dies, ends it with the app."""

import ctypes
import signal
import subprocess
import sys
import threading
import time

import structlog

FIRST_PAUSE, LONGEST_PAUSE = 0.5, 30.0  # seconds between restarts, doubling
STEADY = 60.0  # seconds that it must live for the pause to begin anew
GRACE = 10.0  # seconds that the collector has to finish its answers


class Supervisor:
    """One child process, `python -m MODULE`."""

    def __init__(self, module: str) -> None:
        self._module = module
        self._stopping = threading.Event()
        self._process = self._spawn()
        self._thread = threading.Thread(target=self._watch, name=f"supervise {module}", daemon=True)

    def start(self) -> None:
        """Begin to watch the child."""
        self._thread.start()

    def end(self) -> None:
        """Ask the child to end. Returns at once; harmless when repeated."""
        self._stopping.set()
        self._process.terminate()

    def stop(self) -> None:
        """End the child, forcibly after a grace."""
        self.end()
        try:
            self._process.wait(GRACE)
        except subprocess.TimeoutExpired:
            self._process.kill()
        self._thread.join(GRACE)

    @property
    def pid(self) -> int:
        return self._process.pid

    def _spawn(self) -> "subprocess.Popen[bytes]":
        return subprocess.Popen(
            [sys.executable, "-m", self._module],
            preexec_fn=_die_with_parent if sys.platform == "linux" else None,
        )

    def _watch(self) -> None:
        pause = FIRST_PAUSE / 2
        while True:
            born = time.monotonic()
            code = self._process.wait()
            pause = pause_after(pause, time.monotonic() - born)
            if self._stopping.wait(pause):
                return
            structlog.get_logger("app").warning("restarting", module=self._module, exit_code=code)
            self._process = self._spawn()
            if self._stopping.is_set():  # stop() may have ended the child before this one
                self._process.terminate()
                return


def pause_after(pause: float, lived: float) -> float:
    """Seconds to wait before the next restart, after a pause of so many and a life of `lived` seconds."""
    return FIRST_PAUSE if lived >= STEADY else min(pause * 2, LONGEST_PAUSE)


def _die_with_parent() -> None:
    """Ask the kernel for SIGTERM when the app dies, however it dies: prctl(2), PR_SET_PDEATHSIG."""
    ctypes.CDLL(None).prctl(1, signal.SIGTERM)
