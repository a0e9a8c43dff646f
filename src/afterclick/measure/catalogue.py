"""The metric catalogue: what the files of `measure/metrics/` hold. To add a metric is to write its record into one."""

import pkgutil
from collections.abc import Sequence
from importlib import import_module
from typing import cast

from afterclick.errors import Misconfigured, NotFound
from afterclick.measure import metrics
from afterclick.measure.metric import Metric


def discovered(package: str) -> tuple[Metric, ...]:
    """The METRICS of each file of a package, in the order of the files' names.

    Raises Misconfigured for a file without them, and for a key that stands twice.
    """
    found: dict[str, Metric] = {}
    for module in pkgutil.iter_modules(import_module(package).__path__, f"{package}."):
        held = getattr(import_module(module.name), "METRICS", None)
        if held is None:
            raise Misconfigured(f"{module.name} has no METRICS; see measure/metric.py.")
        for one in cast("Sequence[Metric]", held):
            if one.key in found:
                raise Misconfigured(
                    f"The metric {one.key!r} of {module.name} stands in the catalogue already."
                )
            found[one.key] = one
    return tuple(found.values())


CATALOGUE = discovered(metrics.__name__)
_BY_KEY = {one.key: one for one in CATALOGUE}


def metric(key: str) -> Metric:
    """The metric of that key; raises NotFound when the catalogue has none."""
    try:
        return _BY_KEY[key]
    except KeyError:
        raise NotFound(f"There is no metric {key!r} in the catalogue; see docs/definitions.md.") from None
