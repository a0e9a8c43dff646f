"""The catalogue and its page say the same; tests/store/test_felt.py holds the store's views to it."""

import re
from pathlib import Path

import pytest

from afterclick.errors import NotFound
from afterclick.measure import CATALOGUE, Metric, metric

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs" / "definitions.md"
EVERY = pytest.mark.parametrize("one", CATALOGUE, ids=lambda one: one.key)


def test_the_page_tells_each_metric_as_its_record_does_and_nothing_else() -> None:
    told = PAGE.read_text("utf-8").partition("<!-- metrics -->\n")[2].partition("\n<!-- /metrics -->")[0]
    assert told == "\n".join(one.section for one in CATALOGUE)


@EVERY
def test_the_sql_that_a_metric_names_is_there_and_answers_its_columns(one: Metric) -> None:
    file, _, statement = one.sql.partition(": ")
    text = (ROOT / "src" / "afterclick" / file).read_text("utf-8")
    if statement:
        [text] = [
            part for part in re.split(r"^-- name: ", text, flags=re.M) if part.startswith(statement + "\n")
        ]
    if one.method in ("count", "sum", "share", "mean") and one.part and one.key != "people":
        assert re.search(rf"\bAS {one.part}\b", text)
        assert re.search(rf"\bAS {one.whole}\b", text)


@EVERY
def test_a_metric_says_of_what_its_n_is_and_what_it_means_in_a_sentence(one: Metric) -> None:
    assert one.words.endswith(".")
    assert one.n
    assert bool(one.part) == bool(one.whole)


@pytest.mark.parametrize(
    ("key", "good", "poor"),
    [("lcp", 2500, 4000), ("inp", 200, 500), ("cls", 0.1, 0.25), ("fcp", 1800, 3000), ("ttfb", 800, 1800)],
)
def test_a_vital_is_graded_by_the_published_limits(key: str, good: float, poor: float) -> None:
    limits = metric(key).limits
    assert limits is not None
    graded = [limits.grade(value) for value in (good, good * 1.01, poor, poor * 1.01)]
    assert graded == ["good", "needs work", "needs work", "poor"]


def test_an_unknown_metric_is_one_clear_sentence() -> None:
    with pytest.raises(NotFound, match="no metric 'vanity'"):
        metric("vanity")
