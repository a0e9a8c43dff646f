"""What was thrown as text: every frame, the innermost first, and what caused it."""

from collections.abc import Iterator, Sequence

from afterclick.collect.event.flat import text
from afterclick.collect.passage.cleaning import cut, without_query
from afterclick.collect.sentry.payload import Frame, Thrown

MOST_FRAMES = 100
"""Frames of one exception that are told; of more, those in the middle are left out."""
MOST_CAUSES = 10
"""Exceptions of one chain that are told."""

_LONGEST = 2048
_LONGEST_CAUSE = 512


def stack_of(thrown: Thrown) -> str:
    """The frames a line each, as browsers write them: `at function (file:line)`, as many as 2,048 characters hold."""
    lines: list[str] = []
    room = _LONGEST
    for line in _lines(thrown):
        room -= len(line) + 1
        if room < 0:
            break
        lines.append(line)
    return "\n".join(lines)


def causes_of(chain: Sequence[Thrown]) -> str:
    """Behind the last of a chain, which was thrown, those that caused it, the nearest first, "type: message" a line."""
    return "\n".join(cut(_told(cause), _LONGEST_CAUSE) for cause in list(reversed(chain[:-1]))[:MOST_CAUSES])


def _told(thrown: Thrown) -> str:
    return ": ".join(part for part in (thrown.type or "", text(thrown.value)) if part)


def _lines(thrown: Thrown) -> Iterator[str]:
    frames = [frame for frame in (thrown.stacktrace and thrown.stacktrace.frames) or [] if frame]
    innermost = list(reversed(frames))
    half = MOST_FRAMES // 2
    if len(innermost) <= MOST_FRAMES:
        yield from map(_line, innermost)
        return
    yield from map(_line, innermost[:half])
    yield f"... {len(innermost) - MOST_FRAMES} more"
    yield from map(_line, innermost[-half:])


def _line(frame: Frame) -> str:
    where = without_query(frame.abs_path or frame.filename or frame.module or "?")
    place = f"{where}:{frame.lineno}" if frame.lineno else where
    return f"at {frame.function} ({place})" if frame.function else f"at {place}"
