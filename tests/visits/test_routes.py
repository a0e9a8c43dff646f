"""Page patterns: by rule, by the look of a path, and learned from many values at one position."""

from collections.abc import Iterable
from itertools import product
from pathlib import Path

import pytest

from afterclick.errors import Misconfigured
from afterclick.visits.path_parts import without_ids
from afterclick.visits.route_rules import RouteRules
from afterclick.visits.routes import ROUTES, Routes

WORDS = (
    "red",
    "green",
    "blue",
    "grey",
    "pink",
    "teal",
    "gold",
    "navy",
    "lime",
    "plum",
    "rust",
    "sand",
    "wine",
    "coal",
)
SLUGS = [f"{a}-{b}-shoes" for a in WORDS for b in reversed(WORDS)] + ["one", "two", "three", "four", "five"]


def seen(routes: Routes, paths: Iterable[str], site: str = "shop", rows: int = 1) -> list[str]:
    asked = {(site, path): rows for path in paths}
    return [routes.of(asked)[one] for one in asked]


@pytest.mark.parametrize(
    ("path", "route"),
    [
        ("", ""),
        ("/", "/"),
        ("/cart/", "/cart"),
        ("/p/123", "/p/:id"),
        ("/u/6f0c1f5e-3f4a-4c68-9a52-0d8a9f0e1a2b/edit", "/u/:id/edit"),
        ("/o/507f1f77bcf86cd799439011", "/o/:id"),
        ("/SKU-1042", "/:id"),
        ("/2026/11/boots", "/:id/:id/boots"),
        ("/red-green-shoes", "/red-green-shoes"),
    ],
)
def test_what_looks_like_an_id_is_one(path: str, route: str) -> None:
    assert without_ids(path) == route
    assert seen(Routes(), [path]) == [route]


def test_a_position_with_many_values_becomes_a_variable_and_pages_of_their_own_keep_their_names() -> None:
    routes = Routes()
    seen(routes, ["/blog/archive", "/cart", "/checkout"], rows=50)
    for at in range(0, len(SLUGS), 20):
        early = seen(routes, [f"/blog/{slug}" for slug in SLUGS[at : at + 20]])
        assert early[0] == f"/blog/{SLUGS[at]}" or at >= 180
    assert seen(routes, ["/blog/never-seen", "/blog/archive", "/cart", "/blog/never-seen/comments"]) == [
        "/blog/:slug",
        "/blog/archive",
        "/cart",
        "/blog/:slug/comments",
    ]


def test_up_to_the_threshold_nothing_changes() -> None:
    routes = Routes()
    many = [f"/blog/{slug}" for slug in SLUGS[:200]]
    assert seen(routes, many, rows=9) == many
    assert seen(routes, ["/blog/one-more"]) == ["/blog/:slug"]


def test_all_rows_of_the_batch_that_taught_it_have_the_same_route_whatever_their_order() -> None:
    for paths in (SLUGS, SLUGS[::-1]):
        assert set(seen(Routes(), [f"/blog/{slug}" for slug in paths])) == {"/blog/:slug"}


def test_what_was_learned_at_one_site_says_nothing_of_another() -> None:
    routes = Routes()
    seen(routes, [f"/blog/{slug}" for slug in SLUGS], site="shop")
    assert seen(routes, ["/blog/one"], site="other") == ["/blog/one"]


def test_what_was_learned_outlives_a_restart_and_a_damaged_file_is_learned_anew(tmp_path: Path) -> None:
    file = tmp_path / "routes.json"
    seen(Routes(file=file), [f"/blog/{slug}" for slug in SLUGS])
    assert seen(Routes(file=file), ["/blog/never-seen"]) == ["/blog/:slug"]
    file.write_bytes(b"{")
    assert seen(Routes(file=file), ["/blog/never-seen"]) == ["/blog/never-seen"]


def test_a_rule_goes_before_what_was_learned_and_before_the_look() -> None:
    routes = Routes(RouteRules("/blog/* -> /article/:name; shop /p/** -> /p/:rest; /2026/boots -> /season"))
    seen(routes, [f"/blog/{slug}" for slug in SLUGS])
    asked = ["/blog/one", "/blog/one/more", "/p/a/b/c", "/p", "/2026/boots/", "/2026/hats"]
    assert seen(routes, asked) == [
        "/article/:name",
        "/blog/one/more",
        "/p/:rest",
        "/p/:rest",
        "/season",
        "/:id/hats",
    ]
    assert seen(routes, ["/p/a"], site="other") == ["/p/a"]


@pytest.mark.parametrize(
    "setting", ["/p/*", "a b /p/* -> =", "p -> /p", "/p -> q", "-> /x", "/p -> " + "/x" * 200]
)
def test_a_rule_that_is_none_is_told(setting: str) -> None:
    with pytest.raises(Misconfigured, match=r"AFTERCLICK_ROUTE_RULES: .* is no rule"):
        RouteRules(setting)


def test_with_a_threshold_of_zero_nothing_is_learned() -> None:
    assert seen(Routes(values=0), [f"/{slug}" for slug in SLUGS])[-1] == f"/{SLUGS[-1]}"


def test_made_up_paths_make_a_bounded_number_of_routes() -> None:
    routes = Routes()
    given: set[str] = set()
    for a in SLUGS[:190]:
        given |= set(seen(routes, [f"/{a}/{b}" for b in SLUGS[:150]]))
    assert len(given) <= 190
    few = [f"q{letter}z" for letter in "bcdfghjkl"]  # too few at each place to be a variable's
    for first, second in product(few, few):
        given |= set(seen(routes, [f"/{first}/{second}/{third}/{last}" for third in few for last in few]))
    assert len(given) <= ROUTES + 1
    assert "/:other" in given
