"""An answer that the store breaks off in its middle is told as the store's trouble, for which a page says 503."""

import pyarrow as pa
import pytest

from afterclick.errors import Unavailable
from afterclick.store.engine.connection import Engine
from afterclick.store.store import Store

TOLD = b"Code: 241. DB::Exception: Memory limit exceeded. (MEMORY_LIMIT_EXCEEDED)"


def broken_off() -> pa.Table:
    """What a server sends that meets an error after its first rows: a stream, and then words where rows should be."""
    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, pa.schema([("n", pa.int64())])) as writer:
        writer.write_table(pa.table({"n": list(range(1000))}))
    return pa.ipc.open_stream(sink.getvalue().to_pybytes()[:-200] + TOLD).read_all()


class Client:
    """A server's client whose answer does not end as it began."""

    def query_arrow(self, *_: object) -> pa.Table:
        return broken_off()

    def close(self) -> None: ...


def test_an_answer_that_breaks_off_is_unavailable_in_one_sentence(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    engine: Engine = vars(store)["_engine"]

    def connected(_: object) -> Client:
        return Client()

    monkeypatch.setattr("afterclick.store.engine.connection._open", connected)
    with pytest.raises(Unavailable, match="in mid-answer: ask again, or for less") as told:
        engine.alone("SELECT 1", {}, tag="A query")
    assert told.value.status == 503
