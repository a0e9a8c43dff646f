"""The storefront's pages: what each shows, as HTML."""

from dataclasses import dataclass

from opentelemetry.propagate import inject
from starlette.responses import HTMLResponse

from afterclick.demo.shop.faults import LONG_TASK
from afterclick.demo.shop.messages import Cart, Checkout, Failure, Product
from afterclick.demo.shop.process import Process
from afterclick.demo.shop.products import CATEGORIES
from afterclick.demo.shop.templating import environment

CARD_NETWORKS = {"visa": "Visa", "mastercard": "Mastercard", "amex": "American Express"}


@dataclass(frozen=True)
class Pages:
    """Renders pages with what all of them carry: collector, write key, release, step, route, trace."""

    process: Process

    def home(self, popular: list[Product]) -> HTMLResponse:
        """The front page with the most popular products."""
        return self._page("home", "/", "home.html", popular=popular)

    def category(self, category: str, products: list[Product]) -> HTMLResponse:
        """One category; loads the third party's badge."""
        badge = f"{self.process.ports.url('third-party')}/badge.js"
        return self._page(
            "list", "/category/:id", "category.html", category=category, products=products, badge=badge
        )

    def product(self, product: Product) -> HTMLResponse:
        """One product, its photo unscaled and its gallery script heavy while those faults are on."""
        folder = "/photos/original" if "product-image" in self.process.faults else "/photos"
        photo = f"{folder}/{product.id}.svg"
        heavy = "mobile-long-task" in self.process.faults
        block_ms = round(LONG_TASK.draw(self.process.dice)) if heavy else 0
        return self._page(
            "product",
            "/product/:id",
            "product.html",
            product=product,
            photo=photo,
            heavy=heavy,
            block_ms=block_ms,
        )

    def cart(self, cart: Cart) -> HTMLResponse:
        """The cart."""
        return self._page("cart", "/cart", "cart.html", cart=cart)

    def checkout(self, cart: Cart) -> HTMLResponse:
        """The form for name and address."""
        return self._page("checkout", "/checkout", "checkout.html", cart=cart, networks=CARD_NETWORKS)

    def payment(self, checkout: Checkout) -> HTMLResponse:
        """The choice of card."""
        return self._page("payment", "/payment", "payment.html", checkout=checkout, networks=CARD_NETWORKS)

    def thanks(self, checkout: Checkout) -> HTMLResponse:
        """The paid order and a question how it was."""
        return self._page("thanks", "/thanks", "thanks.html", checkout=checkout)

    def failure(self, status: int, failure: Failure) -> HTMLResponse:
        """A page that could not be shown."""
        return self._page("", "", "failure.html", status, failure=failure)

    def _page(
        self, step: str, route: str, template: str, status: int = 200, **content: object
    ) -> HTMLResponse:
        trace: dict[str, str] = {}
        inject(trace)
        frame = {
            "step": step,
            "route": route,
            "collector": self.process.collector,
            "key": self.process.key,
            "release": self.process.faults.release,
            "traceparent": trace.get("traceparent", ""),
            "categories": CATEGORIES,
        }
        html = environment().get_template(template).render(**frame, **content)
        return HTMLResponse(html, status, headers={"Cache-Control": "no-store"})
