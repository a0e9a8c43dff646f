"""`python -m tests.log.talker SECRET...`: says every secret in every way in which a process can say something."""

import asyncio
import logging
import sys
import threading
import time
import warnings

import structlog
import uvicorn

from afterclick import log
from afterclick.app.timetable import Timetable, Work
from afterclick.jobs import Job, Stop


def fail(text: str) -> None:
    raise ValueError(f"cannot use {text}")


def wrapped(text: str) -> None:
    try:
        fail(text)
    except ValueError as error:
        raise RuntimeError("again") from error


async def forgotten(text: str) -> None:
    task = asyncio.create_task(asyncio.to_thread(fail, text))
    await asyncio.wait([task])
    del task


async def answer(text: str) -> None:
    """A route that fails: the server logs the error."""

    async def app(scope: object, receive: object, send: object) -> None:
        wrapped(text)

    server = uvicorn.Server(uvicorn.Config(app, port=0, log_config=None, log_level="warning", lifespan="off"))
    serving = asyncio.create_task(server.serve())
    while not server.started:
        await asyncio.sleep(0.01)
    port = server.servers[0].sockets[0].getsockname()[1]
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(b"GET / HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n")
    await reader.read()
    writer.close()
    server.should_exit = True
    await serving


def job(text: str) -> None:
    done = threading.Event()

    def run(_: object, __: Stop) -> None:
        done.set()
        wrapped(text)

    stop = Stop()
    timetable = Timetable([Work(Job("talk", 1, run, "talks"), None, stop)], stop)
    timetable.start()
    done.wait(10)
    while not timetable.runs()[0].failures:
        time.sleep(0.01)
    timetable.end()


def main(texts: list[str]) -> None:
    recent = log.configure()
    ours, theirs = structlog.get_logger("afterclick.test"), logging.getLogger("library")
    for text in texts:
        ours.info(f"said {text}", field=text, nested={"inside": [text]}, raw=text.encode())
        theirs.error("said %s", text, extra={"more": text})
        for logger in (ours, theirs):
            try:
                wrapped(text)
            except RuntimeError:
                logger.exception("failed")
        warnings.warn(text, stacklevel=1)
        thread = threading.Thread(target=fail, args=(text,))
        thread.start()
        thread.join()
        asyncio.run(forgotten(text))
        asyncio.run(answer(text))
    job("; ".join(texts))
    ours.error("by field", password="hunter22", api_key="k" * 8, cookie="a=b", email="who", write_key="w")
    for said in recent.lines():
        print(said, file=sys.stderr)


if __name__ == "__main__":
    main(sys.argv[1:])
