"""Customers of the shop in a real Chromium, and their log of what they did and met, which the product knows not."""

import threading
from collections import deque
from collections.abc import Generator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from playwright.sync_api import Browser, BrowserContext, Frame, Page, Response
from tests.browser import chromium
from tests.verify.shop.shop import Shop

CHROME = (
    "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/141.0.0.0 Safari/537.36"
)
FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:144.0) Gecko/20100101 Firefox/144.0"
POTS = "/catalogue/category/pots_2/"
EXPRESS = 495
ADDRESS = {"first_name": "Ann", "last_name": "Person", "line1": "1 High Street", "line4": "Town"}
POSTCODES = {"GB": "SW1A 1AA", "FR": "75001", "DE": "10115", "IE": "H91 E2K3"}
PATIENCE_MS = 120_000.0
"""For a page, on a machine that also serves the shop and the product."""
APART_S = 1.2
"""Addresses are sent this far from each other: nearer ones nobody can tell apart (docs/resolve.md, failed pages)."""
_KEPT = 3
"""Browser contexts that stay open after their visit, so that what was sent on leaving is not cut off."""


@dataclass(frozen=True)
class Plan:
    """Who comes, for what, and what they do besides."""

    number: int
    products: tuple[str, ...]
    buys: bool = True
    quantity: int = 1
    browser: str = CHROME
    locale: str = "en-GB"
    country: str = "GB"
    express: bool = False
    mistypes: bool = False
    goes_back: bool = False
    in_new_tab: bool = False
    asks_for_nothing: bool = False
    reloads_thanks: bool = False
    closes_tab: bool = False


@dataclass(frozen=True)
class Order:
    """What was bought: its number, and its sum in pence as the customer works it out."""

    number: str
    pence: int


@dataclass(frozen=True)
class Load:
    """A document that the browser showed."""

    path: str
    status: int


@dataclass
class Visit:
    """What one customer did and met."""

    plan: Plan
    loads: list[Load] = field(default_factory=list[Load])
    errors: list[str] = field(default_factory=list[str])
    order: Order | None = None

    @property
    def failed(self) -> list[Load]:
        """Documents answered with a status of 500 and up."""
        return [load for load in self.loads if load.status >= 500]


class _Turns:
    """Lets one at a time send an address, `APART_S` after the one before was answered."""

    def __init__(self) -> None:
        self._lock = threading.Lock()

    @contextmanager
    def turn(self, page: Page) -> Generator[None]:
        with self._lock:
            yield
            page.wait_for_timeout(APART_S * 1000)


def come(shop: Shop, plans: Sequence[Plan]) -> list[Visit]:
    """Let all of them visit, three at a time, each in a browser context of its own; their log in the order of plans."""
    turns = _Turns()
    of_chrome = [plan for plan in plans if plan.browser == CHROME]
    of_others = [plan for plan in plans if plan.browser != CHROME]
    shares = [share for share in (of_chrome[::2], of_chrome[1::2], of_others) if share]
    with ThreadPoolExecutor(len(shares)) as pool:
        working = [pool.submit(_share, shop, share, turns) for share in shares]
    done = [visit for share in working for visit in share.result()]
    return sorted(done, key=lambda visit: visit.plan.number)


def _share(shop: Shop, plans: Sequence[Plan], turns: _Turns) -> list[Visit]:
    """Visits of one browser after the other.

    It is started under its name: what a context is told to be called does not reach the beacons of a page that closes.
    """
    left: deque[BrowserContext] = deque()
    visits: list[Visit] = []
    with chromium.started(f"--user-agent={plans[0].browser}") as browser:
        for plan in plans:
            visits.append(_visit(shop, browser, plan, turns, left))
            while len(left) > _KEPT:
                left.popleft().close()
        left[-1].new_page().wait_for_timeout(3000)
    return visits


def _visit(shop: Shop, browser: Browser, plan: Plan, turns: _Turns, left: deque[BrowserContext]) -> Visit:
    context = browser.new_context(locale=plan.locale)
    visit = Visit(plan)
    context.on("page", lambda page: _watch(shop, page, visit))
    context.set_default_timeout(PATIENCE_MS)
    page = context.new_page()
    last = _Customer(shop, page, visit, turns).shops()
    if plan.closes_tab:
        last.close()
    else:
        last.goto("about:blank")
    left.append(context)
    return visit


def _watch(shop: Shop, page: Page, visit: Visit) -> None:
    """Log the documents and the errors of a tab."""
    answers = [200]

    def answered(response: Response) -> None:
        request = response.request
        if request.is_navigation_request() and request.frame.parent_frame is None:
            answers[0] = response.status

    def shown(frame: Frame) -> None:
        if frame.parent_frame is None and frame.url.startswith(shop.url):
            visit.loads.append(Load(urlsplit(frame.url).path, answers[0]))
        answers[0] = 200  # what a step back shows from the browser's cache was answered before

    page.on("response", answered)
    page.on("pageerror", lambda error: visit.errors.append(error.message))
    page.on("framenavigated", shown)


class _Customer:
    """Goes through the shop as the plan says."""

    def __init__(self, shop: Shop, page: Page, visit: Visit, turns: _Turns) -> None:
        self._shop = shop
        self._page = page
        self._visit = visit
        self._plan = visit.plan
        self._turns = turns

    def shops(self) -> Page:
        """The whole visit; the tab it ends in."""
        plan, page = self._plan, self._page
        if plan.asks_for_nothing:
            page.goto(self._shop.url + "/catalogue/sold-out_999/")
        for product in plan.products:
            page.goto(self._shop.url + POTS)
            if plan.in_new_tab:
                self._page = page = page.context.new_page()
            page.goto(self._shop.url + product)
        if plan.goes_back:
            page.go_back()
            page.go_forward()
        if not plan.buys:
            return page
        self._click("#add_to_basket_form button")
        self._click("a[href='/basket/']")
        if plan.quantity > 1:
            page.fill("#id_form-0-quantity", str(plan.quantity))
            with page.expect_response("**/basket/") as updated:  # by script: the page stays
                page.click("#basket_formset .checkout-quantity button[type=submit]")
            updated.value.finished()
        self._click("a[href='/checkout/']")
        page.fill("#id_username", f"customer{plan.number}@example.org")
        self._click("form.card button[type=submit]")
        if self._gives_address() and self._pays():
            self._is_thanked()
        return self._page

    def _click(self, selector: str) -> None:
        with self._page.expect_navigation(wait_until="load"):
            self._page.locator(f"{selector}:visible").first.click()

    def _gives_address(self) -> bool:
        page, plan = self._page, self._plan
        for name, value in ADDRESS.items():
            page.fill(f"#id_{name}", value)
        page.select_option("#id_country", plan.country)
        if plan.mistypes:
            page.fill("#id_postcode", "?")
            with self._turns.turn(page):
                self._click("#new_shipping_address button[type=submit]")
        page.fill("#id_postcode", POSTCODES[plan.country])
        with self._turns.turn(page):
            self._click("#new_shipping_address button[type=submit]")
        return self._goes_on()

    def _pays(self) -> bool:
        self._page.locator("form[action='/checkout/shipping-method/'] button").nth(
            int(self._plan.express)
        ).click()
        self._page.wait_for_url("**/checkout/payment-details/")
        self._click("#view_preview")
        self._click("#place-order")
        return self._goes_on()

    def _is_thanked(self) -> None:
        number = self._page.inner_text("p.lead strong")
        pence = (
            self._shop.prices[self._plan.products[-1]] * self._plan.quantity + EXPRESS * self._plan.express
        )
        self._visit.order = Order(number, pence)
        if self._plan.reloads_thanks:
            self._page.reload()

    def _goes_on(self) -> bool:
        """Whether the page that is shown is none that failed; of those half of the customers go back once."""
        if self._visit.loads[-1].status < 500:
            return True
        if self._plan.number % 2:
            with self._turns.turn(self._page):
                self._page.go_back()
        return False
