"""Refuses JSON that would take far more memory decoded than sent: a list of millions of tiny elements."""

from afterclick.errors import TooLarge

MOST_COMMAS = 400_000
"""Of a body of the largest size: one in 20 bytes, which no SDK comes near."""


def check_density(body: bytes) -> None:
    """Raises TooLarge when the JSON holds more commas, so more elements and members, than a real one does."""
    if body.count(b",") > MOST_COMMAS:
        raise TooLarge(f"The JSON holds over {MOST_COMMAS} elements; send smaller batches.")
