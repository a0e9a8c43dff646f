"""Page patterns as servers name them: the spellings of frameworks, what is too wide, and what traces teach."""

import random
import re
from pathlib import Path

import pytest
from tests.resolve.world import uuid7

from afterclick.clock import now_ms
from afterclick.jobs import Stop
from afterclick.signals import Event, Span
from afterclick.store.schema.records import events_table, spans_table
from afterclick.store.store import Store
from afterclick.visits.path_parts import parts
from afterclick.visits.route_templates import MOST, Templates, template
from afterclick.visits.routes import Routes
from afterclick.visits.served_routes import Served, proven, teach


@pytest.mark.parametrize(
    ("text", "path", "route"),
    [
        (
            "catalogue/<slug:product_slug>_<int:pk>/",
            "/catalogue/ivy-large_12/",
            "/catalogue/:product_slug_:pk",
        ),
        ("en-gb/catalogue/<slug:s>_<int:pk>/", "/de/catalogue/ivy_12", "/de/catalogue/:s_:pk"),
        ("^blog/(?P<year>[0-9]{4})/$", "/blog/2026/", "/blog/:year"),
        (r"^order/(\d+)/edit$", "/order/7/edit", "/order/:id/edit"),
        ("/users/:id", "/users/alice", "/users/:id"),
        (r"/users/:id(\d+)", "/users/12", "/users/:id"),
        ("/posts/:id(.:format)", "/posts/my-post", "/posts/:id"),
        ("/owners/{ownerId}/pets/{petId}", "/owners/1/pets/rex", "/owners/:ownerId/pets/:petId"),
        ("/owners/{ownerId:[a-z]{2,3}}", "/owners/abc", "/owners/:ownerId"),
        ("/blog/[slug]", "/blog/my-post", "/blog/:slug"),
        ("/u/<username>", "/u/bob", "/u/:username"),
        ("/about", "/about/", "/about"),
    ],
)
def test_a_template_gives_matching_paths_its_route_in_every_spelling(
    text: str, path: str, route: str
) -> None:
    found = template(text)
    assert found
    assert found.of(parts(path)) == route
    assert found.of(parts(f"{path.rstrip('/')}/more")) == ""
    assert found.of(parts("/other")) == ""


@pytest.mark.parametrize(
    "text",
    [
        "", "/", "/*", "*", "**", "(.*)", "/(.*)", "^.*$", "/{path:path}", "/files/{*path}", "/files/<path:p>",
        "/[...all]", "/docs/[[...slug]]", "/:page", "/{controller}/{action}", "{controller=Home}/{action=Index}/{id?}",
        "/a/:b?", "/a(/:b)", "/:a*", "/shop/*", "/en-gb/<slug:any>/", "/x/{a", "/x/" + "y" * 300,
    ],
)  # fmt: skip
def test_a_template_that_would_swallow_the_site_is_none(text: str) -> None:
    assert template(text) is None


def test_the_more_literal_template_goes_first_and_their_number_is_bounded() -> None:
    templates = Templates(["/product/{slug}", "/product/new", "/product/{slug}-sale"])
    asked = ["/product/new", "/product/ivy", "/product/ivy-sale"]
    assert [templates.of(parts(path)) for path in asked] == [
        "/product/new",
        "/product/:slug",
        "/product/:slug-sale",
    ]
    templates.add(f"/p{at}/:id" for at in range(2 * MOST))
    assert len(templates.texts) == MOST


def test_only_a_template_that_matches_what_it_served_is_believed() -> None:
    served = [
        Served("/product/ivy", "/product/{slug}", 1),
        Served("/product/fern", "/product/{slug}", 1),
        Served("/product/ivy", "/api/stock/{sku}", 9),
        Served("/cart", "/cart", 1),
    ]
    assert proven(served) == ["/product/{slug}"]


class _Parts:
    """What the job needs, over a real store."""

    def __init__(self, store: Store, site: str, routes: Routes) -> None:
        self.store, self.routes, self._site = store, routes, site

    @property
    def sites(self) -> "_Parts":
        return self

    def list(self) -> list["_Parts"]:
        return [self]

    @property
    def id(self) -> str:
        return self._site


def test_the_route_of_the_span_that_a_page_view_is_linked_to_names_the_pages_that_come_after(
    store: Store, site: str
) -> None:
    now = now_ms()
    views = [
        _view(site, at, now, path)
        for at, path in enumerate(("/catalogue/ivy-large_1/", "/catalogue/fern_2/"))
    ]
    store.insert("events", events_table(views), f"{site}-views")
    store.insert("spans", spans_table([_span(site, at, now) for at in range(2)]), f"{site}-spans")
    routes = Routes()
    teach(_Parts(store, site, routes), Stop())  # pyright: ignore[reportArgumentType] - the sites of one
    asked = routes.of({(site, "/en-gb/catalogue/moss_77/"): 1, ("other", "/catalogue/moss_77"): 1})
    assert list(asked.values()) == ["/en-gb/catalogue/:slug_:pk", "/catalogue/moss_77"]


def _view(site: str, at: int, now: int, path: str) -> Event:
    event, visit, page = (uuid7(now, random.Random(3 * at + n)) for n in range(3))
    return Event(
        type="page_view", site=site, time=now - 60_000, received=now, session_start=now - 90_000, event_id=event,
        session_id=visit, page_view_id=page, path=path, trace_id=f"{at + 1:032x}",
    )  # fmt: skip


def _span(site: str, at: int, now: int) -> Span:
    started = now - 60_000
    return Span(
        site=site, trace_id=f"{at + 1:032x}", span_id=f"{at + 1:016x}", service="shop", name="GET", kind="server",
        time=started, start_ns=started * 1_000_000, duration_ns=1, received=now,
        attributes='{"http.route":"catalogue/<slug:slug>_<int:pk>/"}',
    )  # fmt: skip


def test_what_servers_named_outlives_a_restart(tmp_path: Path) -> None:
    file = tmp_path / "routes.json"
    Routes(file=file).teach("shop", ["/product/{slug}"])
    assert Routes(file=file).of({("shop", "/product/x"): 1}) == {("shop", "/product/x"): "/product/:slug"}


def test_a_template_and_a_path_made_to_be_tried_in_every_way_are_answered_at_once() -> None:
    """A regular expression would go back in so many places that it never ends."""
    many = "".join(f"{{v{number}}}" for number in range(8))
    found = template(f"/shop/x{many}z")
    assert found is not None
    assert found.of(parts("/shop/x" + 900 * "a")) == ""
    assert found.of(parts("/shop/x" + 900 * "a" + "z")) == found.route


def test_what_a_template_matches_is_what_its_variables_as_a_regular_expression_would() -> None:
    dice = random.Random(7)
    for _ in range(3_000):
        literals = ["".join(dice.choices("ab_", k=dice.randrange(3))) for _ in range(dice.randrange(1, 4))]
        found = template("/shop/" + "{v}".join(literals)) if any(literals) or len(literals) > 1 else None
        if found is None:
            continue
        text = "".join(dice.choices("ab_", k=dice.randrange(1, 9)))
        wanted = re.fullmatch(".+".join(map(re.escape, literals)), text)
        assert bool(found.of(parts(f"/shop/{text}"))) == bool(wanted), (literals, text)


@pytest.mark.parametrize("wide", ["/c{x}", "/{x}a", "/<slug:s>.html", "/{a}/{b}", "/1/{a}"])
def test_a_template_without_a_part_that_is_a_name_is_too_wide(wide: str) -> None:
    assert template(wide) is None
