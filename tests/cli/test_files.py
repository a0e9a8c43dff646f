"""Files of every format become events, with a mapping and without."""

import gzip
import io
import json
from datetime import UTC, datetime
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from afterclick.cli.files import events, format_of, opened
from afterclick.cli.left import Left
from afterclick.collect.mapping.mapping import Mapping
from afterclick.errors import InvalidInput

LOG = Path(__file__).parents[1] / "payloads" / "access.log"
TRACE = "9ce5c33f6b6032644d65ff9a2bb58675"


def read(form: str, content: bytes, mapping: str = "", left: Left | None = None) -> list[dict[str, object]]:
    chosen = Mapping.read(mapping, "map.toml") if mapping else None
    found = events(io.BytesIO(content), form, chosen, left or Left())
    return [json.loads(line) for line in found]


def test_each_row_of_a_csv_is_one_event_and_its_empty_cells_are_left_out() -> None:
    content = "\ufefftype,value,time,tags.card_network,user_id\ncart,12.5,1700000000000,amex,\n".encode()
    assert read("csv", content) == [
        {"type": "cart", "value": 12.5, "time": 1700000000000, "tags": {"card_network": "amex"}}
    ]


def test_lines_of_a_csv_may_end_in_any_way_and_a_cell_beyond_all_measure_costs_its_own_row() -> None:
    assert read("csv", b"type,name\r\ntrack,one\rtrack,two\ntrack,three") == [
        {"type": "track", "name": name} for name in ("one", "two", "three")
    ]
    left = Left()
    told = read("csv", b"type,name\ntrack,one\ntrack," + b"x" * 200_000 + b"\ntrack,two\n", left=left)
    assert [row["name"] for row in told] == ["one", "two"]
    assert left.rows == {"malformed": 1}
    with pytest.raises(InvalidInput, match="first line does not name columns"):
        read("csv", b"x" * 200_000 + b"\n1\n")


def test_a_row_of_a_csv_that_is_not_utf_8_is_counted_and_told_what_to_do_and_costs_no_other() -> None:
    left = Left()
    told = read(
        "csv", "type,name\ntrack,one\ntrack,Bü,ro\ntrack,Büro\ntrack,two\n".encode("latin-1"), left=left
    )
    assert [row["name"] for row in told] == ["one", "two"]
    assert left.rows == {"wrong_encoding": 2}
    assert left.examples["wrong_encoding"] == (
        "Line 3 is not UTF-8; save the file as CSV UTF-8, or convert it: iconv -f WINDOWS-1252 -t UTF-8."
    )
    with pytest.raises(
        InvalidInput, match="first line does not name columns: it is not UTF-8; save the file as"
    ):
        read("csv", "größe\n1\n".encode("latin-1"))


def test_half_a_character_at_the_end_of_a_csv_in_utf_16_costs_its_own_row() -> None:
    left = Left()
    assert read("csv", "name\none\ntwo".encode("utf-16") + b"\x00", left=left) == [{"name": "one"}]
    assert left.rows == {"wrong_encoding": 1}


def test_a_csv_of_zero_bytes_is_refused_and_a_row_of_them_is_counted() -> None:
    for content in (b"\0" * 4096, b"type,na\0me\ntrack,one\n"):
        with pytest.raises(InvalidInput, match="it holds zero bytes, so the file is no text; export it anew"):
            read("csv", content)
    left = Left()
    told = read("csv", b"type,name,user_id\ntrack,one,\0\n" + b"\0" * 512 + b"\ntrack,t\0wo,\n", left=left)
    assert [row.get("name") for row in told] == ["one", "two"]
    assert not any("user_id" in row for row in told)
    assert left.rows == {"malformed": 1}
    assert left.examples["malformed"] == "Line 3 holds nothing but zero bytes."


@pytest.mark.parametrize(
    "after",
    [
        "",
        "track,two\n",
        'track,"two"\n',
        'track,"two"\ntrack,"th\nree"\n',
        'track,two\ntrack,"a ""b"" c"\n',
        'track,"three",\n',
        "track,two\n" * 50_000,
    ],
)
def test_a_quote_that_nothing_closes_costs_its_own_row_and_those_after_it_are_read(after: str) -> None:
    left = Left()
    alone = read("csv", b"type,name\ntrack,one\n" + after.encode())
    found = read("csv", b'type,name\ntrack,one\ntrack,"lost\n' + after.encode(), left=left)
    assert found == alone
    assert left.rows == {"unclosed_quote": 1}
    assert left.examples["unclosed_quote"] == (
        "Line 3 opens a quote that nothing closes; close it, and write a quote within a quoted cell twice."
    )


def test_a_quote_that_another_row_closes_is_known_by_too_many_cells() -> None:
    left = Left()
    assert read("csv", b'type,name\ntrack,"lost\ntrack,two\ntrack,x",three\n', left=left) == [
        {"type": "track", "name": "two"}
    ]
    assert left.rows == {"unclosed_quote": 1, "extra_cells": 1}


def test_a_cell_of_several_lines_and_odd_quotes_within_one_line_are_read() -> None:
    left = Left()
    assert [
        row["name"]
        for row in read(
            "csv", b'type,name\ntrack,"one\n\ntwo, ""so"""\ntrack,"5" wide"\ntrack,5" high\n', left=left
        )
    ] == ['one\n\ntwo, "so"', '5 wide"', '5" high']
    assert not left.rows


def test_a_row_with_more_cells_than_columns_is_counted_unless_they_are_empty() -> None:
    left = Left()
    told = read("csv", b"order_id,revenue\n1,49,90\n2,5,, \n\n3\n", left=left)
    assert [row["order_id"] for row in told] == ["2", "3"]
    assert left.rows == {"extra_cells": 1}
    assert left.examples["extra_cells"] == (
        "Line 2 has 3 cells where the first line names 2 columns; put a cell that holds the separator in quotes."
    )


def test_blank_lines_before_the_names_of_columns_are_passed_over() -> None:
    left = Left()
    assert read("csv", b"\n\r\nsep=;\ntype;name\ntrack;one\nx;y;z\n", left=left) == [
        {"type": "track", "name": "one"}
    ]
    assert left.examples["extra_cells"].startswith("Line 6 ")


@pytest.mark.parametrize("separator", [",", ";", "\t", "|"])
def test_the_separator_of_a_table_is_known_by_its_first_line(separator: str) -> None:
    head = separator.join(["type", "order_id", "revenue", '"tags.a;b,c"'])
    row = separator.join(["order", '"84;85,86"', '"49,90"', "x"])
    assert read("csv", f"{head}\n{row}\n".encode()) == [
        {"type": "order", "order_id": "84;85,86", "revenue": "49,90", "tags": {"a;b,c": "x"}}
    ]


def test_a_table_of_one_column_needs_no_separator() -> None:
    assert read("csv", b"name\none\n") == [{"name": "one"}]


def test_a_table_that_names_a_column_twice_is_refused_with_its_name() -> None:
    file = io.BytesIO()
    twice = pa.Table.from_arrays([pa.array(["track"]), pa.array(["a"])], names=["type", "type"])
    pq.write_table(twice, file)  # pyright: ignore[reportUnknownMemberType] - lists of anything
    for form, content in (("csv", b"type,name,type\ntrack,a,order\n"), ("parquet", file.getvalue())):
        with pytest.raises(InvalidInput, match="names the column 'type' twice; rename or remove"):
            read(form, content)
    assert read("csv", b"type,,\ntrack,a,b\n") == [{"type": "track"}]


def test_half_a_character_in_a_file_costs_itself() -> None:
    half = b"half \\ud83d"
    content = har(entry("https://shop.example/half", "fetch")).replace(b"half", half)
    mapped = '[fields]\ntype = { value = "track" }\nname = "name"'
    assert read("ndjson", b'{"name":"' + half + b'"}\n', mapped) == [{"type": "track", "name": "half \ufffd"}]
    assert [one["type"] for one in read("har", content)] == ["page_view", "request"]
    named = '[fields]\ntype = { value = "track" }\nname = "request.url"'
    assert read("har", content, named) == [{"type": "track", "name": "https://shop.example/half \ufffd"}]


def test_lines_of_ndjson_go_as_they_are_and_blank_ones_are_passed_over() -> None:
    assert read("ndjson", b'{"type":"cart"}\n\n  \n{"type":"order"}\n') == [
        {"type": "cart"},
        {"type": "order"},
    ]


def test_typed_columns_of_parquet_become_one_event_a_row() -> None:
    table = pa.table(
        {
            "type": ["order", "order"],
            "order_id": [1, 2],
            "revenue": pa.array([49.9, None]),
            "time": pa.array([datetime(2026, 5, 28, tzinfo=UTC)] * 2, pa.timestamp("us", "UTC")),
        }
    )
    file = io.BytesIO()
    pq.write_table(table, file)  # pyright: ignore[reportUnknownMemberType] - lists of anything
    first, second = read("parquet", file.getvalue())
    assert first == {"type": "order", "order_id": "1", "revenue": 49.9, "time": "2026-05-28T00:00:00+00:00"}
    assert "revenue" not in second


def test_rows_go_through_the_mapping_and_those_that_it_does_not_name_are_counted() -> None:
    mapping = '[fields]\ntype = { column = "kind", values = { sold = "order" } }\norder_id = "no"'
    left = Left()
    for form, content in (("csv", b"kind,no\nsold,1\nlost,2\n"), ("ndjson", b'{"kind":"sold","no":1}\n{\n')):
        assert read(form, content, mapping, left) == [{"type": "order", "order_id": "1"}]
    assert left.rows == {"unmapped": 1, "malformed": 1}


def test_lines_of_an_access_log_tell_pages_and_failed_or_changing_requests() -> None:
    left = Left()
    page, failed, bot, garbage = read("access", LOG.read_bytes(), left=left)
    assert (page["type"], page["time"], page["ip"]) == (
        "page_view",
        "2026-05-28T20:26:39+00:00",
        "203.0.113.9",
    )
    assert (page["url"], page["referrer"]) == (
        "/product/12?utm_campaign=spring",
        "https://www.google.com/search?q=x",
    )
    assert (failed["type"], failed["method"], failed["target"], failed["status"], failed["user_id"]) == (
        "request",
        "POST",
        "/cart/:id",
        503,
        "ann",
    )
    assert page["device_id"] == failed["device_id"] != bot["device_id"]
    assert "203.0.113" not in str(page["device_id"])
    assert "Googlebot" in str(bot["user_agent"])
    assert (garbage["type"], garbage["status"]) == ("request", 400)
    assert left.rows == {"not_kept": 2, "malformed": 2}


SECOND = '{address} - - [20/Nov/2026:10:00:00 +0000] "GET /{path} HTTP/1.1" 200 512 "-" "Mozilla/5.0"'


def test_equal_lines_of_one_second_are_different_requests_and_the_same_ones_in_a_second_reading() -> None:
    one = SECOND.format(address="198.51.100.7", path="a")
    later = one.replace(":00 +0000", ":01 +0000")
    other = SECOND.format(address="198.51.100.7", path="b")
    content = "\n".join([one, one, other, later, one]).encode()
    ids = [row.get("id") for row in read("access", content)]
    assert [bool(one) for one in ids] == [False, True, False, False, True]
    assert ids[1] != ids[4]
    assert ids == [row.get("id") for row in read("access", content)]
    mapping = '[fields]\ntype = { value = "track" }\nname = "method"'
    assert [row.get("id") for row in read("access", content, mapping)] == ids


def test_the_columns_of_an_access_log_can_be_mapped() -> None:
    mapping = '[fields]\ntype = { value = "track" }\nname = "method"\nvalue = "bytes"'
    assert read("access", LOG.read_bytes(), mapping)[0] == {"type": "track", "name": "GET", "value": 5120}


def har(*entries: dict[str, object]) -> bytes:
    """A HAR of one page with these entries."""
    page = {
        "id": "page_1",
        "startedDateTime": "2026-05-28T20:26:39.000Z",
        "title": "https://shop.example/cart",
    }
    return json.dumps({"log": {"version": "1.2", "pages": [page], "entries": entries}}).encode()


def entry(url: str, kind: str, status: int = 200, time: float = 12, **more: object) -> dict[str, object]:
    """One request of the page."""
    told: dict[str, object] = {
        "pageref": "page_1",
        "startedDateTime": "2026-05-28T20:26:39.500Z",
        "time": time,
        "request": {"method": "GET", "url": url, "headers": []},
        "response": {"status": status, "content": {"mimeType": "application/json"}},
        "_resourceType": kind,
    }
    return told | more


def test_an_entry_of_a_har_file_that_cannot_be_read_costs_itself_and_null_is_left_out() -> None:
    nulls: dict[str, object] = {"method": "GET", "url": "https://shop.example/api", "headers": None}
    content = json.loads(har(entry("", "fetch", request=nulls)))
    content["log"]["entries"] += ["no entry", {"request": 3}]
    left = Left()
    told = read("har", b"\xef\xbb\xbf" + json.dumps(content).encode(), left=left)
    assert [one["type"] for one in told].count("request") == 1
    assert left.rows == {"malformed": 2}
    assert read("har", b'{"log": {"pages": null, "entries": null}}') == []


FIELDS = (
    [("entries", (name,)) for name in ("pageref", "time", "_resourceType", "timings", "connection")]
    + [("entries", ("request", name)) for name in ("method", "url", "headers", "postData")]
    + [("entries", ("response", name)) for name in ("status", "content", "headers")]
    + [("entries", ("response", "content", "mimeType")), ("entries", ("timings", "wait"))]
    + [("pages", (name,)) for name in ("title", "pageTimings", "_largestContentfulPaint")]
)
ODD: list[object] = json.loads(
    r'[null, true, 7, 7.5, "x", "7.5", "", "\ud83d", [], [1], [null], {}, {"a": 1}, [{"name": 7, "value": []}]]'
)


@pytest.mark.parametrize(("group", "way"), FIELDS, ids=[f"{group}-{'.'.join(way)}" for group, way in FIELDS])
def test_a_field_of_any_type_in_a_har_file_loses_neither_its_row_nor_a_neighbour(
    group: str, way: tuple[str, ...]
) -> None:
    sound = har(
        entry("https://shop.example/api", "fetch", timings={"wait": 5}),
        entry("https://shop.example/b", "fetch"),
    )
    for value in ODD:
        content = json.loads(sound)
        place = content["log"][group][0]
        for name in way[:-1]:
            place = place[name]
        place[way[-1]] = value
        left = Left()
        told = [one["type"] for one in read("har", json.dumps(content).encode(), left=left)]
        assert (told.count("page_view"), told.count("request") + left.rows["not_kept"]) == (1, 2), value
        assert left.lost == left.rows["not_kept"], value


def test_what_a_har_file_cannot_tell_is_no_failure_and_what_is_left_out_is_counted_as_kept() -> None:
    left = Left()
    content = json.loads(
        har(entry("https://shop.example/api", "fetch"), entry("https://shop.example/a.css", "stylesheet"))
    )
    content["log"]["entries"][0]["response"]["status"] = "none"
    content["log"]["entries"][0]["time"] = "12"
    del content["log"]["entries"][1]["response"]["status"]
    _, request = read("har", json.dumps(content).encode(), left=left)
    assert ("status" in request, request["duration_ms"]) == (False, 12)
    assert (left.rows, left.lost) == ({"odd_field": 1, "not_kept": 1}, 1)
    assert left.examples["odd_field"] == "Kept without `status`, which could not be taken."


def test_a_csv_that_a_spreadsheet_saved_as_unicode_text_is_read() -> None:
    for encoding in ("utf-16-be", "utf-16-le"):
        for bom in ("", "\ufeff"):
            content = (bom + "type\tname\ntrack\tBüro\n").encode(encoding)
            assert read("csv", content) == [{"type": "track", "name": "Büro"}], (encoding, bom)


@pytest.mark.parametrize("said", ["sep=;\r\n", '"sep=;"\n', "SEP=;\n", "\ufeffsep=;\n"])
def test_the_line_that_tells_a_spreadsheet_the_separator_is_heeded_and_is_no_row(said: str) -> None:
    assert read("csv", f"{said}type;name\ntrack;a,b,c\n".encode()) == [{"type": "track", "name": "a,b,c"}]


def test_a_har_file_is_one_visit_of_pages_fetches_and_slow_resources() -> None:
    traced = {
        "method": "POST",
        "url": "https://shop.example/api/cart/12345?token=secret",
        "headers": [{"name": "traceparent", "value": f"00-{TRACE}-676009bfed955384-01"}],
    }
    left = Left()
    view, request, resource = read(
        "har",
        har(
            entry("https://shop.example/cart?token=secret", "document"),
            entry("https://shop.example/api", "fetch", 503, request=traced),
            entry("https://cdn.example/hero.jpg?w=2", "image", time=1900),
            entry("https://shop.example/app.js", "script"),
        ),
        left=left,
    )
    assert (view["type"], view["url"]) == ("page_view", "https://shop.example/cart?token=secret")
    assert (request["method"], request["target"], request["status"], request["trace_id"]) == (
        "POST",
        "/api/cart/:id",
        503,
        TRACE,
    )
    assert (resource["name"], resource["source"], resource["duration_ms"]) == (
        "img",
        "https://cdn.example/hero.jpg",
        1900,
    )
    assert len({str(one["session_key"]) for one in (view, request, resource)}) == 1
    assert len({str(one["page_view_id"]) for one in (view, request, resource)}) == 1
    assert left.rows == {"not_kept": 2}


AGENT = (
    "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/138.0.0.0 Safari/537.36"
)


def test_a_har_file_tells_its_browser_and_how_fast_its_page_was() -> None:
    timings = {"blocked": 2, "dns": -1, "connect": 30, "ssl": 20, "send": 1, "wait": 80, "receive": 400}
    request = {
        "method": "GET",
        "url": "https://shop.example/cart",
        "headers": [{"name": "user-agent", "value": AGENT}],
    }
    moved: dict[str, object] = {"method": "GET", "url": "http://shop.example/cart", "headers": []}
    content = json.loads(
        har(
            entry("", "document", 301, 50, request=moved),
            entry("", "document", request=request, timings=timings),
            entry("https://shop.example/api", "fetch"),
        )
    )
    content["log"]["pages"][0]["pageTimings"] = {"onLoad": 900, "_largestContentfulPaint": 1250.5}
    found = read("har", json.dumps(content).encode())
    assert {str(row["user_agent"]) for row in found} == {AGENT}
    assert found[0]["url"] == "https://shop.example/cart"
    assert {str(row["name"]): row["value"] for row in found if row["type"] == "vital"} == {
        "TTFB": 163,
        "LCP": 1250.5,
    }


@pytest.mark.parametrize("status", [301, 302, 303, 304, 307, 308])
@pytest.mark.parametrize("kind", ["fetch", "document", "image", ""])
def test_a_redirect_or_an_answer_that_was_there_already_is_no_request_of_its_own(
    status: int, kind: str
) -> None:
    left = Left()
    found = read("har", har(entry("https://shop.example/api", kind, status, 2000)), left=left)
    assert [row["type"] for row in found] == ["page_view"]
    assert left.rows == {"not_kept": 1}


def test_a_har_file_whose_browser_measured_nothing_tells_no_vitals() -> None:
    assert [row["type"] for row in read("har", har(entry("https://shop.example/", "document")))] == [
        "page_view"
    ]


def test_entries_of_a_har_file_can_be_mapped() -> None:
    mapping = '[fields]\ntype = { value = "request" }\ntarget = "request.url"\nduration_ms = "time"'
    content = har(entry("https://shop.example/", "document"))
    assert read("har", content, mapping) == [
        {"type": "request", "target": "https://shop.example/", "duration_ms": 12}
    ]


@pytest.mark.parametrize(
    ("form", "content"),
    [
        ("parquet", b"PAR1"),
        ("parquet", b""),
        ("har", b"{"),
        ("har", b'{"log":{"entries":1}}'),
        ("har", b"[" * 10_000),
        ("har", b'{"log": {"entries": [' + b"[" * 5_000 + b"]" * 5_000 + b"]}}"),
    ],
)
def test_a_file_that_is_not_of_its_format_is_refused(form: str, content: bytes) -> None:
    with pytest.raises(InvalidInput, match="The file is no"):
        read(form, content)


@pytest.mark.parametrize(
    ("name", "form"),
    [
        ("a.jsonl", "ndjson"),
        ("a.csv.gz", "csv"),
        ("a.parquet", "parquet"),
        ("access.log.1", "access"),
        ("access_log", "access"),
        ("nginx.log.gz", "access"),
        ("a.har", "har"),
    ],
)
def test_the_ending_tells_the_format(name: str, form: str) -> None:
    assert format_of(Path(name), "") == form


def test_a_format_that_is_not_known_is_refused_with_those_that_are() -> None:
    with pytest.raises(InvalidInput, match="name it with --format"):
        format_of(Path("a.xlsx"), "")
    with pytest.raises(InvalidInput, match="known: ndjson, csv, parquet"):
        format_of(Path("a.csv"), "excel")
    assert format_of(Path("a.xlsx"), "csv") == "csv"


def test_a_gzipped_file_is_read_as_what_is_in_it(tmp_path: Path) -> None:
    file = tmp_path / "a.csv.gz"
    file.write_bytes(gzip.compress(b"type\ncart\n"))
    with opened(file) as (content, position):
        assert list(events(content, "csv", None, Left())) == [b'{"type":"cart"}']
        assert position() == file.stat().st_size
