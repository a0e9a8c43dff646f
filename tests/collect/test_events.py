"""`POST /v1/events`: what is taken, what is dropped and under which reason, what becomes of personal data."""

from collections.abc import Callable

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.collect.conftest import NOW, House

from afterclick.collect.event.countries import COUNTRIES
from afterclick.collect.event.id import hashed_id
from afterclick.collect.event.limits import is_uuid7
from afterclick.collect.event.wire import WireEvent
from afterclick.signals import NO_ID

DAY = 86_400_000
SESSION = f"{NOW - 60_000:012x}"
SESSION_ID = f"{SESSION[:8]}-{SESSION[8:]}-7abc-8def-0123456789ab"
SESSION_ID_V4 = "2f1a0c3e-5b7d-4abc-8def-0123456789ab"


def session_at(time: int) -> str:
    digits = f"{time:012x}"
    return f"{digits[:8]}-{digits[8:]}-7abc-8def-0123456789ab"


BAD: list[tuple[str, dict[str, object]]] = [
    ("unknown_type", {"type": "nonsense"}),
    ("unknown_type", {"type": None}),
    ("future", {"time": NOW + 600_001}),
    ("future", {"time": 10**300}),
    ("too_old", {"time": NOW - 396 * DAY}),
    ("too_old", {"time": -1}),
    ("too_long", {"consent": {str(number): True for number in range(1_366)}}),
    ("out_of_range", {"type": "order", "order_id": "1", "revenue": -1, "currency": "EUR"}),
    ("out_of_range", {"type": "vital", "name": "LCP", "value": -1}),
    ("incomplete", {"type": "order", "order_id": "1", "revenue": 5}),
    ("incomplete", {"type": "order", "order_id": "1", "revenue": "", "currency": "EUR"}),
    ("incomplete", {"type": "order", "order_id": "1", "revenue": None, "currency": "EUR"}),
    ("incomplete", {"type": "order", "order_id": "1", "revenue": [5], "currency": "EUR"}),
    ("incomplete", {"type": "order", "order_id": "1", "revenue": 5, "currency": "NaN"}),
    ("incomplete", {"type": "order", "order_id": "1", "revenue": 5, "currency": "abc"}),
    ("incomplete", {"type": "refund", "order_id": "1", "currency": "abc"}),
    ("incomplete", {"type": "order", "order_id": "1", "revenue": "12.34.56", "currency": "EUR"}),
    ("incomplete", {"type": "order", "order_id": "1", "revenue": "1 299 00", "currency": "EUR"}),
    ("inconsistent", {"type": "order", "order_id": "1", "revenue": "$49.90", "currency": "EUR"}),
    ("wrong_type", {"type": "order", "order_id": "1", "revenue": "1,234", "currency": "IQD"}),
    ("incomplete", {"type": "refund", "revenue": 5, "currency": "EUR"}),
    ("incomplete", {"type": "refund", "order_id": "1", "currency": "EUR"}),
    ("incomplete", {"type": "refund", "order_id": "1", "revenue": 5}),
    ("incomplete", {"type": "refund"}),
    ("incomplete", {"type": "vital", "name": "FID", "value": 1}),
    ("incomplete", {"type": "rating", "value": 6}),
    ("incomplete", {"type": "struggle", "name": "sigh"}),
    ("incomplete", {"type": "mark", "name": "whatever"}),
    ("incomplete", {"type": "identify"}),
]


@pytest.mark.parametrize(
    "fields",
    [{"currency": "NaN", "revenue": 5}, {"currency": "EUR", "revenue": "$5"}],
    ids=["currency", "sum"],
)
def test_what_needs_no_sum_is_kept_without_a_currency_or_sum_that_is_none(
    house: House, fields: dict[str, object]
) -> None:
    told = house.post(house.event(type="track", name="gift", **fields)).json()
    assert (told["accepted"], told["reasons"]) == (1, {"odd_field": 1})
    (event,) = house.events()
    assert (event.currency, event.revenue) in (("", 5), ("EUR", 0))


@pytest.mark.parametrize(("reason", "fields"), BAD, ids=[f"{r}-{list(f)}" for r, f in BAD])
def test_a_bad_event_is_dropped_under_its_reason_and_its_neighbours_are_kept(
    house: House, reason: str, fields: dict[str, object]
) -> None:
    answer = house.post(house.event(name="before"), house.event(**fields), house.event(name="after"))
    told = answer.json()
    assert answer.status_code == 202
    assert (told["accepted"], told["dropped"]) == (2, 1)
    assert [(error["index"], error["reason"]) for error in told["errors"]] == [(1, reason)]
    assert [event.name for event in house.events()] == ["before", "after"]
    assert house.counted() == {"": 2, reason: 1}


def hashed(house: House, told: str) -> str:
    return hashed_id(house.site, told.encode())


def test_what_a_field_means_is_taken_whatever_its_type(house: House) -> None:
    told = {
        "user_id": 90210, "step": 2, "path": True, "status": "200", "value": "3.5", "duration_ms": "12",
        "type": "order", "order_id": 81, "revenue": "1.299,00 €", "currency": " eur ", "tags": {"plan": 3},
        "props": {"nested": {"a": 1}, "list": [1]},
    }  # fmt: skip
    assert house.post(house.event(**told)).json() == {
        "accepted": 1,
        "dropped": 0,
        "reasons": {},
        "errors": [],
    }
    (event,) = house.events()
    assert (event.user_id, event.step, event.path, event.order_id) == ("90210", "2", "true", "81")
    assert (event.status, event.value, event.duration_ms) == (200, 3.5, 12)
    assert (event.revenue, event.currency) == (1299, "EUR")
    assert (event.tags, event.props) == (["plan=3"], '{"list":"[1]","nested.a":1}')
    assert house.counted() == {"": 1}


LEFT_OUT: list[tuple[str, object]] = [
    ("status", 1000), ("status", "ok"), ("status", [1]), ("duration_ms", -1), ("value", 1e13), ("value", {"a": 1}),
    ("trace_id", "0" * 32), ("trace_id", "abc"), ("time", "yesterday"), ("time", [1]), ("user_id", {"id": 1}),
    ("url", []), ("props", "text"), ("tags", [1]), ("tags", 5),
    ("props", {str(number): None for number in range(1_366)}), ("props", {"a": "x" * 9000, "b": 1}),
]  # fmt: skip


@pytest.mark.parametrize(
    ("field", "value"), LEFT_OUT, ids=[f"{name}-{str(told)[:12]}" for name, told in LEFT_OUT]
)
def test_a_field_that_cannot_be_read_is_left_out_and_counted_and_its_event_is_kept(
    house: House, field: str, value: object
) -> None:
    told = house.post(
        house.event(name="before"), house.event(**{field: value}), house.event(name="after")
    ).json()
    assert (told["accepted"], told["dropped"]) == (3, 0)
    assert [(error["index"], error["reason"]) for error in told["errors"]] == [(1, "odd_field")]
    assert field in told["errors"][0]["message"]
    assert house.counted() == {"": 3, "odd_field": 1}


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("page_view_id", "x" * 36),
        ("device_id", "d" * 129),
        ("order_id", "o" * 129),
        ("session_key", "s" * 257),
    ],
)
def test_an_id_of_another_form_is_kept_as_a_hash_that_is_always_the_same(
    house: House, field: str, value: str
) -> None:
    house.post(house.event(name="a", **{field: value}), house.event(name="b", **{field: value}))
    assert [getattr(event, field) for event in house.events()] == [hashed(house, value)] * 2
    assert house.counted() == {"": 2}


def test_an_events_own_id_of_another_form_still_keeps_it_from_counting_twice(house: House) -> None:
    house.post(house.event(id="order-1"))
    house.post(house.event(id="order-1"))
    assert [event.event_id for event in house.events()] == [hashed(house, "order-1")]


def test_a_trace_with_dashes_is_that_trace(house: House) -> None:
    house.post(house.event(trace_id="5b8efff7-9803-8103-d269-b633813fc60c"))
    assert house.events()[0].trace_id == "5b8efff798038103d269b633813fc60c"


@pytest.mark.parametrize(
    "session_id", [SESSION_ID_V4, session_at(NOW + 3_600_000), session_at(NOW - 400 * DAY), "mine"]
)
def test_a_visits_id_without_a_time_of_use_leads_to_a_visit_by_our_clock(
    house: House, session_id: str
) -> None:
    house.post(house.event(session_id=session_id), house.event(session_id=session_id, session_key="own"))
    first, second = house.events()
    named = session_id if is_uuid7(session_id) else hashed(house, session_id)
    assert (first.session_id, first.session_key, second.session_key) == (NO_ID, named, "own")
    assert house.counted() == {"": 2}


def test_the_context_of_an_envelope_may_hold_an_odd_field(house: House) -> None:
    body = b'{"context":{"user_id":90210,"status":[]},"events":[{"type":"page_view","path":"/"}]}'
    assert house.send(body).json()["accepted"] == 1
    assert [event.user_id for event in house.events()] == ["90210"]


JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**70), 2**70)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=6,
)


@given(
    st.sampled_from([name for name in WireEvent.__struct_fields__ if name not in ("type", "consent")]), JSON
)
def test_no_field_of_whatever_type_loses_an_event(house: House, field: str, value: object) -> None:
    told = house.post(house.event(**{"name": "odd", field: value})).json()
    assert {error["reason"] for error in told["errors"]} <= {"odd_field", "future", "too_old", "duplicate"}


MALFORMED = {
    "NaN": b'{"type":"track","value":NaN}',
    "infinity": b'{"type":"track","value":-Infinity}',
    "surrogate in UTF-8": b'{"type":"track","name":"\xed\xa0\x80"}',
    "invalid UTF-8": b'{"type":"track","name":"\xff\xfe"}',
    "deep nesting": b'{"type":"track","deep":' + b"[" * 20_000 + b"]" * 20_000 + b"}",
    "trailing comma": b'{"type":"track",}',
    "single quotes": b"{'type':'track'}",
    "raw control character": b'{"type":"track","name":"a\x00b"}',
}


@pytest.mark.parametrize("broken", MALFORMED.values(), ids=MALFORMED.keys())
def test_broken_json_in_an_array_loses_no_neighbour(house: House, broken: bytes) -> None:
    good = b'{"type":"track","name":"before"}', b'{"type":"track","name":"after"}'
    answer = house.send(b"[" + b",".join((good[0], broken, good[1])) + b"]")
    assert answer.status_code == 202
    assert [error["reason"] for error in answer.json()["errors"]] == ["malformed"]
    assert [event.name for event in house.events()] == ["before", "after"]


@pytest.mark.parametrize("broken", [*MALFORMED.values(), b'{"type":"tra'], ids=[*MALFORMED, "cut off"])
def test_broken_json_in_a_line_loses_no_neighbour(house: House, broken: bytes) -> None:
    lines = b'{"type":"track","name":"before"}\n' + broken + b'\n\n{"type":"track","name":"after"}\n'
    answer = house.send(lines, content_type="application/x-ndjson")
    assert answer.json()["dropped"] == 1
    assert [event.name for event in house.events()] == ["before", "after"]


def test_half_a_character_is_replaced_and_loses_no_event(house: House) -> None:
    told = (
        b'[{"type":"track","name":"cut \\ud83d"},{"type":"track","name":"\\ude00 \\ud83d\\ude00 \\\\ud83d"}]'
    )
    assert house.send(told).json()["accepted"] == 2
    assert [event.name for event in house.events()] == ["cut \ufffd", "\ufffd \U0001f600 \\ud83d"]


def test_a_body_cut_off_keeps_the_events_that_are_whole(house: House) -> None:
    answer = house.send(b'[{"type":"track","name":"whole"},{"type":"track","na')
    assert (answer.status_code, answer.json()["accepted"], answer.json()["dropped"]) == (202, 1, 1)


def test_an_envelope_with_a_broken_event_still_lends_its_context_to_the_others(house: House) -> None:
    body = (
        b'{"context":{"device_id":"d1"},"events":[{"type":"track","value":NaN},{"type":"track","name":"ok"}]}'
    )
    assert house.send(body).json()["accepted"] == 1
    assert [(event.name, event.device_id) for event in house.events()] == [("ok", "d1")]


@pytest.mark.parametrize("body", [b"", b"garbage", b"{", b"[", b"\xff\xfe{\x00}\x00", b"\x00" * 100])
def test_a_body_in_which_nothing_can_be_read_is_400_with_a_sentence_and_counted(
    house: House, body: bytes
) -> None:
    answer = house.send(body)
    assert answer.status_code == 400
    assert answer.json()["error"].endswith((".", ".}"))
    assert house.counted() == {"malformed": 1}


def test_the_four_forms_of_a_body_and_a_beacon_say_the_same(house: House) -> None:
    one, two, three, four, five = (
        msgspec.json.encode(house.event(device_id="d", value=n)) for n in range(1, 6)
    )
    forms = [
        (one, "application/json"),
        (b"[" + two + b"]", "application/json; charset=utf-8"),
        (three + b"\n" + four, "application/x-ndjson"),
        (
            b'{"context":{"device_id":"d"},"events":[{"type":"page_view","path":"/"}]}',
            "text/plain;charset=UTF-8",
        ),
        (b"\xef\xbb\xbf" + five, ""),
    ]
    for body, media_type in forms:
        assert house.send(body, content_type=media_type).status_code == 202
    assert [(e.type, e.path, e.device_id) for e in house.events()] == [("page_view", "/", "d")] * 6


def test_of_duplicate_keys_the_last_counts(house: House) -> None:
    house.send(b'{"type":"track","name":"a","name":"b","props":{"x":1,"x":2}}')
    assert [(event.name, event.props) for event in house.events()] == [("b", '{"x":2}')]


def test_at_most_ten_errors_are_listed_and_all_are_counted(house: House) -> None:
    answer = house.post(*[house.event(type="no")] * 25)
    assert (len(answer.json()["errors"]), answer.json()["dropped"]) == (10, 25)
    assert house.counted() == {"unknown_type": 25}


@pytest.mark.parametrize("end", [b"]", b""], ids=["whole", "cut off"])
def test_more_events_than_a_request_may_hold_are_413(house: House, end: bytes) -> None:
    assert house.send(b"[" + b",".join([b'{"type":"track"}'] * 10_001) + end).status_code == 413
    assert not house.events()


def test_an_event_without_id_gets_one_from_its_content_so_that_a_resend_counts_once(house: House) -> None:
    for _ in range(2):
        house.post(house.event(name="a"), house.event(name="b"))
        house.restart(forgetting=True)
    ids = [event.event_id for event in house.events()]
    assert ids[:2] == ids[2:]
    assert ids[0] != ids[1]


def test_the_session_starts_at_the_time_in_its_id(house: House) -> None:
    house.post(house.event(session_id=SESSION_ID.upper()))
    [event] = house.events()
    assert (event.session_id, event.session_start) == (SESSION_ID, NOW - 60_000)


def test_a_url_is_split_and_its_query_is_not_kept(house: House) -> None:
    url = "https://Shop.Example:8443/product/12?utm_campaign=spring&token=secret#part"
    house.post(house.event(path=None, url=url, referrer="https://www.google.com/search?q=me"))
    [event] = house.events()
    assert (event.host, event.path, event.campaign) == ("shop.example", "/product/12", "spring")
    assert event.referrer == "www.google.com"


def test_mail_addresses_and_card_numbers_are_masked(house: House) -> None:
    house.post(
        house.event(
            type="error",
            path="/account/jane.doe%40example.org",
            message="jane@example.org paid with 4111 1111 1111 1111, order 1234567890123",
            props={"to": "x@example.org"},
        )
    )
    [event] = house.events()
    assert event.path == "/account/[email]"
    assert event.message == "[email] paid with [card], order 1234567890123"
    assert event.props == '{"to":"[email]"}'


def test_null_characters_are_taken_out_and_long_texts_cut(house: House) -> None:
    house.post(house.event(type="error", name="a\x00b", message="m" * 5000))
    [event] = house.events()
    assert (event.name, len(event.message)) == ("ab", 2048)


def test_the_first_eight_tags_are_kept_in_the_order_told_and_the_rest_is_counted(house: House) -> None:
    told = {f"z{n}": n for n in range(8)} | {"plan": "gold", "a": None, "": "x"}
    answer = house.post(house.event(tags=told), house.event(value=1, tags={"plan": "gold"})).json()
    first, second = house.events()
    assert first.tags == [f"z{n}={n}" for n in range(8)]
    assert second.tags == ["plan=gold"]
    assert (answer["accepted"], answer["dropped"], answer["reasons"]) == (2, 0, {"odd_field": 1})
    assert answer["errors"][0]["message"] == "Kept without `tags.plan`, which could not be taken."


def test_tags_are_sorted_pairs_and_at_most_eight(house: House) -> None:
    house.post(house.event(tags={"b": "2", "a": True, "c": None} | {f"z{n}": n for n in range(9)}))
    [event] = house.events()
    assert event.tags[:3] == ["a=true", "b=2", "z0=0"]
    assert len(event.tags) == 8


def test_the_country_comes_from_the_configured_header_unless_sent(open_house: Callable[..., House]) -> None:
    house = open_house(country_header="CF-IPCountry")
    house.post(house.event(), house.event(country="cz"), cf_ipcountry="DE")
    assert [event.country for event in house.events()] == ["DE", "CZ"]


def test_a_browsers_user_agent_describes_unless_the_event_brings_one_and_a_servers_never(
    house: House,
) -> None:
    house.post(house.event(), house.event(user_agent="own"), user_agent="Mozilla/5.0 browser")
    house.post(house.event(value=2), user_agent="python-requests/2.32")
    assert [event.user_agent for event in house.events()] == ["Mozilla/5.0 browser", "own", ""]


def test_a_historical_key_has_its_times_taken_as_given_within_retention(house: House) -> None:
    house.key = house.keys.create(house.site, "history", ["historical"]).secret
    past = NOW - 30 * DAY
    answer = house.post(
        house.event(time=past), house.event(time=NOW + DAY), house.event(time=NOW - 396 * DAY)
    )
    assert answer.json()["errors"][0]["reason"] == "too_old"
    assert [(event.time, event.received) for event in house.events()] == [
        (past, past),
        (NOW + DAY, NOW + DAY),
    ]


def test_times_may_be_iso_8601(house: House) -> None:
    house.post(house.event(time="2026-05-28T20:26:40Z"), house.event(time="2026-05-28T22:26:40+02:00"))
    assert {event.time for event in house.events()} == {NOW}


@pytest.mark.parametrize(
    ("told", "kept"),
    [
        ("cz", "CZ"),
        ("UK", "GB"),
        ("el", "GR"),
        ("XK", "XK"),
        ("EU", ""),
        ("XX", ""),
        ("../../etc", ""),
        ("AN", ""),
    ],
)
def test_a_country_is_a_code_in_use_and_another_is_counted(house: House, told: str, kept: str) -> None:
    answer = house.post(house.event(country=told, region=f"{kept or told}-1")).json()
    [event] = house.events()
    assert (event.country, event.region) == (kept, f"{kept}-1" if kept else "")
    assert answer["reasons"] == ({} if kept else {"odd_field": 1})


def test_the_countries_are_the_249_that_iso_3166_assigns_and_kosovo() -> None:
    assert len(COUNTRIES - {"XK"}) == 249
    assert {"GB", "GR", "SS", "CW", "BQ", "XK"} <= COUNTRIES
    assert not COUNTRIES & {"UK", "EL", "EU", "UN", "AN", "CS", "SU", "AC", "TA", "IC", "ZZ", "XX"}


@pytest.mark.parametrize(
    ("told", "currency", "kept", "rounded"),
    [
        (99.5, "JPY", 100, 1), (98.5, "JPY", 98, 1), ("1.299", "JPY", 1299, 0), (0.0005, "KWD", 0, 1),
        (0.0015, "KWD", 0.002, 1), (12.345, "EUR", 12.34, 1), (59.900000000000006, "EUR", 59.9, 0),
        ("1.299 €", "EUR", 1299, 0), (1e12, "EUR", 1e12, 0),
    ],
)  # fmt: skip
@pytest.mark.parametrize("type_", ["order", "refund"])
def test_a_sum_is_kept_in_smallest_units_and_a_finer_one_is_counted(
    house: House, type_: str, told: object, currency: str, kept: float, rounded: int
) -> None:
    answer = house.post(house.event(type=type_, order_id="o", revenue=told, currency=currency)).json()
    [event] = house.events()
    assert event.revenue == kept
    assert (answer["dropped"], answer["reasons"]) == (0, {"rounded": 1} if rounded else {})


def test_a_blank_label_is_none_and_a_blank_id_joins_nobody(house: House) -> None:
    labels = ("step", "route", "name", "channel", "campaign", "release")
    ids = ("device_id", "user_id", "session_key")
    house.post(house.event(**dict.fromkeys((*labels, *ids), " \u00a0 ")))
    [event] = house.events()
    assert {getattr(event, name) for name in (*labels, *ids)} == {""}
