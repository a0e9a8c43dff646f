"""Which processes the shop is made of, and where each listens."""

from dataclasses import dataclass, fields


@dataclass(frozen=True)
class Ports:
    """One loopback port for each process; the field names are the process names, `_` standing for `-`."""

    storefront: int = 8500
    catalog: int = 8501
    cart: int = 8502
    checkout: int = 8503
    payment: int = 8504
    inventory: int = 8505
    acquirer: int = 8506
    third_party: int = 8507

    def url(self, process: str) -> str:
        """The base URL of `process`, e.g. "http://127.0.0.1:8501" for "catalog"."""
        return f"http://127.0.0.1:{getattr(self, process.replace('-', '_'))}"


PROCESSES: tuple[str, ...] = tuple(field.name.replace("_", "-") for field in fields(Ports))
TRACED: tuple[str, ...] = PROCESSES[
    :6
]  # those that speak OpenTelemetry; acquirer and third-party are other people's
DEFAULT = Ports()
