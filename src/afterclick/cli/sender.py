"""What the command line sends goes in by the front door: the collector's POST /v1/events and /v1/import."""

import time
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import httpx
import msgspec

from afterclick.errors import InvalidInput, Unavailable
from afterclick.settings import Settings

TRIES = 6


class Trouble(msgspec.Struct):
    """One event that was not taken."""

    index: int
    reason: str
    message: str


class Answer(msgspec.Struct):
    """The collector's answer to a batch."""

    accepted: int
    dropped: int
    errors: list[Trouble] = []
    reasons: dict[str, int] = {}


@dataclass
class Sent:
    """What became of everything sent so far: how many rows each of the `reasons` cost, and a sentence of each."""

    accepted: int = 0
    dropped: int = 0
    reasons: Counter[str] = field(default_factory=Counter[str])
    examples: dict[str, str] = field(default_factory=dict[str, str])

    def add(self, answer: Answer) -> None:
        """Count one batch."""
        self.accepted += answer.accepted
        self.dropped += answer.dropped
        self.reasons.update(answer.reasons)
        for trouble in answer.errors:
            self.examples.setdefault(trouble.reason, trouble.message)


class Sender:
    """Posts batches of events, and counts of what was left out of them, to the collector of the settings."""

    def __init__(self, settings: Settings, key: str) -> None:
        self._url = f"http://{settings.collector_host}:{settings.collector_port}"
        self._client = httpx.Client(headers={"Authorization": f"Bearer {key}"}, timeout=30)

    def send(self, lines: Sequence[bytes]) -> Answer:
        """Post events, each one JSON object, and return the answer.

        Waits and tries again when the collector is busy. Raises Unavailable when nothing listens or it stays busy,
        InvalidInput when it refuses the batch.
        """
        return _read(self._sent("/v1/events", "application/x-ndjson", b"\n".join(lines)))

    def tell(self, left: Mapping[str, int]) -> None:
        """Have rows that were left out before counted, by reason. Raises as `send` does."""
        if left:
            answer = self._sent("/v1/import", "application/json", msgspec.json.encode({"left": left}))
            if not answer.is_success:
                raise _refused(answer)

    def _sent(self, path: str, media_type: str, body: bytes) -> httpx.Response:
        for attempt in range(TRIES):
            answer = self._post(path, media_type, body)
            if answer.status_code not in {429, 503}:
                return answer
            time.sleep(min(30.0, float(answer.headers.get("Retry-After", 2**attempt))))
        raise Unavailable("The collector stays busy; try again later.")

    def close(self) -> None:
        """Close the connection."""
        self._client.close()

    def _post(self, path: str, media_type: str, body: bytes) -> httpx.Response:
        try:
            return self._client.post(self._url + path, content=body, headers={"Content-Type": media_type})
        except httpx.HTTPError as error:
            raise Unavailable(f"Nothing answers at {self._url}; start `afterclick serve` first.") from error


def _read(answer: httpx.Response) -> Answer:
    if answer.status_code == 400 or answer.is_success:
        try:
            return msgspec.json.decode(answer.content, type=Answer)
        except (msgspec.DecodeError, msgspec.ValidationError):
            pass
    raise _refused(answer)


def _refused(answer: httpx.Response) -> InvalidInput:
    return InvalidInput(
        f"The collector refused the events with HTTP {answer.status_code}: {answer.text[:200]}"
    )
