"""The catalogue and its page say the same; tests/store/test_felt.py holds the store's views to it."""

import re
from pathlib import Path

import pytest

from afterclick.errors import NotFound
from afterclick.measure import CATALOGUE, metric

PAGE = Path(__file__).parents[2] / "docs" / "definitions.md"
SECTION = re.compile(
    r"^## (?P<name>.+?) \{#(?P<anchor>[a-z-]+)\}\n(?P<words>.+?) Version (?P<version>\d+)\.$", re.MULTILINE
)


def test_every_metric_stands_on_the_page_in_the_same_words_and_version_and_nothing_else_does() -> None:
    page = [match.groupdict() for match in SECTION.finditer(PAGE.read_text())]
    catalogue = [
        {"name": one.name, "anchor": one.anchor, "words": one.words, "version": str(one.version)}
        for one in CATALOGUE
    ]
    assert page == catalogue


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
