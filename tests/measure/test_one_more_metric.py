"""One more metric is one more record: the catalogue finds it, words it for the docs, reads it with its interval."""

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from afterclick.errors import Misconfigured
from afterclick.measure.catalogue import discovered
from afterclick.measure.figure import measured

RETURNS = """
from afterclick.measure.metric import Metric

METRICS = (
    Metric(
        "returns", "Returns", "Share of orders that came back.", "share", "less",
        sql="pages/overview/series.sql: visits", method="share", n="orders", part="returned", whole="orders",
        notes="Within the period.", least=30,
    ),
)
"""


@pytest.fixture
def more(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """The folder of a package `more_metrics` with one file, `returns`."""
    folder = tmp_path / "more_metrics"
    folder.mkdir()
    (folder / "__init__.py").write_text("")
    (folder / "returns.py").write_text(RETURNS)
    monkeypatch.setattr(sys, "path", [str(tmp_path), *sys.path])
    yield folder
    for name in [name for name in sys.modules if name.startswith("more_metrics")]:
        del sys.modules[name]


@pytest.mark.usefixtures("more")
def test_a_record_in_a_new_file_is_all_that_a_metric_needs() -> None:
    [returns] = discovered("more_metrics")
    assert returns.section == (
        "## Returns {#returns}\nShare of orders that came back. Version 1.\n\nWithin the period.\n"
    )
    found = measured(returns, {"returned": 12, "orders": 240})
    assert (found.value, found.n, found.method) == (
        0.05,
        240,
        "share of orders; Wilson's score interval",
    )
    assert found.interval is not None
    assert (round(found.interval.low, 4), round(found.interval.high, 4)) == (0.0288, 0.0853)
    assert measured(returns, {"returned": 1, "orders": 29}).value is None


def test_a_key_that_stands_twice_and_a_file_without_metrics_are_refused_by_name(more: Path) -> None:
    (more / "again.py").write_text(RETURNS)
    with pytest.raises(Misconfigured, match=r"'returns' of more_metrics\.returns stands in the catalogue"):
        discovered("more_metrics")
    (more / "again.py").write_text("")
    sys.modules.pop("more_metrics.again", None)
    with pytest.raises(Misconfigured, match=r"more_metrics\.again has no METRICS"):
        discovered("more_metrics")
