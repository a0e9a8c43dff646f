"""One trace as a waterfall: its spans in the order of a depth-first walk, each with its depth, offset and length."""

import re
from collections import defaultdict
from dataclasses import dataclass

import msgspec

LONGEST = 200
"""Spans drawn of one trace; the rest is counted."""


class Span(msgspec.Struct, frozen=True, kw_only=True):
    """One operation of one service, in the columns of `spans`. Times are ns.

    `query` is the statement that it put to a database, `method` and `address` those of an HTTP request, of its
    attributes.
    """

    trace_id: str
    span_id: str
    parent_span_id: str
    service: str
    name: str
    kind: str
    start_ns: int
    duration_ns: int
    status: str
    status_message: str
    http_status: int
    peer: str
    exception: str
    generated: bool
    query: str = ""
    method: str = ""
    address: str = ""

    @property
    def does(self) -> str:
        """What it does: a statement without its values, a request with its path; else its name."""
        if self.query:
            return _shortened(_VALUE.sub(_masked, " ".join(self.query.split())))
        if self.address and "/" not in self.name:
            path = re.split(r"[?#]", _ORIGIN.sub("", self.address))[0] or "/"
            return _shortened(f"{self.method or self.name} {path}")
        return self.name


_VALUE = re.compile(r"""'(?:[^'\\]|\\.|'')*'?|"[^"]*"?|(?<![\w$:@.])\d[\d.]*\b|\b0x[0-9a-fA-F]+\b""")
"""What may be a value in a statement: text, also one that was cut, and a number."""
_QUOTED_NAME = re.compile(r'"[A-Za-z_][\w.]*"')


def _masked(found: re.Match[str]) -> str:
    """What stands in double quotes is a name to most databases, and text to some: it stays if it can be a name."""
    return found[0] if _QUOTED_NAME.fullmatch(found[0]) else "?"


_ORIGIN = re.compile(r"^[A-Za-z][\w+.-]*://[^/?#]*")
LONGEST_WORDS = 200


def _shortened(words: str) -> str:
    """At most so much as a row has room for."""
    return words if len(words) <= LONGEST_WORDS else f"{words[: LONGEST_WORDS - 1]}…"


@dataclass(frozen=True)
class Bar:
    """A span's place in the waterfall: `offset` from the trace's start and `length`, both ms; `own` ms not in children.

    `heaviest` marks the one span that spends most time of its own.
    """

    span: Span
    depth: int
    offset: float
    length: float
    own: float
    heaviest: bool


@dataclass(frozen=True)
class Trace:
    """The waterfall of one trace, `length` ms in all; `left_out` spans beyond LONGEST are not in `bars`."""

    trace_id: str
    length: float
    bars: tuple[Bar, ...]
    left_out: int
    generated: bool

    @property
    def services(self) -> tuple[str, ...]:
        """Services that took part, in order of appearance."""
        return tuple(dict.fromkeys(bar.span.service for bar in self.bars))


def trace(spans: list[Span]) -> Trace:
    """Lay out the spans of one trace (at least one). A span whose parent is missing, or in a loop, is a root."""
    start = min(span.start_ns for span in spans)
    end = max(span.start_ns + span.duration_ns for span in spans)
    children = _children(spans)
    order = _walk(spans, children)
    own = {span.span_id: _own(span, children[span.span_id]) for span, _ in order}
    heaviest = max(own, key=lambda span_id: own[span_id])
    bars = tuple(
        Bar(
            span,
            depth,
            (span.start_ns - start) / 1e6,
            span.duration_ns / 1e6,
            own[span.span_id] / 1e6,
            span.span_id == heaviest,
        )
        for span, depth in order[:LONGEST]
    )
    generated = any(span.generated for span in spans)
    return Trace(spans[0].trace_id, (end - start) / 1e6, bars, max(len(order) - LONGEST, 0), generated)


def _children(spans: list[Span]) -> dict[str, list[Span]]:
    ids = {span.span_id for span in spans}
    children: dict[str, list[Span]] = defaultdict(list)
    for span in sorted(spans, key=lambda span: (span.start_ns, span.span_id)):
        children[span.parent_span_id if span.parent_span_id in ids else ""].append(span)
    return children


def _walk(spans: list[Span], children: dict[str, list[Span]]) -> list[tuple[Span, int]]:
    ids = {span.span_id for span in spans}
    order: list[tuple[Span, int]] = []
    seen: set[str] = set()
    stack = [(span, 0) for span in reversed(children[""])]
    while stack or len(seen) < len(ids):
        if not stack:  # only loops are left: enter one at its earliest span
            stack = [(min((s for s in spans if s.span_id not in seen), key=lambda s: s.start_ns), 0)]
        span, depth = stack.pop()
        if span.span_id in seen:
            continue
        seen.add(span.span_id)
        order.append((span, depth))
        stack += [(child, depth + 1) for child in reversed(children[span.span_id])]
    return order


def _own(span: Span, children: list[Span]) -> int:
    covered, reached, end = 0, span.start_ns, span.start_ns + span.duration_ns
    for child in children:
        low, high = max(child.start_ns, reached), min(child.start_ns + child.duration_ns, end)
        covered += max(high - low, 0)
        reached = max(reached, high)
    return max(span.duration_ns - covered, 0)
