"""What all doors share: keys, limits, encodings, CORS, and what is served beside."""

import asyncio
import base64
import gzip
import random
import sys
import tracemalloc
import zlib
from collections.abc import Callable

import msgspec
import pytest
from tests.collect.conftest import House

from afterclick.collect.passage.rate_limit import Limiter
from afterclick.collect.transport import body_limit
from afterclick.errors import TooLarge, TooMany

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

ONE = b'{"type":"track","name":"one"}'


def test_a_key_may_come_by_four_ways(house: House) -> None:
    basic = base64.b64encode(f"{house.key}:".encode()).decode()
    assert house.send(ONE).status_code == 202
    assert house.send(ONE, key="", authorization=f"Bearer {house.key}").status_code == 202
    assert house.send(ONE, key="", authorization=f"Basic {basic}").status_code == 202
    assert house.send(ONE, f"/v1/events?key={house.key}", key="").status_code == 202


@pytest.mark.parametrize("path", ["/v1/events", "/v1/traces"])
def test_a_missing_unknown_or_revoked_key_is_401_and_counted(house: House, path: str) -> None:
    assert house.send(ONE, path, key="").status_code == 401
    assert house.send(ONE, path, key="ac_unknown").status_code == 401
    assert house.send(ONE, path, key="k" * 10_000).status_code == 401
    assert house.send(ONE, path, key="", authorization="Basic !").status_code == 401
    house.keys.revoke(house.site, house.key)
    assert house.send(ONE, path).status_code == 401
    assert house.counted() == {"unauthorized": 5}


CODERS: dict[str, Callable[[bytes], bytes]] = {
    "gzip": gzip.compress,
    "deflate": zlib.compress,
    "zstd": zstd.compress,
}


@pytest.mark.parametrize("encoding", CODERS)
def test_bodies_may_be_compressed(house: House, encoding: str) -> None:
    encode = CODERS[encoding]
    assert house.send(encode(ONE), content_encoding=encoding).status_code == 202
    assert house.send(encode(ONE[:9]) + encode(ONE[9:]), content_encoding=encoding).status_code in (202, 400)
    assert house.events()[0].name == "one"


def test_raw_deflate_is_read_too(house: House) -> None:
    codec = zlib.compressobj(wbits=-15)
    assert house.send(codec.compress(ONE) + codec.flush(), content_encoding="deflate").status_code == 202


@pytest.mark.parametrize("encoding", CODERS)
def test_a_bomb_is_413_and_costs_little_memory(open_house: Callable[..., House], encoding: str) -> None:
    house = open_house(max_decoded_bytes=1_000_000)
    bomb = CODERS[encoding](b" " * 200_000_000)
    tracemalloc.start()
    answer = house.send(bomb, content_encoding=encoding)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert answer.status_code == 413
    assert peak < 20_000_000
    assert house.counted() == {"too_large": 1}


@pytest.mark.parametrize("size", [1_000, 50_000], ids=["unpacked at once", "unpacked aside"])
@pytest.mark.parametrize("encoding", ["", *CODERS])
def test_a_body_is_unpacked_to_the_limit_and_not_a_byte_beyond(
    open_house: Callable[..., House], encoding: str, size: int
) -> None:
    house = open_house(max_decoded_bytes=size, max_body_bytes=100_000)
    name = random.Random(1).randbytes(size // 2).hex()  # so that packed it is still half as large
    whole = b'{"type":"track","name":"%s"}' % name.encode()[: size - len(b'{"type":"track","name":""}')]
    assert len(whole) == size
    for sent, status in ((whole, 202), (whole + b" ", 413)):
        packed = CODERS[encoding](sent) if encoding else sent
        assert house.send(packed, content_encoding=encoding).status_code == status
    assert house.counted() == {"": 1, "too_large": 1}


@pytest.mark.parametrize("encoding", CODERS)
def test_damaged_or_cut_off_compression_is_400(house: House, encoding: str) -> None:
    whole = CODERS[encoding](ONE * 100)
    assert house.send(whole[: len(whole) // 2], content_encoding=encoding).status_code == 400
    assert house.send(b"\x00" + whole, content_encoding=encoding).status_code == 400


def test_an_unknown_encoding_or_media_type_is_415(house: House) -> None:
    assert house.send(ONE, content_encoding="br").status_code == 415
    assert house.send(ONE, content_type="image/png").status_code == 415
    assert house.counted() == {"unsupported": 2}


def test_a_body_over_the_limit_is_413_before_it_is_read(open_house: Callable[..., House]) -> None:
    house = open_house(max_body_bytes=1000)
    assert house.send(b" " * 1001).status_code == 413
    assert house.send(b" " * 2000, transfer_encoding="chunked").status_code == 413


def test_a_body_in_parts_is_taken_up_to_the_limit_and_413_beyond(open_house: Callable[..., House]) -> None:
    house = open_house(max_body_bytes=1000)
    filled = ONE.ljust(1000)
    assert house.send([filled[:400], filled[400:800], filled[800:]]).status_code == 202
    assert house.send([filled[:400], filled[400:800], filled[800:], b" "]).status_code == 413
    assert house.counted() == {"": 1, "too_large": 1}


def test_of_a_body_in_parts_nothing_is_read_after_the_part_that_passes_the_limit() -> None:
    asked = 0

    async def receive() -> dict[str, object]:
        nonlocal asked
        asked += 1
        return {"type": "http.request", "body": b"x" * 400, "more_body": True}

    with pytest.raises(TooLarge):
        asyncio.run(body_limit.read(receive, None, 1000))
    assert asked == 3


def test_a_key_that_sends_too_fast_is_429_with_the_seconds_to_wait(open_house: Callable[..., House]) -> None:
    house = open_house(key_rate=1)
    assert house.post(*[{"type": "track", "name": str(n)} for n in range(30)]).status_code == 202
    answer = house.post({"type": "track"})
    assert answer.status_code == 429
    assert 15 <= int(answer.headers["retry-after"]) <= 21
    assert house.counted()["too_many"] == 1


def test_a_key_that_was_quiet_for_long_may_send_its_burst_at_once_and_no_more() -> None:
    now = 0.0
    limiter = Limiter(10, lambda: now, burst=10)
    limiter.charge("key", 1)
    now = 1_000_000.0
    limiter.charge("key", 100)
    limiter.check("key")
    limiter.charge("key", 1)
    with pytest.raises(TooMany):
        limiter.check("key")


@pytest.mark.parametrize("path", ["/v1/events", "/v1/traces"])
def test_a_full_spool_is_503_with_retry_after_and_keeps_nothing(
    open_house: Callable[..., House], path: str
) -> None:
    house = open_house(spool_budget_bytes=1)
    span = {"traceId": "1" * 32, "spanId": "2" * 16, "startTimeUnixNano": house.now * 1_000_000}
    span["endTimeUnixNano"] = span["startTimeUnixNano"]
    traces = msgspec.json.encode({"resourceSpans": [{"scopeSpans": [{"spans": [span]}]}]})
    answer = house.send(ONE if path == "/v1/events" else traces, path)
    assert answer.status_code == 503
    assert answer.headers["retry-after"] == "30"
    assert house.events() == []


def test_any_page_may_send_and_a_preflight_says_so(house: House) -> None:
    preflight = house.send(b"", method="OPTIONS", key="", origin="https://shop.example")
    assert preflight.status_code == 204
    assert preflight.headers["access-control-allow-origin"] == "*"
    assert preflight.headers["access-control-allow-headers"] == "*, authorization"
    assert "access-control-allow-credentials" not in preflight.headers
    assert house.send(ONE, key="").headers["access-control-allow-origin"] == "*"


def test_another_method_or_path_is_refused_with_a_sentence(house: House) -> None:
    assert house.send(b"", method="GET").status_code == 405
    for path in ("/", "/v1/nothing", "/sdk/nothing.js", "/sdk/../app.py", "/sdk/%2e%2e/app.py"):
        answer = house.send(b"", path, method="GET")
        assert answer.status_code == 404, path
        assert answer.json()["error"].endswith(".")


def test_metrics_tell_what_was_taken_dropped_and_how_long_each_step_took(house: House) -> None:
    house.post({"type": "track"}, {"type": "nope"})
    page = house.send(b"", "/metrics", method="GET", key="")
    assert page.headers["content-type"].startswith("text/plain; version=0.0.4")
    assert f'afterclick_accepted_rows_total{{site="{house.site}",door="events"}} 1' in page.text
    assert (
        f'afterclick_dropped_rows_total{{site="{house.site}",door="events",reason="unknown_type"}} 1'
        in page.text
    )
    for step in ("authenticate", "limit", "read", "decode", "validate", "clean", "spool"):
        assert f'afterclick_step_seconds_count{{door="events",step="{step}"}} 1' in page.text
    assert "afterclick_spool_rows 1" in page.text
    assert 'afterclick_requests_total{door="events",status="202"} 1' in page.text


def test_the_health_page_answers_without_a_key(house: House) -> None:
    assert house.send(b"", "/healthz", method="GET", key="").json() == {"status": "ok"}
