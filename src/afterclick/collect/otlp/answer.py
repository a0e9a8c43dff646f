"""How the OTLP doors answer, as the specification of OTLP/HTTP 1.x says: in the media type of the request."""

from dataclasses import dataclass

import msgspec
from google.protobuf.json_format import MessageToJson
from google.protobuf.message import Message
from google.rpc.code_pb2 import Code
from google.rpc.error_details_pb2 import RetryInfo
from google.rpc.status_pb2 import Status

from afterclick.collect.otlp.body import JSON, PROTOBUF
from afterclick.collect.passage.passage import Answer, Passage
from afterclick.collect.passage.refusal import retry_after
from afterclick.errors import AfterclickError

_CODES = {
    400: Code.INVALID_ARGUMENT,
    401: Code.UNAUTHENTICATED,
    403: Code.PERMISSION_DENIED,
    404: Code.NOT_FOUND,
    405: Code.UNIMPLEMENTED,
    408: Code.DEADLINE_EXCEEDED,
    413: Code.RESOURCE_EXHAUSTED,
    415: Code.INVALID_ARGUMENT,
    429: Code.RESOURCE_EXHAUSTED,
    503: Code.UNAVAILABLE,
}


@dataclass(frozen=True)
class Answers:
    """How one signal is answered: its response, and the field of `partial_success` that counts what was rejected."""

    response: type[Message]
    rejected: str

    def __call__(self, passage: Passage) -> Answer:
        """200 with the response; `partial_success` only when rows were rejected."""
        partial: dict[str, int | str] = {}
        if passage.dropped:
            reasons = ", ".join(f"{rows} {reason}" for reason, rows in sorted(passage.dropped.items()))
            partial[self.rejected] = sum(passage.dropped.values())
            partial["error_message"] = f"{passage.listed[0].message} Rejected: {reasons}."
        response = self.response(partial_success=partial) if partial else self.response()
        if passage.media_type == PROTOBUF:
            return Answer(200, PROTOBUF, response.SerializeToString())
        return Answer(200, JSON, MessageToJson(response, indent=None).encode())


def refuse(passage: Passage, error: AfterclickError) -> Answer:
    """The error as google.rpc.Status, with RetryInfo when trying again may help; in JSON when the request was
    neither.
    """
    code = _CODES.get(error.status, Code.INTERNAL)
    if passage.media_type != PROTOBUF:
        return Answer(error.status, JSON, msgspec.json.encode({"code": code, "message": str(error)}))
    status = Status(code=code, message=str(error))
    seconds = retry_after(error)
    if seconds is not None:
        delay = RetryInfo()
        delay.retry_delay.seconds = seconds
        status.details.add().Pack(delay)
    return Answer(error.status, PROTOBUF, status.SerializeToString())
