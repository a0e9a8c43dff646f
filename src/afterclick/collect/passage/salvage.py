"""Takes apart a JSON body that does not parse as a whole, so that one bad event loses no neighbour.

Elements are found by matching brackets outside strings, without recursion and without decoding; each is then
decoded by itself. The work is bounded: after `_TOKENS` runs of brackets, or below `_DEEPEST` of them, the rest counts
as one unreadable element.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

import msgspec

_TOKENS = 200_000
_DEEPEST = 50_000  # far below what any decoder takes
_TOKEN = re.compile(rb'[\[{]++|[\]}]++|(?:[^\[\]{}"]|"(?:[^"\\]|\\.)*+")++|"', re.DOTALL)
_NAME = re.compile(rb'"([a-z]{1,16})"\s*:\s*$')
_FILLING = b" \t\r\n,"
_OBJECT = msgspec.json.Decoder(dict[str, object])


@dataclass(frozen=True)
class Parts:
    """The elements of a body, undecoded, and the context that applies to them all (empty when there is
    none).
    """

    elements: list[bytes]
    context: bytes = b""


_ESCAPE = re.compile(
    rb"\\(?:u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}|(u[dD][89a-fA-F][0-9a-fA-F]{2})|.)",
    re.DOTALL,
)


def whole_characters(element: bytes) -> bytes:
    """The JSON with each half of a surrogate pair as U+FFFD: what clients leave that cut texts between code units."""
    return _ESCAPE.sub(lambda found: rb"\ufffd" if found[1] else found[0], element)


def object_of(document: bytes | msgspec.Raw) -> dict[str, object]:
    """A JSON object, whose texts may hold half a character.

    Raises msgspec.DecodeError when it is not JSON, ValidationError when it is no object, RecursionError.
    """
    try:
        return _OBJECT.decode(document)
    except msgspec.ValidationError:
        raise
    except msgspec.DecodeError:
        return _OBJECT.decode(whole_characters(bytes(document)))


def is_lines(body: bytes) -> bool:
    """Whether a body looks like NDJSON: several lines, and each begins an object."""
    lines = [line for line in body.split(b"\n") if line.strip()]
    return len(lines) > 1 and all(line.lstrip().startswith(b"{") for line in lines)


def lines(body: bytes) -> Parts:
    """Every line that is not blank."""
    return Parts([line for line in body.split(b"\n") if line.strip()])


def parts(body: bytes, rows: str = "events") -> Parts:
    """The elements of an array, or of the member of an envelope that holds the `rows`; anything else is one element."""
    if body.startswith(b"["):
        return Parts([body[start:end] for start, end in _elements(body, 0)])
    members = {name: (start, end) for name, start, end in _members(body, {rows, "context"})}
    if rows not in members:
        return Parts([body])
    start, _ = members[rows]
    begin, end = members.get("context", (0, 0))
    return Parts([body[a:b] for a, b in _elements(body, start)], body[begin:end])


def _elements(body: bytes, start: int) -> Iterator[tuple[int, int]]:
    """Spans of the elements of the array that opens at `start`; an element cut off reaches to the end of the
    body.
    """
    depth, begin = 0, start
    for count, token in enumerate(_TOKEN.finditer(body, start)):
        text = token.group()
        if count > _TOKENS or depth > _DEEPEST or text == b'"':
            yield (begin if depth > 1 else token.start()), len(body)
            return
        if text[0] in b"[{":
            if depth < 2:
                begin = token.start() + 1 - depth
            depth += len(text)
        elif text[0] in b"]}":
            if depth > 1 >= depth - len(text):
                yield begin, token.start() + depth - 1
            depth -= len(text)
            if depth <= 0:
                return
        elif depth == 1 and text.strip(_FILLING):
            yield token.span()
    if depth > 1:
        yield begin, len(body)


def _members(body: bytes, wanted: set[str]) -> Iterator[tuple[str, int, int]]:
    """Spans of the values of the wanted members in the object that opens the body."""
    depth, begin, name = 0, 0, ""
    before = b""
    for count, token in enumerate(_TOKEN.finditer(body)):
        text = token.group()
        if count > _TOKENS or depth > _DEEPEST:
            break
        if text[0] in b"[{":
            if depth == 1:
                begin = token.start()
                found = _NAME.search(before)
                name = found[1].decode() if found and found[1].decode() in wanted else ""
            depth += len(text)
        elif text[0] in b"]}":
            if name and depth > 1 >= depth - len(text):
                yield name, begin, token.start() + depth - 1
                name = ""
            depth -= len(text)
        before = text[-64:]
    if name:
        yield name, begin, len(body)
