"""A price in a process of its own, at low priority, so that pages and the drain keep their speed.

`python -m afterclick.impact.worker` reads an Arrow IPC stream on standard input whose schema metadata holds a
`Task` as JSON under "task", and writes an `Estimate` as JSON on standard output.
"""

import os
import subprocess
import sys
import threading
from collections.abc import Callable
from typing import IO

import msgspec
import pyarrow as pa

from afterclick.errors import Unavailable
from afterclick.impact.arrivals import Arrivals
from afterclick.impact.estimate import Estimate, Minimum, Question
from afterclick.impact.lost_revenue import estimate
from afterclick.jobs import Stop

Estimator = Callable[[Arrivals, Question, int], Estimate]
"""Prices arrivals: `pricing.estimate` here, or `in_process` elsewhere."""

_KEY = b"task"
_NICE = 10
_ASK_AGAIN_S = 0.2


class Task(msgspec.Struct, frozen=True):
    """What the worker needs beside the arrivals."""

    question: Question
    every: int
    seed: int
    minimum: Minimum = Minimum()


def here(arrivals: Arrivals, question: Question, seed: int) -> Estimate:
    """Price in this process."""
    return estimate(arrivals, question, seed=seed)


def apart(
    arrivals: Arrivals, question: Question, seed: int, timeout: float = 120.0, stop: Stop | None = None
) -> Estimate:
    """Price in a niced process; blocks until it is done.

    Raises Unavailable when the process fails or takes longer than `timeout` seconds, Stopped once `stop` is set.
    """
    stop = stop or Stop()
    task = msgspec.json.encode(Task(question, arrivals.every, seed))
    process = subprocess.Popen(
        [sys.executable, "-m", "afterclick.impact.worker"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env={**os.environ, "OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"},
    )
    with process:
        threading.Thread(target=_end_with, args=(stop, process), daemon=True).start()
        try:
            said, complaints = process.communicate(_packed_with(arrivals, task), timeout)
        except subprocess.TimeoutExpired as error:
            raise Unavailable(
                f"Pricing took longer than {timeout:.0f} s; it is tried again at the next round."
            ) from error
        finally:
            process.kill()  # nothing, for one that has ended
    stop.check()
    if process.returncode:
        last = complaints.decode(errors="replace").strip().splitlines()[-1:] or ["no message"]
        raise Unavailable(f"The pricing process failed: {last[0]}.")
    return msgspec.json.decode(said, type=Estimate)


def _end_with(stop: Stop, process: "subprocess.Popen[bytes]") -> None:
    while process.poll() is None:
        if stop.wait(_ASK_AGAIN_S):
            process.kill()
            return


def _packed_with(arrivals: Arrivals, task: bytes) -> bytes:
    return _packed(arrivals.table.replace_schema_metadata({_KEY: task}))


def _packed(table: pa.Table) -> bytes:
    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, table.schema) as writer:
        writer.write_table(table)
    return sink.getvalue().to_pybytes()


def main(source: IO[bytes], target: IO[bytes]) -> None:
    """Read one task with its arrivals from `source`, write the estimate to `target`."""
    with pa.ipc.open_stream(source.read()) as reader:
        table = reader.read_all()
    task = msgspec.json.decode((table.schema.metadata or {})[_KEY], type=Task)
    result = estimate(Arrivals(table, task.every), task.question, task.minimum, task.seed)
    target.write(msgspec.json.encode(result))


if __name__ == "__main__":
    if hasattr(os, "nice"):
        os.nice(_NICE)
    main(sys.stdin.buffer, sys.stdout.buffer)
