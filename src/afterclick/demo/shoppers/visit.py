"""One visit, page view by page view: all visits of a crowd walk at once, one slot after the other."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from afterclick.demo.shoppers import choice, goods
from afterclick.demo.shoppers.faults import ACQUIRER_WAIT, INVENTORY_REACH, LOCK_WAIT, PAYMENT_REACH
from afterclick.demo.shoppers.feeling import (
    AMEX,
    CART,
    CHECKOUT,
    GONE,
    HOME,
    LIST,
    PAYMENT,
    PRODUCT,
    THANKS,
    Feeling,
    World,
    feel,
)
from afterclick.demo.shoppers.luck import ATTEMPTS, Luck, lognormal
from afterclick.demo.shoppers.population import TROUBLE, Crowd, Flags, Integers, Numbers

DWELL_MS = np.array([7_000.0, 10_000.0, 15_000.0, 8_000.0, 36_000.0, 20_000.0, 9_000.0])  # by step
LANDS_ON_LIST = np.array([0.22, 0.30, 0.10, 0.35, 0.20])  # by campaign
LANDS_ON_PRODUCT = np.array([0.12, 0.20, 0.05, 0.25, 0.60])
ANOTHER_ITEM = 0.22
CLICKS_IN_ANGER = 0.10
DEAD_CLICK = 0.004
GAVE_UP = 499  # nginx's status for a client that closed the request; the customer left before the answer
FAILED = 502
PAUSE_MS = 1_500  # between two presses of a button


@dataclass(frozen=True)
class Pressed:
    """The requests of the page's button, attempt by attempt: `ms` NaN and `status` 0 where not pressed."""

    ms: Numbers  # what the customer waited; shape (ATTEMPTS, n)
    took: Numbers  # what the services took, even after the customer had left
    status: Integers
    passed: Flags  # the last attempt was answered well

    @classmethod
    def nothing(cls, n: int) -> "Pressed":
        """Nobody presses."""
        blank = np.full((ATTEMPTS, n), np.nan)
        return cls(blank, blank.copy(), np.zeros((ATTEMPTS, n), np.int64), np.zeros(n, bool))

    def spent_ms(self) -> Numbers:
        """All waiting and pausing of a page view."""
        return np.nansum(self.ms, axis=0) + PAUSE_MS * np.maximum((self.status > 0).sum(axis=0) - 1, 0)


@dataclass(frozen=True)
class Page:
    """One slot: where each visit is (`step` GONE when over), what it felt there and what it did."""

    step: Integers
    at: Integers  # UTC ms
    leaves: Integers  # UTC ms
    product: Integers  # index into the goods, where step is PRODUCT
    cart: Numbers  # cart total after the page view
    felt: Feeling
    pressed: Pressed
    rage: Flags
    dead_click: Flags
    annoyed: Numbers  # seconds of annoyance in the visit so far


@dataclass(frozen=True)
class Walk:
    """All visits of a crowd from landing to leaving. `pages` has one entry a slot."""

    pages: Sequence[Page]
    ordered: Flags
    revenue: Numbers
    end: Integers


@dataclass
class State:
    """Where the visits of a crowd stand between two page views."""

    step: Integers
    at: Integers
    seen: Integers
    cart: Numbers
    annoyed: Numbers
    ordered: Flags
    revenue: Numbers

    @classmethod
    def landing(cls, crowd: Crowd, luck: Luck) -> "State":
        """At the first page, with the luck of the first slot."""
        n = len(crowd)
        even = luck.even("lands")
        to_product = LANDS_ON_PRODUCT[crowd.campaign]
        on_list = even < to_product + LANDS_ON_LIST[crowd.campaign]
        return cls(
            step=np.where(even < to_product, PRODUCT, np.where(on_list, LIST, HOME)),
            at=crowd.start.copy(),
            seen=np.zeros(n, np.int64),
            cart=np.zeros(n),
            annoyed=np.zeros(n),
            ordered=np.zeros(n, bool),
            revenue=np.zeros(n),
        )


@dataclass(frozen=True)
class Arrival:
    """What a page does to people before they press its button: `stays` or walks out; `adds` the product."""

    felt: Feeling
    product: Integers
    dead_click: Flags
    annoyed: Numbers  # seconds of annoyance of this page
    stays: Flags
    adds: Flags


def walk(world: World, crowd: Crowd, mood: choice.Mood, luck: Sequence[Luck]) -> Walk:
    """Let the crowd shop in the given world. The same luck in another world is the counterfactual."""
    state = State.landing(crowd, luck[0])
    end = crowd.start.copy()
    pages: list[Page] = []
    for slot in luck:
        if not (state.step != GONE).any():
            break
        arrival = arrive(
            mood,
            slot,
            state,
            feel(world, crowd, slot, state.step, state.at),
            _dead(world, crowd, slot, state),
        )
        pressed = _press(world, crowd, mood, slot, state, arrival)
        page = depart(mood, slot, state, arrival, pressed)
        pages.append(page)
        end = np.where(page.step != GONE, page.leaves, end)
    return Walk(pages, state.ordered, state.revenue, end)


def product_at(luck: Luck) -> Integers:
    """The product that a product page of this slot shows, as an index into the goods."""
    return (luck.even("product") * goods.COUNT).astype(np.int64)


def _dead(world: World, crowd: Crowd, luck: Luck, state: State) -> Flags:
    return ~world.spared("struggle", crowd, state.step, state.at) & (luck.even("breaks") < DEAD_CLICK)


def arrive(mood: choice.Mood, luck: Luck, state: State, felt: Feeling, dead_click: Flags) -> Arrival:
    """Everybody who is still there meets the page, and walks out or likes what they see."""
    here, product = state.step != GONE, product_at(luck)
    annoyed = choice.annoyance(felt) + choice.DEAD_CLICK_S * dead_click
    stays = here & ~choice.walks_out(mood, annoyed, state.annoyed + annoyed)
    looks = stays & (state.step == PRODUCT)
    state.seen = state.seen + looks
    adds = looks & choice.is_pleased(mood, luck.tastes, goods.PRICES[product], state.seen)
    return Arrival(felt, product, here & dead_click, annoyed, stays, adds)


def depart(mood: choice.Mood, luck: Luck, state: State, arrival: Arrival, pressed: Pressed) -> Page:
    """After the button: what the page came to, and `state` moved on to the next page."""
    step, at, here, felt = state.step, state.at, state.step != GONE, arrival.felt
    failures = (pressed.status >= 500).sum(axis=0)
    gave_up = (pressed.status == GAVE_UP).any(axis=0)
    annoyed = arrival.annoyed + choice.FAILURE_S * failures + choice.GIVING_UP_S * gave_up
    state.annoyed = state.annoyed + np.where(here, annoyed, 0.0)
    state.cart = state.cart + np.where(arrival.adds, goods.PRICES[arrival.product], 0.0)
    held = felt.lcp + np.nan_to_num(felt.answer_ms) + pressed.spent_ms()
    leaves = at + (held + dwell_ms(luck, step, arrival.stays)).astype(np.int64) + 250
    page = Page(
        step=step,
        at=at,
        leaves=leaves,
        product=arrival.product,
        cart=state.cart.copy(),
        felt=felt,
        pressed=pressed,
        rage=here & (annoyed > 0.6 * mood.tolerance) & (luck.even("clicks") < CLICKS_IN_ANGER),
        dead_click=arrival.dead_click,
        annoyed=state.annoyed.copy(),
    )
    state.step = np.where(arrival.stays, _next(mood, luck, state, arrival.adds, pressed), GONE)
    paid = (step == PAYMENT) & (state.step == THANKS)
    state.ordered = state.ordered | paid
    state.revenue = np.where(paid, state.cart, state.revenue)
    state.at = leaves + 150
    return page


def dwell_ms(luck: Luck, step: Integers, stays: Flags) -> Numbers:
    """How long people look at a page; who walks out looks briefly."""
    return lognormal(DWELL_MS[step], 0.5, luck.bell("dwell")) * np.where(stays, 1.0, 0.25)


def _next(mood: choice.Mood, luck: Luck, state: State, adds: Flags, pressed: Pressed) -> Integers:
    """Where those who stay go from here, GONE to leave."""
    step, following = state.step, np.full(state.step.size, GONE)
    further = choice.looks_further(mood, luck.even("next"))
    left = state.seen < mood.budget
    following[(step == HOME) & further] = LIST
    following[(step == LIST) & further] = PRODUCT
    browsing = (step == PRODUCT) & left
    following[browsing] = np.where(luck.even("again") < 0.6, LIST, PRODUCT)[browsing]
    following[adds] = CART
    another = adds & left & (luck.even("again") < ANOTHER_ITEM)
    following[another] = LIST
    spent = (step == PRODUCT) & ~left & ~adds & (state.cart > 0)
    following[spent] = CART
    following[(step == CART) & choice.goes_to_checkout(mood, luck.even("doubt"))] = CHECKOUT
    reserved = (step == CHECKOUT) & pressed.passed & (state.annoyed <= mood.patience)
    following[reserved & choice.accepts_terms(mood, luck.even("doubt"))] = PAYMENT
    following[(step == PAYMENT) & pressed.passed & (luck.even("doubt") >= mood.refused)] = THANKS
    return following


def _press(
    world: World, crowd: Crowd, mood: choice.Mood, luck: Luck, state: State, arrival: Arrival
) -> Pressed:
    """The requests that the page's button makes: into the cart, to the till, pay."""
    pressed, adds = Pressed.nothing(state.step.size), arrival.adds
    pressed.ms[0, adds] = pressed.took[0, adds] = lognormal(45.0, 0.35, luck.bell("post_1"))[adds]
    pressed.status[0, adds] = 200
    _reserve(world, crowd, mood, luck, state, arrival.stays, pressed)
    _pay(world, crowd, mood, luck, state, arrival.stays, pressed)
    return pressed


def _reserve(
    world: World,
    crowd: Crowd,
    mood: choice.Mood,
    luck: Luck,
    state: State,
    stays: Flags,
    into: Pressed,
) -> None:
    step, at = state.step, state.at
    trying = stays & (step == CHECKOUT)
    struck = world.strikes("inventory-errors", step, at)
    share = _between(INVENTORY_REACH, crowd)
    background = np.where(world.spared("error", crowd, step, at), 0.0, 0.004)
    for attempt in range(ATTEMPTS):
        even = luck.even(f"reach_{attempt + 1}")
        fails = trying & (even < np.where(struck, np.maximum(share, background), background))
        usual = lognormal(95.0, 0.35, luck.bell(f"post_{attempt + 1}"))
        takes = usual + np.where(fails, LOCK_WAIT.median_ms, 0.0)
        into.ms[attempt, trying] = into.took[attempt, trying] = takes[trying]
        into.status[attempt, trying] = np.where(fails, FAILED, 200)[trying]
        into.passed[trying & ~fails] = True
        trying = fails & choice.reserves_again(mood, attempt)


def _pay(
    world: World,
    crowd: Crowd,
    mood: choice.Mood,
    luck: Luck,
    state: State,
    stays: Flags,
    into: Pressed,
) -> None:
    step, at = state.step, state.at
    trying = stays & (step == PAYMENT)
    struck = world.strikes("payment-slow", step, at) & (crowd.people.card[crowd.person] == AMEX)
    share = _between(PAYMENT_REACH, crowd)
    calm = world.spared("slow", crowd, step, at)
    for attempt in range(ATTEMPTS):
        even = luck.even(f"reach_{attempt + 1}")
        usual = lognormal(520.0, 0.25, luck.bell(f"post_{attempt + 1}"))
        wait = lognormal(ACQUIRER_WAIT.median_ms, ACQUIRER_WAIT.spread, luck.bell(f"size_{attempt + 1}"))
        held = (struck & (even < share)) | (~calm & (even > 0.995))
        takes = usual + np.where(held, wait, 0.0)
        limit = choice.pay_limit(mood, attempt)
        gives_up = trying & (takes > limit)
        into.ms[attempt, trying] = np.minimum(takes, limit)[trying]
        into.took[attempt, trying] = takes[trying]
        into.status[attempt, trying] = np.where(gives_up, GAVE_UP, 200)[trying]
        into.passed[trying & ~gives_up] = True
        trying = gives_up & choice.pays_again(mood, attempt)


def _between(reach: tuple[float, float], crowd: Crowd) -> Numbers:
    """The reach of a partial backend fault in each visit's country."""
    low, high = reach
    return low + (high - low) * TROUBLE[crowd.people.country[crowd.person]]
