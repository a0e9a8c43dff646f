"""Secrets and numbers are known however they are spelled, wherever a text is cut, and at no great cost."""

import json
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.collect.conftest import NOW, House

from afterclick.collect.event.flat import flat
from afterclick.collect.otlp.attributes import flat_json
from afterclick.collect.passage.cleaning import cut, is_secret, scrubbed, scrubbed_prop, scrubbed_props

CARD, IBAN, SECRET = "4111 1111 1111 1111", "DE89 3704 0044 0532 0130 00", "zq9Xk"
BETWEEN = [
    "%20", "%2520", "%252520", "%2D", "%C2%A0", "%E2%80%93", "%2B", "%0A", "&nbsp;", "&#160;", "&#xa0;", "&ndash;",
    "&amp;nbsp;", "\t", "\n", "\r\n", ",", ", ", "-", " - ", "\u2014", "\u2013", "\u2011", "\u200b", "\u2060", "\xad",
    "/",
    ".", "_", "+", "\\n", "\\u00a0", "\\u2013", "\ufeff ", "\u3000",
]  # fmt: skip
DIGITS = {first: {48 + n: first + n for n in range(10)} for first in (0x30, 0x660, 0x966, 0xFF10, 0x1D7CE)}
LETTERS = {0x41 + n: 0xFF21 + n for n in range(26)}


@pytest.mark.parametrize("between", BETWEEN, ids=ascii)
@pytest.mark.parametrize("digits", DIGITS.values(), ids=[hex(first) for first in DIGITS])
def test_a_card_is_known_by_whatever_stands_between_its_groups(between: str, digits: dict[int, int]) -> None:
    number = between.join(CARD.translate(digits).split())
    assert scrubbed(f"paid with {number} today") == "paid with [card] today"


@pytest.mark.parametrize("between", BETWEEN, ids=ascii)
@pytest.mark.parametrize("signs", [{}, DIGITS[0xFF10] | LETTERS], ids=["narrow", "wide"])
def test_an_iban_is_known_by_whatever_stands_between_its_groups(between: str, signs: dict[int, int]) -> None:
    number = between.join(IBAN.translate(signs).split())
    assert scrubbed(f"pay to {number} today") == "pay to [iban] today"


NAMES = [
    "password", "user[password]", "password[]", "password1", "PASSWORD2", "password_confirmation", "newPassword",
    "passwd",
    "pass", "db_pass", "pw", "pwd", "session", "sessionid", "PHPSESSID", "secretKey", "client-secret", "api_key",
    "apiKey",
    "access_token", "csrf", "otp", "sid", "user%5Bpassword%5D", "pass\u200bword", "\uff50assword", "\\u0070assword",
]  # fmt: skip
FORMS = [
    "{}=zq9Xk", "a=1&{}=zq9Xk&b=2", "{} = zq9Xk", "{}: zq9Xk-4f21", '"{}":"zq9Xk"', '{{"{}": "zq9Xk", "x": 1}}',
    '{{\\"{}\\":\\"zq9Xk\\"}}', '{{\\\\\\"{}\\\\\\":\\\\\\"zq9Xk\\\\\\"}}', "{{'{}': 'zq9Xk'}}",
    '{{"{}":["zq9Xk","zq9Xk"]}}',
    '{{"{}":{{"new":"zq9Xk"}},"x":1}}', '<i {}="zq9Xk"/>', "&quot;{}&quot;:&quot;zq9Xk&quot;", "%22{}%22%3A%22zq9Xk%22",
    "{}=ab,zq9Xk", "{}=ab&zq9Xk", "{}=ab;zq9Xk", "{}=ab%26zq9Xk&b=2", "{}=ab%20zq9Xk&b=2", "{}=ab)zq9Xk", '{}=ab"zq9Xk',
    "{}=ab<zq9Xk", "{}=[zq9Xk", "{}=[secret]zq9Xk", '"{}":"ab\\"zq9Xk"', '"{}":"zq9Xk', '"{}":"ab, zq9Xk"',
    '{{"{}":12345,"x":"y"}}',
]  # fmt: skip


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("name", NAMES, ids=ascii)
def test_a_secret_is_masked_under_any_name_in_any_form(name: str, form: str) -> None:
    masked = scrubbed(form.format(name))
    assert SECRET not in masked
    assert "12345" not in masked
    assert "[secret]" in masked


PLAIN = ["password", "pass", "session_token", "new-password"]


@pytest.mark.parametrize(
    "form",
    ["<{0}>zq9Xk</{0}>", '<{0} type="t">zq9Xk</{0}>', "<{0}><![CDATA[zq9Xk]]></{0}>", "&lt;{0}&gt;zq9Xk&lt;/{0}&gt;",
     "<a:{0}>zq9Xk</a:{0}>", "run --{0} zq9Xk now", '<input name="{0}" value="zq9Xk">',
     '{{"name":"{0}","value":"zq9Xk"}}',
     'form-data; name="{0}"\r\n\r\nzq9Xk\r\n--b', 'form-data; name="{0}"\r\nA: b\r\n\r\nzq9Xk\r\n--b'],
)  # fmt: skip
@pytest.mark.parametrize("name", PLAIN)
def test_a_secret_is_masked_in_markup_command_lines_and_parts_of_forms(name: str, form: str) -> None:
    masked = scrubbed(form.format(name))
    assert SECRET not in masked
    assert "[secret]" in masked


@pytest.mark.parametrize(
    ("text", "becomes"),
    [("password=ab,c, then more", "password=[secret], then more"),
     ("(password=abc)", "(password=[secret])"),
     ("{user=ada, password=x,y, plan=gold}", "{user=ada, password=[secret], plan=gold}"),
     ('log "password=abc","level":3', 'log "password=[secret]","level":3'),
     ("Cookie: a=b; c=d\nHost: shop.example", "Cookie: [secret]\nHost: shop.example"),
     ('{"cookie":"a=b","x":1}', '{"cookie":"[secret]","x":1}'),
     ("password=a<br>next", "password=[secret]<br>next"),
     ("password:\nConfirm password:", "password:\nConfirm password:"),
     ("café ☕ password=x – fin", "café ☕ password=[secret] – fin")],
)  # fmt: skip
def test_what_follows_a_secret_stays(text: str, becomes: str) -> None:
    assert scrubbed(text) == becomes


@pytest.mark.parametrize(
    "text",
    ["Password required", "password: is too short", "Password: required.", "password: null", "Passwords must match",
     "pass the salt", "Boarding pass: A12", "session expired", "Your session: expired", "session: 3 of 5",
     "max_tokens=1200", "password_length=8", "compass=north", "bypass=everything", "authority: x1234", "author: Jane7",
     "keyboard: qwerty1", "sidebar=open1", "design=modern12", "input[type=password]", "#password:nth-child(2)",
     "a.password:focus", "The session key is not known", "100% cotton & 50% off", "C:\\new\\table", "%F0%9F",
     "&unknown;",
     "a%20b/c", "Unexpected token: 'x1'", '{"errors":{"password":["is too short"]}}', "&#1114112; &#xFFFFFF;"],
)  # fmt: skip
def test_what_only_sounds_like_a_secret_is_left_alone(text: str) -> None:
    assert scrubbed(text) == text


@given(st.text(st.sampled_from("aé%25C3A9&amp;#x;\\u00d8\"'\u200bﬁ٣=: []{}<>/password?3F)."), max_size=200))
def test_a_text_of_any_spelling_is_cleaned_without_an_error_and_twice_as_once(text: str) -> None:
    once = scrubbed(text)
    assert scrubbed(scrubbed(once)) == scrubbed(once)


@pytest.mark.parametrize("most", [64, 1024])
@pytest.mark.parametrize("behind", ["", " and more", " x" * 2000], ids=["end", "some", "much"])
@pytest.mark.parametrize("told", [CARD, IBAN, "jane.doe@mail.example.org", "card 4111%201111%201111%201111"])
def test_a_cut_leaves_no_half_of_what_is_masked(told: str, behind: str, most: int) -> None:
    for before in range(most - len(told) - 1, most + 1):
        text = "é " * (before // 2) + "-" * (before % 2) + f" {told}{behind}"
        kept = scrubbed(cut(text, most))
        assert not {"4111", "3704", "jane", "example"} & set(
            kept.replace("@", " ").replace("%", " ").split()
        ), kept
        assert "1111" not in kept


def test_masks_before_a_cut_bring_nothing_unclean_in() -> None:
    text = f"{CARD}, " * 300
    assert all("1111" not in cut(text[: len(text) - less], 1024) for less in range(60))


FIELDS = {
    "name": 128,
    "step": 64,
    "route": 256,
    "campaign": 128,
    "release": 64,
    "target": 512,
    "source": 1024,
    "message": 2048,
}


@pytest.mark.parametrize(("field", "most"), FIELDS.items())
def test_a_field_is_cleaned_before_it_is_cut(house: House, field: str, most: int) -> None:
    house.post(house.event(**{field: f"{'a ' * (most // 2 - 5)}{CARD}"}))
    [event] = house.events()
    assert "1" not in getattr(event, field)


def test_tags_and_props_are_cleaned_before_they_are_cut(house: House) -> None:
    long = "the_password_of_" + "a" * 130
    house.post(house.event(tags={"note": f"{'a ' * 27}{CARD}", f"{'k' * 30}_password": "hunter22"}))
    [event] = house.events()
    assert "1" not in "".join(event.tags)
    assert "hunter22" not in "".join(event.tags)
    assert "1" not in json.dumps(flat({"note": f"{'a ' * 1019}{CARD}"}))
    assert flat({f"{'k' * 130}_password": "hunter22"}) == {"k" * 128: "[secret]"}
    assert scrubbed_props({long: "hunter22"}) == {long: "[secret]"}


def test_attributes_are_cleaned_before_they_are_cut() -> None:
    assert "1" not in flat_json({"note": f"{'a ' * 1019}{CARD}"})
    assert flat_json({f"{'k' * 130}_password": "hunter22"}) == f'{{"{"k" * 128}":"[secret]"}}'


def test_the_release_and_service_that_sentry_tells_are_cleaned(house: House) -> None:
    body = {
        "type": "transaction", "event_id": "0" * 31 + "1", "transaction": "GET /", "platform": "python",
        "timestamp": NOW / 1000, "start_timestamp": NOW / 1000 - 0.1, "release": f"{CARD}@{CARD}",
        "contexts": {"trace": {"trace_id": "5b8efff798038103d269b633813fc60c", "span_id": "eee19b7ec3c1b174"}},
    }  # fmt: skip
    payload = json.dumps(body)
    envelope = f'{{}}\n{{"type":"transaction","length":{len(payload)}}}\n{payload}\n'
    assert house.send(envelope.encode(), "/api/1/envelope/").status_code == 200
    [span] = house.spans()
    assert (span.service, span.release) == ("[card]", "[card]")


@pytest.mark.parametrize(
    ("name", "expected"),
    [("user[password]", True), ("password.value", True), ("newPassword2", True), ("pass", True), ("session", True),
     ("credentials.0.key", True), ("password_length", False), ("k8s.secret.name", False), ("session.id", False),
     ("max_tokens", False), ("compass", False), ("gen_ai.token.type", False)],
)  # fmt: skip
def test_a_field_is_secret_by_its_name(name: str, expected: bool) -> None:
    assert is_secret(name) is expected


PIECES = [
    "a", "1 ", "4111 ", "DE89 ", "eyJ", "a=", "/?", "a@", "%25", "%2525", "&amp;", "&#", "\\u0041", "\\\\", "{", "[",
    "٣", "ﬁ",
    "password=", "password:\"\\", "password={", "<password>", "token:", "token: a", "token:[", "session: {", "cookie: ",
    "passphrase ", "name='token'", "id=\"pw\"value", "name=\"pw\"\n", "--password ", "-----BEGIN PRIVATE KEY-----",
    "mysql -p ", "/token/", "/token/a", "a(at)b.", "apikey ", "/a/b/password: ", "pin=1 ", "\"--password\",",
    "Bearer ", "://a:b", "hooks.slack.com/services/", "x=0f", "\u200b",
    "?", "#", "#a=", "/a?b=", "a/?b=1 ", "%3Fa%3D", "/%3Fa%3D&", "\\/?", "/a?:1:1", "/a?b=)",
]  # fmt: skip


@pytest.mark.parametrize("piece", PIECES, ids=ascii)
def test_the_longest_text_costs_no_more_than_its_length(piece: str) -> None:
    short, long = ((piece * 9000)[:most] for most in (2_200, 8_800))
    assert min(map(_seconds, [long] * 3)) < max(10 * min(map(_seconds, [short] * 3)), 0.01)


def _seconds(text: str) -> float:
    started = time.process_time()
    scrubbed(text)
    return time.process_time() - started


@pytest.mark.parametrize(
    "text",
    [
        "https://unpkg.com/react@18.2.0/umd/react.production.min.js",
        "https://cdn.jsdelivr.net/npm/swiper@11.0.5/swiper.min.js:1:200",
        "@angular/core@17.0.1",
        "https://ex.test/img/logo@2x.png",
        'img.hero[src="/a@2x.webp"]',
        "Basic Subscription",
        "Basic subscription-monthly",
        "basic authentication failed",
        "Bearer authentication required",
    ],
)
def test_versions_files_and_words_are_no_personal_data(text: str) -> None:
    assert scrubbed(text) == text


@pytest.mark.parametrize("value", [4111111111111111, 4111111111111111.0, -4111111111111111])
def test_a_card_told_as_a_number_is_masked_whatever_its_type(value: float) -> None:
    assert scrubbed_prop("note", value) == ("note", "[card]")


@pytest.mark.parametrize(
    "value", [4111111111111112, 1e300, float("inf"), float("nan"), 1795627500000.5, True]
)
def test_a_number_that_is_no_card_is_kept(value: float) -> None:
    assert scrubbed_props({"note": value})["note"] is value
