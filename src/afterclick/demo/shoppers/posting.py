"""Posting to the collector: tries again when told to wait or when nobody answers, and says clearly why not."""

import time
from collections.abc import Callable

import httpx
import msgspec
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceResponse

from afterclick.errors import AfterclickError, Forbidden, InvalidInput, Unauthorized, Unavailable

JSON = "application/json"
PROTOBUF = "application/x-protobuf"
PATIENCE_S = 60.0  # of waiting for a collector that is full or away
PAUSE_S = 0.5


class _Receipt(msgspec.Struct):
    accepted: int = 0
    dropped: int = 0
    errors: list[dict[str, str | int]] = []


def verdict(answer: httpx.Response) -> AfterclickError | None:
    """What is wrong with an answer, None when all was taken. Unavailable means that it is worth trying again."""
    if answer.status_code in (429, 503):
        return Unavailable("The collector has no room for more.", _seconds(answer))
    if answer.status_code == 401:
        return Unauthorized(
            "The collector does not know this write key; make one with `afterclick keys create`."
        )
    if answer.status_code == 403:
        return Forbidden("This write key may not send a history; make one with the capability `historical`.")
    if not answer.is_success:
        return InvalidInput(f"The collector answered {answer.status_code}: {answer.text[:200]}")
    return _dropped(answer)


def _dropped(answer: httpx.Response) -> InvalidInput | None:
    if answer.headers.get("content-type", "").startswith(PROTOBUF):
        partial = ExportTraceServiceResponse.FromString(answer.content).partial_success
        lost, why = partial.rejected_spans, partial.error_message
    else:
        receipt = msgspec.json.decode(answer.content, type=_Receipt)
        lost, why = receipt.dropped, str(receipt.errors[0].get("message")) if receipt.errors else ""
    return InvalidInput(f"The collector dropped {lost} of what was sent: {why}") if lost else None


def _seconds(answer: httpx.Response) -> int:
    told = answer.headers.get("retry-after", "")
    return int(told) if told.isdigit() else 1


def post(
    client: httpx.Client, url: str, content: bytes, headers: dict[str, str], stopped: Callable[[], bool]
) -> None:
    """Post until it is taken. Raises an AfterclickError with one clear sentence when it will not be."""
    deadline = time.monotonic() + PATIENCE_S
    while not stopped():
        try:
            problem = verdict(client.post(url, content=content, headers=headers))
        except httpx.TransportError:
            problem = Unavailable(f"Nobody answers at {url}; start the collector with `afterclick serve`.", 1)
        if problem is None:
            return
        if not isinstance(problem, Unavailable) or time.monotonic() > deadline:
            raise problem
        time.sleep(min(problem.retry_after, PAUSE_S))
