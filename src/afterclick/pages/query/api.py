"""The reader's own SQL over the site's rows."""

from typing import Any

import pyarrow as pa
from fastapi.responses import Response

from afterclick.accounts.policy import Capability
from afterclick.api.rows import rows
from afterclick.errors import Forbidden
from afterclick.web.endpoint import JSON, Call, Endpoint

ARROW = "application/vnd.apache.arrow.stream"

_SEEN = (Capability.MONEY, Capability.VISITS, Capability.PERSONAL)


def query(call: Call[str]) -> list[dict[str, Any]] | Response:
    """The answer as Arrow where it is asked for, else as rows.

    Raises Forbidden for who may not see some of the columns: SQL reads all of them.
    """
    missing = [capability.value for capability in _SEEN if not call.lens.may(capability)]
    if missing:
        raise Forbidden(
            f"SQL reads every column of the site; your role does not include: {', '.join(missing)}."
        )
    table = call.desk.ask(call.lens.scope, call.body)
    if ARROW in call.request.headers.get("accept", ""):
        return Response(packed(table), media_type=ARROW)
    return rows(table)


def packed(table: pa.Table) -> bytes:
    """The table as an Arrow IPC stream."""
    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, table.schema) as writer:
        writer.write_table(table)
    return sink.getvalue().to_pybytes()


ENDPOINTS = (
    Endpoint(
        "POST",
        "/query",
        Capability.QUERY,
        "The answer to one SELECT, the body, over the site's own rows: JSON, or Arrow when Accept asks for it.",
        list[dict[str, Any]],
        query,
        takes=str,
        media=(JSON, ARROW),
    ),
)
