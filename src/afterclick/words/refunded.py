"""Refunds in words: what is odd about those of a visit or an order, and what one took."""

from math import isfinite
from typing import Protocol

from afterclick.words import figures


class Flagged(Protocol):
    """What says of refunds whether they are more than was paid, or in another currency."""

    @property
    def over_refunded(self) -> bool: ...

    @property
    def refunded_apart(self) -> bool: ...


def remarks(of: Flagged) -> list[str]:
    """What is odd about them; nothing for most."""
    odd = {
        "refunds exceed it": of.over_refunded,
        "a refund in another currency takes nothing off": of.refunded_apart,
    }
    return [words for words, is_so in odd.items() if is_so]


def sum_of(amount: float, currency: str) -> str:
    """What a refund is of: one that names neither sum nor currency takes what is left of its order."""
    is_told = currency or not isfinite(amount)
    return figures.money(amount, currency, exact=True) if is_told else "what was left"
