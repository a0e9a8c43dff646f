"""Which errors are left out at every door, and how those are told that are no `Error`."""

import json
from collections.abc import Callable

import pytest
from tests.collect.conftest import NOW, House

from afterclick.collect.event.errors import SCRIPT_ERROR
from afterclick.signals import Event

Send = Callable[[House, str, str], None]
"""Has one door told of an error: its message, and the address of the script that threw it."""

SHOP = "https://shop.example/app.js"
SECONDS = NOW / 1000 - 1


def own(house: House, message: str, script: str) -> None:
    house.post(house.event(type="error", name="Error", message=message, source=f"{script}:3"))


def own_by_stack(house: House, message: str, script: str) -> None:
    stack = f"Error: {message}\n    at run ({script}:3:7)\n    at {SHOP}:1:1"
    house.post(house.event(type="error", name="Error", message=message, props={"stack": stack}))


def sentry(house: House, message: str, script: str) -> None:
    frames = [
        {"filename": SHOP, "lineno": 1, "in_app": True},
        {"filename": script, "lineno": 3, "in_app": True},
    ]
    thrown = {"type": "Error", "value": message, "stacktrace": {"frames": frames}}
    event = {"timestamp": SECONDS, "platform": "javascript", "exception": {"values": [thrown]}}
    house.send(b'{}\n{"type":"event"}\n' + json.dumps(event).encode(), "/api/1/envelope/")


def faro(house: House, message: str, script: str) -> None:
    frames = [{"filename": script, "lineno": 3}, {"filename": SHOP, "lineno": 1}]
    thrown = {"type": "Error", "value": message, "stacktrace": {"frames": frames}}
    house.send(json.dumps({"meta": {"session": {"id": "s"}}, "exceptions": [thrown]}).encode(), "/collect")


def otlp(house: House, message: str, script: str) -> None:
    stack = f"run@{script}:3:7\n@{SHOP}:1:1"
    told = {
        "exception.type": "Error",
        "exception.message": message,
        "exception.stacktrace": stack,
        "session.id": "s",
    }
    attributes = [{"key": name, "value": {"stringValue": value}} for name, value in told.items()]
    log = {"timeUnixNano": str(NOW * 1_000_000), "eventName": "exception", "attributes": attributes}
    house.send(json.dumps({"resourceLogs": [{"scopeLogs": [{"logRecords": [log]}]}]}).encode(), "/v1/logs")


DOORS = [own, own_by_stack, sentry, faro, otlp]


def only(house: House) -> Event:
    (event,) = house.events()
    return event


@pytest.mark.parametrize("door", DOORS)
@pytest.mark.parametrize(
    "script",
    [
        "chrome-extension://aapbdbdomjkkjkaonfhkkikfgjllcleb/content.js",
        "moz-extension://8b1c7e52-3d3b-4a0e-9d3e-0c0b0f8a7c11/inject.js",
        "safari-extension://com.example.blocker/inject.js",
        "safari-web-extension://F2A7C0B3-0F53-4D36-8E2C-7C2E/inject.js",
        "ms-browser-extension://blocker/inject.js",
        "webkit-masked-url://hidden/",
    ],
)
def test_an_extensions_error_is_left_out_and_counted(house: House, door: Send, script: str) -> None:
    door(house, "undefined is not an object", script)
    assert (house.events(), house.counted()) == ([], {"not_ours": 1})


@pytest.mark.parametrize("door", DOORS)
@pytest.mark.parametrize(
    "message",
    [
        "ResizeObserver loop completed with undelivered notifications.",
        "ResizeObserver loop limit exceeded",
        "Uncaught Error: ResizeObserver loop limit exceeded",
    ],
)
def test_a_notice_that_nothing_failed_is_left_out_and_counted(house: House, door: Send, message: str) -> None:
    door(house, message, SHOP)
    assert (house.events(), house.counted()) == ([], {"not_ours": 1})


@pytest.mark.parametrize("door", DOORS)
@pytest.mark.parametrize(
    ("message", "script"),
    [
        ("Cannot read the ResizeObserver loop of the cart", SHOP),
        ("the browser-extension: shop needs it", SHOP),
        ("t is undefined", "https://cdn.example/chrome-extension/app.js"),
        ("t is undefined", "webpack-internal:///./src/cart.js"),
    ],
)
def test_what_only_sounds_alike_is_kept(house: House, door: Send, message: str, script: str) -> None:
    door(house, message, script)
    assert only(house).message == message


@pytest.mark.parametrize("door", DOORS)
@pytest.mark.parametrize("message", ["Script error.", "Script error", "Uncaught Error: Script error."])
def test_errors_that_the_browser_hides_are_one_group_with_a_word_on_why(
    house: House, door: Send, message: str
) -> None:
    door(house, message, SHOP)
    event = only(house)
    assert (event.name, event.message, event.source) == ("Script error", SCRIPT_ERROR, "")


@pytest.mark.parametrize("door", [own, faro, otlp])
def test_an_object_that_tells_nothing_is_called_one(house: House, door: Send) -> None:
    door(house, "Non-Error promise rejection captured with value: [object Object]", SHOP)
    assert only(house).message.endswith(": an object without a message")


def test_a_rejection_that_is_no_error_is_told_by_what_it_holds(house: House) -> None:
    house.post(
        house.event(
            type="error", message="[object Object]", props={"code": 402, "message": "declined", "rest": "x"}
        )
    )
    assert only(house).message == "declined, code 402"


def test_faros_rejection_is_told_by_its_context(house: House) -> None:
    thrown = {"type": "UnhandledRejection", "value": "[object Object]", "context": {"status": "402"}}
    house.send(json.dumps({"meta": {}, "exceptions": [thrown]}).encode(), "/collect")
    assert only(house).message == "status 402"


@pytest.mark.parametrize(
    ("value", "told"),
    [
        ("Object captured as promise rejection with keys: code, message", "declined, code 402"),
        ("[object Object]", "declined, code 402"),
        ("Event `Event` (type=error) captured as promise rejection", None),
    ],
)
def test_sentrys_rejection_is_told_by_the_object_that_its_client_wrote_down(
    house: House, value: str, told: str | None
) -> None:
    thrown = {"type": "UnhandledRejection", "value": value}
    extra = {"__serialized__": {"code": 402, "message": "declined"}}
    event = {
        "timestamp": SECONDS,
        "platform": "javascript",
        "exception": {"values": [thrown]},
        "extra": extra,
    }
    house.send(b'{}\n{"type":"event"}\n' + json.dumps(event).encode(), "/api/1/envelope/")
    assert only(house).message == (told or value)


@pytest.mark.parametrize(
    "message",
    [
        "Extension: .exe is not allowed", "file-extension: must be .jpg", "user-script: failed to save the cart",
        "chrome-extension: what is that?",
    ],
)  # fmt: skip
@pytest.mark.parametrize("send", DOORS)
def test_a_pages_own_message_about_extensions_is_kept(house: House, send: Send, message: str) -> None:
    send(house, message, SHOP)
    assert only(house).message.startswith(message)


@pytest.mark.parametrize(
    "message", ["Script error.", "Script error", "Script error. (:0)", "Script error. (:0:0)"]
)
def test_what_a_browser_hides_is_one_group_however_it_is_written(house: House, message: str) -> None:
    own(house, message, "")
    assert only(house).message == SCRIPT_ERROR
