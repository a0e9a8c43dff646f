"""Bisection: finds the rows of a refused block that the store refuses by themselves, while all others go in."""

from collections.abc import Callable, Sequence

Insert = Callable[[Sequence[bytes], str], str | None]
"""Inserts lines under a token; the reason when the store refuses them. Raises Unavailable."""

_SUSPICIOUS = 16


class StoreInDoubt(Exception):
    """Every row by itself was refused: more likely the store's fault than the rows'."""


def bisect(lines: Sequence[bytes], token: str, insert: Insert, *, trusting: bool) -> dict[int, str]:
    """Insert what can be; the places of the lines that cannot, each with the reason.

    The same halves have the same tokens every time. Raises Unavailable; StoreInDoubt when nothing goes in and the
    refusals are not to be trusted.
    """
    refused: dict[int, str] = {}
    inserted = 0
    spans = [(0, len(lines))] if lines else []
    while spans:
        start, end = spans.pop()
        reason = insert(lines[start:end], f"{token}:{start}-{end}")
        if reason is None:
            inserted += end - start
        elif end - start > 1:
            middle = (start + end) // 2
            spans += [(middle, end), (start, middle)]
        else:
            refused[start] = reason
            if not trusting and not inserted and len(refused) >= _SUSPICIOUS:
                raise StoreInDoubt(f"The store refuses every row, the last with: {reason}")
    return refused
