"""Errors of browsers, whichever door told them: those that no customer meets left out, and the others told in words."""

import re

from afterclick.collect.event.wire import Scalar, WireEvent
from afterclick.collect.passage.cleaning import cut
from afterclick.collect.passage.passage import House, Passage

SCRIPT_ERROR = (
    "Script error. A script of another origin failed, and the browser keeps what it was from the page; to see it, load "
    "the script with crossorigin and serve it with Access-Control-Allow-Origin."
)
"""What stands for each error that a browser hides: they are one group, since nothing tells them apart."""

OBJECT = "[object Object]"
"""What languages write for an object whose words they do not know."""

_NOTICE = re.compile(r"(?:Uncaught )?(?:\w*Error: )?ResizeObserver loop\b")
_EXTENSION = re.compile(r"(?:[\w-]+-extension|extension|webkit-masked-url|user-script):", re.IGNORECASE)
_IN_WORDS = re.compile(rf"{_EXTENSION.pattern}//", re.IGNORECASE)
"""A message may begin as an extension's address does: "Extension: .exe is not allowed" is a page's own."""
_HIDDEN = re.compile(r"(?:Uncaught )?(?:\w*Error: )?Script error\.?(?: \(:0(?::0)?\))?", re.IGNORECASE)
_STACKS = ("stack", "exception.stacktrace")
_FRAME = re.compile(r"([\w-]+:/{0,2}[^\s()@]+?):\d+(?::\d+)?(?=[\s)]|\Z)")
"""The address in a frame of a stack, in Chromium's, Firefox's and Safari's writing."""
_OBJECT = re.compile(r"\[object [A-Z]\w*\]")
TELLING = ("message", "code", "status", "statusText", "type", "error", "reason")
"""What tells apart the things that are thrown and are no errors; an error of the SDK is told by the same."""
_LONGEST_PART = 256


def read_errors(_: House, passage: Passage) -> None:
    """Leave out the errors of extensions and browsers' notices that nothing failed; word what is no `Error`."""
    kept: list[tuple[int, WireEvent]] = []
    for index, event in passage.events:
        if event.type == "error":
            if is_foreign(event):
                passage.drop(index, "not_ours", "An extension's error, or a notice that nothing failed.")
                continue
            _word(event)
        kept.append((index, event))
    if len(kept) < len(passage.events):
        passage.events = kept


def is_foreign(event: WireEvent) -> bool:
    """Whether an error came from a browser's extension, or is the notice of a ResizeObserver."""
    message, source = event.message or "", event.source or ""
    places = (source, _topmost(event.props or {}))
    return bool(_NOTICE.match(message) or _IN_WORDS.match(message) or any(map(_EXTENSION.match, places)))


def _topmost(props: dict[str, Scalar]) -> str:
    for name in _STACKS:
        stack = props.get(name)
        if isinstance(stack, str) and (found := _FRAME.search(stack)):
            return found[1]
    return ""


def _word(event: WireEvent) -> None:
    message = event.message or ""
    if _HIDDEN.fullmatch(message.strip()):
        event.name, event.message, event.source = "Script error", SCRIPT_ERROR, None
    elif _OBJECT.search(message):
        event.message = _OBJECT.sub(lambda _: _held(event.props or {}), message)


def _held(props: dict[str, Scalar]) -> str:
    """What the props tell of a thrown object, such as "code 402, status declined"."""
    told = ((name, props.get(name)) for name in TELLING)
    parts = [
        cut(f"{value}" if name == "message" else f"{name} {value}", _LONGEST_PART)
        for name, value in told
        if value not in (None, "") and not _OBJECT.fullmatch(str(value))
    ]
    return ", ".join(parts) or "an object without a message"
