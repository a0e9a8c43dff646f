"""What was paid, by currency: sums of different currencies are never added."""

import msgspec


class Paid(msgspec.Struct, frozen=True):
    """A sum in one currency (ISO 4217)."""

    currency: str
    amount: float
