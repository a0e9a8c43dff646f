"""Files to import, and files that say how: whatever stands in them, one sentence at most, and the rows around it."""

import io
from contextlib import suppress
from pathlib import Path

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from afterclick.cli import files
from afterclick.cli.left import Left
from afterclick.collect.hooks.sources import HookSources
from afterclick.collect.mapping.mapping import Mapping
from afterclick.errors import AfterclickError

LINE = '192.0.2.1 - - [28/May/2026:20:26:39 +0000] "GET /a?b=c HTTP/1.1" 200 12 "https://a.example/" "Mozilla/5.0"\n'
WHEN = "2026-05-28T20:26:39Z"
ENTRY = {
    "pageref": "p",
    "startedDateTime": WHEN,
    "time": 5,
    "request": {
        "method": "GET",
        "url": "https://shop.example/",
        "headers": [{"name": "traceparent", "value": "00-x"}],
    },
    "response": {"status": 200, "content": {"mimeType": "text/html"}},
}
PAGE = {"id": "p", "title": "https://shop.example/", "startedDateTime": WHEN, "pageTimings": {"onLoad": 10}}
HAR = msgspec.json.encode({"log": {"pages": [PAGE], "entries": [ENTRY]}}).decode()
RIGHT = {
    "har": HAR,
    "access": LINE * 3,
    "csv": "type,time,user_id,props.a\npage_view,2026-05-28T20:26:39Z,u,1\ntrack,1,v,\n",
    "ndjson": '{"type":"track","time":1}\n{"type":"page_view"}\n',
    "parquet": "PAR1" + "\x00" * 40 + "PAR1",
}
MAPPING = 'rest = true\n[fields]\ntype = "type"\nrevenue = { column = "a", scale = 0.01 }\n"tags.b" = { value = "c" }\n'
HOOK = '[hook]\nsecret = "s"\nsite = "x"\nheader = "X-Sign"\n' + MAPPING.replace("rest = true\n", "")
SOME = st.text(max_size=4) | st.sampled_from(['"', "\n", "{", "\x00", "9" * 400, "[" * 200])
EDITS = st.lists(st.tuples(st.integers(0, 2_000), SOME), min_size=1, max_size=4)


def damaged(text: str, edits: list[tuple[int, str]]) -> str:
    """The text with some put in, or in the place of what stood there."""
    for at, some in edits:
        at %= len(text) + 1
        text = text[:at] + some + text[at + (len(some) if len(some) % 2 else 0) :]
    return text


@pytest.mark.parametrize("form", RIGHT)
@pytest.mark.parametrize("mapped", [False, True])
def test_a_damaged_file_is_told_in_one_sentence_or_read_as_far_as_it_goes(form: str, mapped: bool) -> None:
    mapping = Mapping.read(MAPPING, "m") if mapped else None

    @given(EDITS)
    @settings(max_examples=60)
    def holds(edits: list[tuple[int, str]]) -> None:
        body = damaged(RIGHT[form], edits).encode("utf-8", "surrogatepass")
        said = ""
        try:
            for line in files.events(io.BytesIO(body), form, mapping, Left()):
                assert b"\n" not in line
        except AfterclickError as refused:
            said = str(refused)
        assert "\n" not in said

    holds()


@given(EDITS)
@settings(max_examples=150)
def test_a_damaged_mapping_is_refused_in_one_sentence_or_understood(edits: list[tuple[int, str]]) -> None:
    with suppress(AfterclickError):
        assert isinstance(Mapping.read(damaged(MAPPING, edits), "m.toml"), Mapping)


@given(EDITS)
@settings(max_examples=80)
def test_a_damaged_source_of_webhooks_is_refused_in_one_sentence_or_understood(
    tmp_path: Path, edits: list[tuple[int, str]]
) -> None:
    file = tmp_path / "shop.toml"
    file.write_bytes(damaged(HOOK, edits).encode("utf-8", "surrogatepass"))
    with suppress(AfterclickError):
        assert HookSources(tmp_path).find("shop") is not None
