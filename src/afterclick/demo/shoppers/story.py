"""Tells a simulated visit the way a browser and six services would have: as events and spans."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import isnan

from afterclick.demo.shoppers.feeling import (
    CART,
    CHECKOUT,
    GONE,
    LIST,
    PAYMENT,
    PRODUCT,
    THANKS,
)
from afterclick.demo.shoppers.goods import CATEGORIES, IDS, PRICES
from afterclick.demo.shoppers.luck import ATTEMPTS
from afterclick.demo.shoppers.population import (
    BROWSERS,
    CAMPAIGNS,
    CARD_NETWORKS,
    COUNTRIES,
    DEVICE_CLASSES,
    SYSTEMS,
    TIERS,
    Crowd,
    Integers,
)
from afterclick.demo.shoppers.traces import SpanWriter
from afterclick.demo.shoppers.visit import PAUSE_MS, Page
from afterclick.demo.shoppers.wire import LARGEST, TAPPED, Call, Hex, PageWriter, uuid7, visit_context

CHANNELS = ("direct", "email", "paid-search", "social", "shopping")  # by campaign
ALL_VITALS = 4  # one visit in so many also sends CLS, FCP and TTFB: the sampling of history
ASKED = {LIST: "/api/products", PRODUCT: "/api/product/:id", CART: "/api/cart"}
POSTED = {PRODUCT: "/api/cart", CHECKOUT: "/api/checkout", PAYMENT: "/api/payment"}
PATHS = ("/", "/category/", "/product/", "/cart", "/checkout", "/payment", "/thanks")
THIRD_PARTY = "http://127.0.0.1:8507"
RATES = 0.05  # of visits; more of those who bought, and of those who were annoyed
WORDS = (
    ("Gave up. It just would not go.", "Everything took forever.", "I pressed and nothing happened."),
    ("Too slow for me.", "It got stuck more than once.", "Hard going today."),
    ("It was all right.", "", "Fine, could be quicker."),
    ("Easy enough.", "Nice things.", ""),
    ("Lovely shop.", "Quick and clear.", "Found it and bought it in a minute."),
)


@dataclass(frozen=True)
class Slot:
    """A Page as Python lists: reading single numbers out of arrays is several times slower."""

    step: list[int]
    at: list[int]
    leaves: list[int]
    product: list[int]
    cart: list[float]
    ttfb: list[float]
    fcp: list[float]
    lcp: list[float]
    inp: list[float]
    shift: list[float]
    answer_ms: list[float]
    answer_bad: list[bool]
    script_error: list[bool]
    resource_ms: list[float]
    photo: list[bool]
    task: list[bool]
    badge: list[bool]
    ms: list[list[float]]
    took: list[list[float]]
    status: list[list[int]]
    rage: list[bool]
    dead_click: list[bool]
    annoyed: list[float]

    @classmethod
    def of(cls, page: Page) -> "Slot":
        """The page's columns as lists."""
        felt, pressed = page.felt, page.pressed
        return cls(
            step=page.step.tolist(),
            at=page.at.tolist(),
            leaves=page.leaves.tolist(),
            product=page.product.tolist(),
            cart=page.cart.tolist(),
            ttfb=felt.ttfb.tolist(),
            fcp=felt.fcp.tolist(),
            lcp=felt.lcp.tolist(),
            inp=felt.inp.tolist(),
            shift=felt.shift.tolist(),
            answer_ms=felt.answer_ms.tolist(),
            answer_bad=felt.answer_bad.tolist(),
            script_error=felt.script_error.tolist(),
            resource_ms=felt.resource_ms.tolist(),
            photo=felt.photo.tolist(),
            task=felt.task.tolist(),
            badge=felt.badge.tolist(),
            ms=pressed.ms.tolist(),
            took=pressed.took.tolist(),
            status=pressed.status.tolist(),
            rage=page.rage.tolist(),
            dead_click=page.dead_click.tolist(),
            annoyed=page.annoyed.tolist(),
        )


class Storyteller:
    """Tells the visits of a crowd. `release_at` says which release visit number `visit` runs at a time."""

    def __init__(self, crowd: Crowd, release_at: Callable[[int, int], str], shop_url: str) -> None:
        self._crowd, self._release_at, self._shop = crowd, release_at, shop_url
        who, person = crowd.people, crowd.person
        self._network = _named(CARD_NETWORKS, who.card[person])
        self._device: list[str] = who.device[person].tolist()
        self._patience: list[float] = who.patience[person].tolist()

    def tell(
        self, visit: int, slots: Sequence[Slot], digits: Hex, events: list[str], spans: SpanWriter
    ) -> None:
        """Append the events of visit number `visit` to `events` and what its requests set off to `spans`."""
        context = self.context(visit, digits)
        writer = PageWriter(events, digits, self._shop)
        all_vitals = int(digits.take(2), 16) % ALL_VITALS == 0
        bought, last = False, slots[0]
        for slot in slots:
            step = slot.step[visit]
            if step == GONE:
                break
            calls = self._calls(spans, digits, slot, visit)
            self.tell_page(writer, context, slot, visit, calls, all_vitals)
            bought, last = bought or step == THANKS, slot
        self.tell_rating(writer, digits, last, visit, bought)

    def tell_page(
        self,
        writer: PageWriter,
        context: str,
        slot: Slot,
        visit: int,
        calls: Sequence[Call],
        all_vitals: bool = True,
    ) -> None:
        """One page view with the requests that it made."""
        self._open(writer, context, slot, visit)
        self._vitals(writer, slot, visit, all_vitals)
        self._mishaps(writer, slot, visit)
        for call in calls:
            writer.request(call)
        self._business(writer, slot, visit)

    def context(self, visit: int, digits: Hex) -> str:
        """What all events of the visit carry, under a new session id."""
        session_id = uuid7(int(self._crowd.start[visit]), digits.take(18))
        crowd, person = self._crowd, int(self._crowd.person[visit])
        who, campaign = crowd.people, int(crowd.campaign[visit])
        kind, system = int(who.device_class[person]), int(who.system[person])
        return visit_context(
            session_id=session_id,
            device_id=self._device[visit],
            returning=bool(crowd.returning[visit]),
            campaign=CAMPAIGNS[campaign],
            channel=CHANNELS[campaign],
            country=COUNTRIES[int(who.country[person])].code,
            device_class=DEVICE_CLASSES[kind],
            tier=TIERS[int(who.tier[person])],
            browser=BROWSERS[kind][system],
            system=SYSTEMS[kind][system],
        )

    def _open(self, writer: PageWriter, context: str, slot: Slot, visit: int) -> None:
        step, product = slot.step[visit], slot.product[visit]
        path = PATHS[step] + (
            CATEGORIES[product] if step == LIST else IDS[product] if step == PRODUCT else ""
        )
        network = self._network[visit] if step >= CHECKOUT else ""
        writer.page_view(
            context, step, path, slot.at[visit], self._release_at(visit, slot.at[visit]), network
        )

    def _vitals(self, writer: PageWriter, slot: Slot, visit: int, all_vitals: bool) -> None:
        step, at, leaves = slot.step[visit], slot.at[visit], slot.leaves[visit]
        lcp, inp = slot.lcp[visit], slot.inp[visit]
        photo = f"{self._shop}/photos/{IDS[slot.product[visit]]}.svg" if step == PRODUCT else ""
        if slot.photo[visit]:
            photo = photo.replace("/photos/", "/photos/original/")
        writer.vital("LCP", lcp, min(at + int(lcp), leaves), LARGEST[step], photo)
        if not isnan(inp):
            script = f"{self._shop}/static/{'gallery' if slot.task[visit] else 'shop'}.js"
            writer.vital("INP", inp, leaves, TAPPED[step], script)
            if slot.task[visit]:
                writer.long_task(script, inp * 0.96, max(at, leaves - 900))
        if all_vitals:
            writer.vital("FCP", slot.fcp[visit], min(at + int(slot.fcp[visit]), leaves))
            writer.vital("TTFB", slot.ttfb[visit], at + int(slot.ttfb[visit]))
            writer.vital("CLS", slot.shift[visit], leaves, "ul.grid")

    def _mishaps(self, writer: PageWriter, slot: Slot, visit: int) -> None:
        step, at, leaves = slot.step[visit], slot.at[visit], slot.leaves[visit]
        slow = slot.resource_ms[visit]
        if slot.badge[visit]:
            writer.resource("script", f"{THIRD_PARTY}/badge.js", slow, at + 40)
        elif not isnan(slow):
            kind = "photos/original" if slot.photo[visit] else "photos"
            writer.resource("img", f"{self._shop}/{kind}/{IDS[slot.product[visit]]}.svg", slow, at + 60)
        if slot.script_error[visit]:
            said = "Cannot read properties of undefined (reading 'price')"
            writer.error("TypeError", said, f"{self._shop}/static/shop.js:88", min(at + 900, leaves))
        if slot.rage[visit]:
            writer.struggle("rage_click", TAPPED[step], 4, max(at, leaves - 300))
        if slot.dead_click[visit]:
            writer.struggle("dead_click", "div.band", 1, max(at, leaves - 400))

    def _calls(self, spans: SpanWriter, digits: Hex, slot: Slot, visit: int) -> list[Call]:
        """The requests of a simulated page view, those that are sampled with the spans behind them."""
        step, calls = slot.step[visit], list[Call]()
        product, network = IDS[slot.product[visit]], self._network[visit]

        def call(method: str, target: str, at: int, ms: float, took_ms: float, status: int) -> None:
            made = Call(method, target, at, ms, status)
            if spans.wants(made):
                made = Call(method, target, at, ms, status, digits.take(32))
                spans.trace(made, took_ms, product, network)
            calls.append(made)

        if step in ASKED:
            ms, status = slot.answer_ms[visit], 502 if slot.answer_bad[visit] else 200
            call("GET", ASKED[step], slot.at[visit] + 180, ms, ms, status)
        pressed = [n for n in range(ATTEMPTS) if slot.status[n][visit]]
        at = slot.leaves[visit] - 250 + PAUSE_MS - int(sum(slot.ms[n][visit] + PAUSE_MS for n in pressed))
        for n in pressed:
            call("POST", POSTED[step], at, slot.ms[n][visit], slot.took[n][visit], slot.status[n][visit])
            at += int(slot.ms[n][visit]) + PAUSE_MS
        return calls

    def _business(self, writer: PageWriter, slot: Slot, visit: int) -> None:
        step, at, cart = slot.step[visit], slot.at[visit], slot.cart[visit]
        if step == PRODUCT:
            product = slot.product[visit]
            writer.commerce("product", float(PRICES[product]), at + 200, IDS[product])
            if slot.status[0][visit]:
                writer.commerce("cart", cart, slot.leaves[visit] - 100)
        elif step == CHECKOUT:
            writer.commerce("checkout", cart, at + 200)
            if slot.status[0][visit]:
                writer.identify(f"cus_{self._device[visit][:16]}", slot.leaves[visit] - 260)
        elif step == THANKS:
            writer.order(f"TT-{self._device[visit][:6].upper()}{at:X}", cart, at + 100)

    def tell_rating(self, writer: PageWriter, digits: Hex, last: Slot, visit: int, bought: bool) -> None:
        """Some rate the visit when they leave; what they say depends on how annoyed they are."""
        draw = int(digits.take(4), 16)
        annoyed = min(1.0, last.annoyed[visit] / self._patience[visit])
        if draw / 65536 >= RATES * (1 + bought + 2 * annoyed):
            return
        score = max(1, min(5, 4 + bought - round(3.4 * annoyed) - (draw % 5 == 0)))
        writer.rating(score, WORDS[score - 1][draw % 3], last.leaves[visit] - 200)


def _named(names: tuple[str, ...], places: Integers) -> list[str]:
    return [names[place] for place in places.tolist()]
