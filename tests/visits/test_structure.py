"""Routes learned from structure at small counts: on sites of many shapes, and where menus end and slugs begin."""

import random
from collections.abc import Iterable

import pytest
from benchmarks.routes import ALL, EACH, SEEDS, agreement
from benchmarks.site_shapes import SHAPES, Shape

from afterclick.visits.path_parts import without_ids
from afterclick.visits.route_rules import RouteRules
from afterclick.visits.routes import Routes

ADJECTIVES = ("large", "small", "red", "green", "old", "new")
NOUNS = ("ivy", "fern", "palm", "moss", "oak")
SLUGS = [f"{noun}-{adjective}" for adjective in ADJECTIVES for noun in NOUNS]


def met(routes: Routes, paths: Iterable[str], rows: int = 1) -> list[str]:
    """The routes of page views that come one batch a page."""
    return [routes.of({("shop", path): rows})["shop", path] for path in paths]


@pytest.mark.parametrize("shape", [shape for shape in SHAPES if not shape.hard], ids=lambda shape: shape.name)
def test_after_300_page_views_a_site_gets_the_routes_that_who_knows_it_would_give(shape: Shape) -> None:
    assert sum(agreement(shape, seed) for seed in SEEDS) / len(SEEDS) >= EACH


def test_over_all_shapes_the_agreement_stays_above_the_floor_that_is_published() -> None:
    assert sum(agreement(shape, 0) for shape in SHAPES) / len(SHAPES) >= ALL


def test_a_dozen_slugs_seen_twice_at_most_are_a_variable_and_eleven_are_none() -> None:
    for values, last in ((SLUGS[:11], "/product/ivy-wide"), (SLUGS[:20], "/product/:slug")):
        routes = Routes()
        met(routes, [f"/product/{value}" for value in (*values, *values[:6])])
        assert met(routes, ["/product/ivy-wide"]) == [last]


def test_pages_that_each_have_many_rows_keep_their_names_however_they_are_written() -> None:
    routes = Routes()
    paths = [f"/guide/{slug}" for slug in SLUGS]
    assert met(routes, paths, rows=50) == paths
    assert met(routes, paths) == paths


@pytest.mark.parametrize("parent", ["", "/category", "/product-categories", "/en-gb/collections", "/help"])
def test_a_menu_by_its_place_keeps_its_names_though_its_pages_are_opened_once(parent: str) -> None:
    routes, paths = Routes(), [f"{parent}/{slug}" for slug in SLUGS]
    met(routes, paths)
    assert met(routes, paths) == paths


def test_a_slug_with_digits_and_one_without_have_one_route() -> None:
    routes = Routes()
    numbered = [f"/product/{slug}-{at}" if at % 2 else f"/product/{slug}" for at, slug in enumerate(SLUGS)]
    met(routes, numbered)
    asked = [
        "/product/ivy-large",
        "/product/SKU-1042",
        "/product/the-shellcoders-handbook_209",
        "/product/oak",
    ]
    assert set(met(routes, asked)) == {"/product/:slug"}
    assert met(routes, ["/product/1042"]) == ["/product/:id"]


def test_a_title_with_a_number_is_no_id_and_a_token_is_one() -> None:
    assert (
        without_ids("/catalogue/the-shellcoders-handbook_209/") == "/catalogue/the-shellcoders-handbook_209"
    )
    assert without_ids("/pay/sk_live_4eC39HqLyjWDarjtT1zdp7dc") == "/pay/:id"


def test_a_locale_stays_as_it_is_and_what_one_teaches_holds_in_all() -> None:
    routes = Routes()
    met(routes, [f"/en-gb/catalogue/{slug}" for slug in SLUGS])
    assert met(routes, ["/en-gb/catalogue", "/es-419/catalogue/new-one", "/catalogue/new-one", "/de"]) == [
        "/en-gb/catalogue",
        "/es-419/catalogue/:slug",
        "/catalogue/:slug",
        "/de",
    ]


def test_what_was_counted_below_single_values_counts_together_once_they_are_a_variable() -> None:
    routes = Routes()
    met(routes, [f"/shop/{slug}/{slug}-review" for slug in SLUGS])
    assert met(routes, ["/shop/ivy-wide/some-review"]) == ["/shop/:slug/:slug"]


def test_what_is_counted_at_a_site_is_bounded_whatever_paths_are_made_up() -> None:
    routes = Routes()
    for at in range(0, 120_000, 10_000):
        routes.of({("shop", f"/x/code-{n}/{n}/y{n}"): 1 for n in range(at, at + 10_000)})
        routes.of({("shop", f"/{n}/section{n}/{n}"): 1 for n in range(at, at + 10_000)})
    site = routes._sites["shop"]  # pyright: ignore[reportPrivateUsage] - its memory is what is asked for
    assert sum(max(len(counted), 1) for counted in site.counted.values()) <= 50_000


def test_what_was_learned_is_told_with_the_rule_that_takes_it_back() -> None:
    routes = Routes()
    met(routes, [f"/shop/{slug}" for slug in SLUGS])
    routes.teach("shop", ["/order/{number}/print", "/about"])
    told = {one.route: one for one in routes.learned("shop")}
    assert {route: one.taught_by for route, one in told.items()} == {
        "/shop/:slug": "structure",
        "/order/:number/print": "server",
    }
    assert routes.learned("other") == ()
    corrected = Routes(RouteRules(";".join(one.rule for one in told.values())))
    corrected.teach("shop", ["/order/{number}/print"])
    paths = [f"/shop/{slug}" for slug in SLUGS]
    met(corrected, paths)
    assert met(corrected, [*paths, "/order/7/print/"]) == [*paths, "/order/7/print"]


def test_twenty_thousand_made_up_paths_in_one_batch_are_learned_in_one_go() -> None:
    """They took minutes while each position was sought among all others."""
    routes = Routes()
    found = routes.of({("shop", f"/a{number}x/b{number}y"): 1 for number in range(20_000)})
    assert set(found.values()) == {"/:slug/:slug"}


def test_what_is_counted_is_known_by_its_size_whatever_was_learned_of_it() -> None:
    dice = random.Random(3)
    routes = Routes()
    for _ in range(200):
        paths = [
            "/"
            + "/".join(
                dice.choice((f"s-{dice.randrange(40)}", "12", "menu")) for _ in range(dice.randrange(1, 5))
            )
            for _ in range(20)
        ]
        routes.of({("shop", path): 1 for path in paths})
        site = routes._sites["shop"]  # pyright: ignore[reportPrivateUsage] - its memory is what is asked for
        assert site.size == sum(max(len(values), 1) for values in site.counted.values())
        assert not any(
            f"{position}/{value}" in site.counted
            for position, kept in site.learned.items()
            for value in set(SLUGS_OF_S) - kept
        )


SLUGS_OF_S = [f"s-{number}" for number in range(40)]
