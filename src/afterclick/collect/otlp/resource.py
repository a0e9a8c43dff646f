"""The sender of telemetry, as OpenTelemetry's resource attributes name it."""

from dataclasses import dataclass, field
from functools import cached_property

from afterclick.collect.otlp.attributes import flat_json
from afterclick.collect.otlp.values import Attributes, text
from afterclick.collect.passage.cleaning import label

_COLUMNS = frozenset({"service.name", "service.version", "afterclick.generated"})
_ENVIRONMENT = ("deployment.environment.name", "deployment.environment")
"""The current name, then the one that it replaced."""


@dataclass(frozen=True)
class Resource:
    """Who sent a span, a data point or a log record; `attributes` are all that it said of itself."""

    service: str
    release: str
    generated: bool
    environment: str = ""
    attributes: Attributes = field(default_factory=Attributes)

    @staticmethod
    def of(attributes: Attributes) -> "Resource":
        """The resource of these attributes; without `service.name` it is "unknown_service", as SDKs say."""
        return Resource(
            label(text(attributes.get("service.name"), 128)) or "unknown_service",
            label(text(attributes.get("service.version"), 64)),
            attributes.get("afterclick.generated") is True,
            label(next((found for name in _ENVIRONMENT if (found := text(attributes.get(name), 64))), "")),
            attributes,
        )

    @cached_property
    def described(self) -> str:
        """The attributes that have no column, as flat JSON without personal data."""
        return flat_json({name: value for name, value in self.attributes.items() if name not in _COLUMNS})


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a row comes from: its resource, and the name of the instrumentation scope."""

    resource: Resource
    scope: str
