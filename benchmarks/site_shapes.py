"""Sites of many shapes: the paths that their visitors open, and the route that somebody who knows the site gives each.

Every site is made up, from one seed. Popularity falls as in Zipf's law, so some pages are opened often and many once.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from random import Random


def _words(text: str) -> tuple[str, ...]:
    return tuple(text.split())


ADJECTIVES = _words(
    "large small tiny red green blue old new soft hard warm cold wild calm bold plain rich deep"
)
NOUNS = _words(
    "ivy fern palm moss oak lamp chair table vase rug clock shelf bowl knife plate mirror candle basket"
)
TOPICS = _words(
    "garden kitchen bedroom bathroom office outdoor toys books music sale lighting storage textiles decor rugs"
    " tableware candles frames clocks mirrors plants pots tools paint flooring heating safety pets travel gifts"
)
MENU = (
    "about",
    "contact",
    "cart",
    "checkout",
    "search",
    "login",
    "terms",
    "privacy",
    "shipping-returns",
    "stores",
)


@dataclass(frozen=True)
class Page:
    """A path, and the route that is right for it."""

    path: str
    route: str


@dataclass(frozen=True)
class Shape:
    """A kind of site: its pages from the most popular on, and whether its share of rows is even.

    `hard` says why counts alone cannot tell it; empty where they should.
    """

    name: str
    pages: Callable[[Random], Sequence[Page]]
    even: bool = False
    hard: str = ""

    def opened(self, rows: int, seed: int) -> list[Page]:
        """So many page views, in the order in which they came."""
        random = Random(seed)
        pages = list(self.pages(random))
        weights = [1.0 if self.even else 1 / (at + 5) for at in range(len(pages))]
        return random.choices(pages, weights, k=rows)


def slugs(random: Random, n: int, parts: int = 2) -> list[str]:
    """So many names of several words, without a digit."""
    found: dict[str, None] = {}
    while len(found) < n:
        words = [random.choice(ADJECTIVES) for _ in range(parts - 1)] + [random.choice(NOUNS)]
        found["-".join(words)] = None
    return list(found)


def named(paths: Sequence[str]) -> list[Page]:
    """Pages that are each a step of their own."""
    return [Page(path, path) for path in paths]


def under(prefix: str, values: Sequence[str], route: str = "") -> list[Page]:
    """Pages below one part that share a route."""
    return [Page(f"{prefix}/{value}", route or f"{prefix}/:slug") for value in values]


def mixed(random: Random, *groups: Sequence[Page]) -> list[Page]:
    """Pages of several groups in one order of popularity."""
    pages = [page for group in groups for page in group]
    random.shuffle(pages)
    return pages


def menu(prefix: str = "") -> list[Page]:
    """The named pages of a site, its home among them."""
    return [Page(prefix or "/", prefix or "/"), *named([f"{prefix}/{name}" for name in MENU])]


def _shop(random: Random) -> list[Page]:
    return (
        menu() + under("/product", slugs(random, 120)) + named([f"/category/{topic}" for topic in TOPICS[:8]])
    )


def _small_shop(random: Random) -> list[Page]:
    return mixed(random, menu(), under("/product", slugs(random, 24)))


def _digits(random: Random) -> list[Page]:
    some = [
        name if random.random() < 0.5 else f"{name}-{random.randrange(1, 99)}"
        for name in slugs(random, 100, 3)
    ]
    return menu() + under("/product", some)


def _oscar(random: Random) -> list[Page]:
    books = [f"{name}_{at}" for at, name in enumerate(slugs(random, 80, random.choice((2, 4))), 1)]
    return mixed(
        random,
        menu("/en-gb"),
        under("/en-gb/catalogue", books),
        named([f"/en-gb/catalogue/category/{t}" for t in TOPICS[:5]]),
    )


def _locales(random: Random) -> list[Page]:
    names = slugs(random, 60)
    groups = [
        [*menu(f"/{one}"), *under(f"/{one}/p", names)] for one in ("en-gb", "de", "fr", "pt-br", "es-419")
    ]
    return mixed(random, *groups)


def _blog(random: Random) -> list[Page]:
    posts = slugs(random, 150, 4)
    dated = [
        Page(
            f"/blog/{random.randrange(2019, 2027)}/{random.randrange(1, 13):02}/{post}", "/blog/:id/:id/:slug"
        )
        for post in posts
    ]
    return mixed(random, dated, named(["/", "/about", "/blog", "/feed"]))


def _docs(random: Random) -> list[Page]:
    sections = {topic: slugs(random, random.randrange(4, 9)) for topic in TOPICS[:7]}
    return named(
        ["/", "/docs", *[f"/docs/{section}/{page}" for section in sections for page in sections[section]]]
    )


def _users(random: Random) -> list[Page]:
    names = [f"{a}{b}" for a in ADJECTIVES for b in NOUNS]
    random.shuffle(names)
    own = [
        page
        for name in names[:150]
        for page in (
            Page(f"/users/{name}", "/users/:slug"),
            Page(f"/users/{name}/likes", "/users/:slug/likes"),
        )
    ]
    return mixed(random, own, menu())


def _skus(random: Random) -> list[Page]:
    return menu() + under("/item", [f"SKU-{random.randrange(1000, 9999)}" for _ in range(120)], "/item/:id")


def _categories(_: Random) -> list[Page]:
    return named(["/", *[f"/shop/{topic}" for topic in TOPICS]])


def _categories_of_two_words(random: Random) -> list[Page]:
    return named(["/", *[f"/category/{name}" for name in slugs(random, 30)]])


def _categories_unmarked(random: Random) -> list[Page]:
    return named(["/", *[f"/shop/{name}" for name in slugs(random, 30)]])


def _categories_among_products(random: Random) -> list[Page]:
    return mixed(random, under("/shop", slugs(random, 80)), named([f"/shop/{topic}" for topic in TOPICS[:8]]))


def _news(random: Random) -> list[Page]:
    desks = TOPICS[:6]
    stories = [page for desk in desks for page in under(f"/{desk}", slugs(random, 60, 5))]
    return mixed(random, stories, named(["/", *[f"/{desk}" for desk in desks]]))


def _hash(random: Random) -> list[Page]:
    orders = [Page(f"/app/orders/{random.randrange(10_000)}", "/app/orders/:id") for _ in range(60)]
    return mixed(
        random,
        orders,
        under("/app/projects", slugs(random, 80)),
        named(["/app/home", "/app/settings", "/app/team"]),
    )


def _single(_: Random) -> list[Page]:
    return named(
        ["/", "/about", "/pricing", "/contact", "/privacy-policy", "/terms-of-service", "/thank-you"]
    )


def _wiki(random: Random) -> list[Page]:
    titles = [name.title().replace("-", "_") for name in slugs(random, 200)] + [
        word.title() for word in NOUNS
    ]
    return mixed(random, under("/wiki", titles), named(["/", "/search"]))


def _encoded(random: Random) -> list[Page]:
    titles = [
        "".join(f"%E5%{random.randrange(128, 192):X}%{random.randrange(128, 192):X}" for _ in range(4))
        for _ in range(120)
    ]
    return mixed(random, under("/articles", titles), menu())


def _posts_at_root(random: Random) -> list[Page]:
    return mixed(random, menu(), under("", slugs(random, 200, 4)))


def _brochure(random: Random) -> list[Page]:
    return named(["/", *[f"/{name}" for name in slugs(random, 25)]])


def _templates(random: Random) -> list[Page]:
    own = [
        Page(f"/courses/{name}/{tab}", f"/courses/:slug/{tab}")
        for name in slugs(random, 60)
        for tab in ("intro", "lessons", "quiz")
    ]
    return mixed(random, own, menu())


SHAPES = (
    Shape("shop, 120 products by slug, 8 categories", _shop),
    Shape("shop, 24 products", _small_shop),
    Shape("shop, slugs with and without digits", _digits),
    Shape("shop of slug_number below a locale", _oscar),
    Shape("shop in five locales", _locales),
    Shape("blog by year and month", _blog),
    Shape("docs, 7 sections of 4 to 8 pages", _docs, even=True),
    Shape("users of one word, with a tab", _users),
    Shape("SKUs", _skus),
    Shape("30 named categories of one word", _categories, even=True),
    Shape("30 categories of two words below /category", _categories_of_two_words, even=True),
    Shape(
        "30 categories of two words below /shop",
        _categories_unmarked,
        even=True,
        hard="looks as 30 products do",
    ),
    Shape(
        "8 categories among 80 products, at one position",
        _categories_among_products,
        hard="a name among slugs stays once it stands out",
    ),
    Shape("news, six desks", _news),
    Shape("application routed by hash", _hash),
    Shape("seven single pages", _single),
    Shape("wiki", _wiki),
    Shape("titles that had to be encoded", _encoded),
    Shape("posts at the root beside a menu", _posts_at_root),
    Shape("brochure, 25 named pages at the root", _brochure, even=True),
    Shape("courses with three tabs each", _templates),
)
