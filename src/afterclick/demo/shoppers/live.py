"""The same people shopping now, through the real storefront: what they meet is measured, what they do is chosen by it.

Their devices are simulated (a paint, an interaction), their requests are not: pages, API calls, payments and faults
are the running shop's, and each request carries a `traceparent`, so that the shop's own spans join the visit.
"""

import asyncio
import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from http.cookiejar import CookieJar, DefaultCookiePolicy
from pathlib import Path
from typing import TypeVar

import httpx
import msgspec
import numpy as np
from numpy.random import Generator

from afterclick.demo.shoppers import choice, population
from afterclick.demo.shoppers.arrivals import arrivals
from afterclick.demo.shoppers.choice import Mood
from afterclick.demo.shoppers.faults import (
    BADGE_REACH,
    HEALTHY_RELEASE,
    LONG_TASK_REACH,
    PHOTO_REACH,
    STEP_OF,
    Fault,
)
from afterclick.demo.shoppers.feeling import (
    CART,
    CHECKOUT,
    GONE,
    LIST,
    PAYMENT,
    PRODUCT,
    STEPS,
    Feeling,
    World,
    feel,
    has_new_release,
)
from afterclick.demo.shoppers.goods import CATEGORIES, IDS
from afterclick.demo.shoppers.luck import ATTEMPTS, Luck, draw
from afterclick.demo.shoppers.population import CAMPAIGN_SHARES, CAMPAIGNS, CARD_NETWORKS, Crowd, People
from afterclick.demo.shoppers.story import ASKED, POSTED, Slot, Storyteller
from afterclick.demo.shoppers.tally import Tally
from afterclick.demo.shoppers.visit import (
    DEAD_CLICK,
    GAVE_UP,
    PAUSE_MS,
    Pressed,
    State,
    arrive,
    depart,
    dwell_ms,
    product_at,
    walk,
)
from afterclick.demo.shoppers.wire import Call, Hex, PageWriter

FAULTS_EVERY_S = 2.0
TRUTH_EVERY_S = 5.0
PERSONS = 4000
TIMEOUT_S = 20.0
MOST_AT_ONCE = 300  # visits; beyond, newcomers stay away, as from a shop that hangs
_Body = dict[str, str | int] | None
AGENT = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0 Safari/537.36"


class _Switches(msgspec.Struct):
    faults: dict[str, bool]
    release: str = HEALTHY_RELEASE


class _Met(msgspec.Struct):
    """What `/_experience` says that a browser would have met."""

    lcp_added_ms: float = 0.0
    inp_added_ms: float = 0.0


class _Id(msgspec.Struct):
    id: str = ""


@dataclass
class Street:
    """What all live visits share: the shop, the collector, the people, and what is switched on."""

    shop: str
    collector: str
    key: str
    people: People
    client: httpx.AsyncClient
    haste: float = 1.0
    switches: _Switches = field(default_factory=lambda: _Switches({}))
    seen: set[int] = field(default_factory=set[int])
    tally: Tally = field(default_factory=Tally)

    def faulty(self, step: int) -> bool:
        """Whether a fault that acts on pages of this step is on."""
        return any(on and STEP_OF[name] == STEPS[step] for name, on in self.switches.faults.items())

    async def look(self) -> None:
        """See what is switched on; a shop that does not answer has nothing on."""
        try:
            answer = await self.client.get(f"{self.shop}/_faults")
            self.switches = msgspec.json.decode(answer.content, type=_Switches)
        except (httpx.HTTPError, msgspec.DecodeError):
            self.switches = _Switches({})

    async def send(self, body: str) -> None:
        """Post one envelope, as the SDK does; tries again for a while, then counts it lost."""
        headers = {"Content-Type": "application/json", "X-Afterclick-Key": self.key, "User-Agent": AGENT}
        for pause in (0.5, 2.0, 8.0, 0.0):
            try:
                answer = await self.client.post(f"{self.collector}/v1/events", content=body, headers=headers)
                if answer.status_code not in (429, 503):
                    self.tally.sent(answer.is_success)
                    return
            except httpx.HTTPError:
                pass
            await asyncio.sleep(pause)
        self.tally.sent(False)


class Shopper:
    """One live visit."""

    def __init__(self, street: Street, rng: Generator, person: int) -> None:
        self._street = street
        self._digits = Hex(rng, 1024)
        now = np.array([_now()])
        returning = np.array([person in street.seen]) | street.people.known[[person]]
        campaign = np.array([rng.choice(len(CAMPAIGNS), p=CAMPAIGN_SHARES)])
        self._crowd = Crowd(street.people, np.array([person]), now, campaign, returning)
        self._mood = Mood.draw(rng, self._crowd)
        self._luck = draw(rng, 1)
        self._teller = Storyteller(self._crowd, self._release, street.shop)
        self._new_release = bool(has_new_release(self._crowd)[0])
        self._cart = self._checkout = ""
        self._calls: list[Call] = []

    async def shop(self) -> None:
        """Walk through the shop until leaving, and put what came of it into the tally."""
        on = tuple(name for name, on in self._street.switches.faults.items() if on)
        state = State.landing(self._crowd, self._luck[0])
        context = self._teller.context(0, self._digits)
        for luck in self._luck:
            if state.step[0] == GONE:
                break
            state.at[:] = _now()
            await self._view(luck, state, context)
        healthy = walk(World(Fault("", 0), broken=False), self._crowd, self._mood, self._luck)
        self._street.tally.visited(
            on,
            revenue=float(state.revenue[0]),
            ordered=bool(state.ordered[0]),
            would_have_spent=float(healthy.revenue[0]),
            would_have_ordered=bool(healthy.ordered[0]),
        )

    async def _view(self, luck: Luck, state: State, context: str) -> None:
        self._calls = []
        felt = await self._meet(luck, state)
        dead_click = luck.even("breaks") < DEAD_CLICK
        arrival = arrive(self._mood, luck, state, felt, dead_click)
        await asyncio.sleep(
            (felt.lcp[0] + dwell_ms(luck, state.step, arrival.stays)[0]) / 1000 / self._street.haste
        )
        pressed = await self._press(luck, state, bool(arrival.stays[0]), bool(arrival.adds[0]))
        page = replace(depart(self._mood, luck, state, arrival, pressed), leaves=np.array([_now()]))
        events: list[str] = []
        writer = PageWriter(events, self._digits, self._street.shop, whole=False)
        slot = Slot.of(page)
        self._teller.tell_page(writer, context, slot, 0, self._calls)
        if state.step[0] == GONE:
            self._teller.tell_rating(writer, self._digits, slot, 0, bool(state.ordered[0]))
        await self._street.send(f'{{"context":{{{writer.context}}},"events":[{",".join(events)}]}}')

    async def _meet(self, luck: Luck, state: State) -> Feeling:
        """Load the page and what it fetches; what this device makes of it; what the shop's faults add."""
        step = int(state.step[0])
        base = feel(World(Fault("", 0), broken=False), self._crowd, luck, state.step, state.at)
        started = time.perf_counter()
        await self._fetch("GET", self._path(luck, step))
        ttfb = (time.perf_counter() - started) * 1000
        answer_ms, bad = base.answer_ms, np.array([False])
        if step in ASKED:
            call, _ = await self._ask(ASKED[step], self._asks(luck, step))
            answer_ms, bad = np.array([call.ms]), np.array([call.status >= 500])
        felt = replace(base, ttfb=np.array([ttfb]), answer_ms=answer_ms, answer_bad=bad)
        return await self._hit(felt, luck, step) if self._street.faulty(step) else felt

    async def _hit(self, felt: Feeling, luck: Luck, step: int) -> Feeling:
        """What the faults that are on add to this page, if they reach this device."""
        kind = population.DEVICE_CLASSES[int(self._street.people.device_class[self._crowd.person[0]])]
        query = f"/_experience?step={STEPS[step]}&device_class={kind}"
        _, content = await self._fetch("GET", query)
        met = _read(content, _Met)
        tier, even = int(self._street.people.tier[self._crowd.person[0]]), luck.even("reach")[0]
        photo = step == PRODUCT and met.lcp_added_ms > 0 and even < PHOTO_REACH[tier]
        badge = step == LIST and met.lcp_added_ms > 0 and even < BADGE_REACH[int(self._crowd.campaign[0])]
        task = met.inp_added_ms > 0 and self._new_release and even < LONG_TASK_REACH[tier]
        added = met.lcp_added_ms if photo or badge else 0.0
        return replace(
            felt,
            lcp=felt.lcp + added,
            fcp=felt.fcp + (added if badge else 0.0),
            inp=felt.inp + (met.inp_added_ms if task else 0.0),
            resource_ms=np.array([added]) if added else felt.resource_ms,
            photo=np.array([photo]),
            badge=np.array([badge]),
            task=np.array([task]) & ~np.isnan(felt.inp),
        )

    async def _press(self, luck: Luck, state: State, stays: bool, adds: bool) -> Pressed:
        """Press the page's button, again where this person would, and measure."""
        step, pressed = int(state.step[0]), Pressed.nothing(1)
        if not (adds or (stays and step in (CHECKOUT, PAYMENT))):
            return pressed
        for attempt in range(ATTEMPTS):
            limit = float(choice.pay_limit(self._mood, attempt)[0]) / 1000 if step == PAYMENT else TIMEOUT_S
            path = f"{POSTED[step]}?cart={self._cart}"
            call, content = await self._ask(POSTED[step], path, self._body(luck, step), limit)
            pressed.ms[attempt, 0], pressed.status[attempt, 0] = call.ms, call.status
            if 200 <= call.status < 300:
                pressed.passed[0] = True
                self._remember(step, content)
                break
            again = choice.pays_again if step == PAYMENT else choice.reserves_again
            if not again(self._mood, attempt)[0]:
                break
            await asyncio.sleep(PAUSE_MS / 1000 / self._street.haste)
        return pressed

    def _remember(self, step: int, content: bytes) -> None:
        found = _read(content, _Id).id
        if step == PRODUCT:
            self._cart = found
        elif step == CHECKOUT:
            self._checkout = found

    def _body(self, luck: Luck, step: int) -> _Body:
        network = CARD_NETWORKS[int(self._street.people.card[self._crowd.person[0]])]
        if step == PRODUCT:
            return {"product_id": IDS[int(product_at(luck)[0])], "quantity": 1}
        if step == PAYMENT:
            return {"card_network": network, "checkout_id": self._checkout}
        person = self._street.people.device[self._crowd.person[0]]
        return {"email": f"{person}@shopper.example", "card_network": network}

    def _path(self, luck: Luck, step: int) -> str:
        product = int(product_at(luck)[0])
        if step == LIST:
            return f"/category/{CATEGORIES[product]}"
        if step == PRODUCT:
            return f"/product/{IDS[product]}"
        where = "/" if STEPS[step] == "home" else f"/{STEPS[step]}"
        return f"{where}?cart={self._cart}&checkout={self._checkout}" if step >= CART else where

    def _asks(self, luck: Luck, step: int) -> str:
        product = int(product_at(luck)[0])
        if step == LIST:
            return f"/api/products?category={CATEGORIES[product]}"
        return f"/api/product/{IDS[product]}" if step == PRODUCT else f"/api/cart?cart={self._cart}"

    async def _ask(
        self, target: str, path: str, body: _Body = None, limit: float = TIMEOUT_S
    ) -> tuple[Call, bytes]:
        """A fetch of the page, measured and traced; status 499 when given up after `limit` seconds."""
        method, trace_id = "GET" if body is None else "POST", self._digits.take(32)
        at, started = _now(), time.perf_counter()
        try:
            async with asyncio.timeout(limit):
                status, content = await self._fetch(method, path, body, trace_id)
        except TimeoutError:
            status, content = GAVE_UP, b""
        call = Call(method, target, at, (time.perf_counter() - started) * 1000, status, trace_id)
        self._calls.append(call)
        return call, content

    async def _fetch(
        self, method: str, path: str, body: _Body = None, trace_id: str = ""
    ) -> tuple[int, bytes]:
        """Status and content of the shop's answer; status 0 when there is none."""
        headers = {"User-Agent": AGENT}
        if trace_id:
            headers["traceparent"] = f"00-{trace_id}-{self._digits.take(16)}-01"
        try:
            answer = await self._street.client.request(
                method, self._street.shop + path, json=body, headers=headers
            )
        except httpx.HTTPError:
            return 0, b""
        return answer.status_code, answer.content if answer.is_success else b""

    def _release(self, visit: int, at: int) -> str:
        return self._street.switches.release if self._new_release else HEALTHY_RELEASE


_Kind = TypeVar("_Kind", _Met, _Id)


def _read(content: bytes, kind: type[_Kind]) -> _Kind:
    """What the shop said; nothing when it said nothing that can be read."""
    try:
        return msgspec.json.decode(content, type=kind)
    except msgspec.DecodeError:
        return kind()


def _now() -> int:
    return time.time_ns() // 1_000_000


async def drive(
    shop_url: str,
    collector_url: str,
    key: str,
    rate_visits_per_second: float,
    seed: int,
    stop: Callable[[], bool],
    truth: Path | None = None,
    haste: float = 1.0,
) -> Tally:
    """Let people come to the shop at the given mean rate until `stop()` says so; returns what came of them.

    `truth` is a file that is kept up to date with the tally. With `haste` people look at pages so many times more
    briefly than those of history do; a price finds nobody to compare them with then. A shop or a collector that does
    not answer ends nothing.
    """
    rng = np.random.default_rng([seed, 3])
    jar = CookieJar(DefaultCookiePolicy(allowed_domains=[]))  # visitors share the client, not their cookies
    limits = httpx.Limits(max_connections=200, max_keepalive_connections=40)
    async with httpx.AsyncClient(cookies=jar, timeout=TIMEOUT_S, limits=limits, trust_env=False) as client:
        people = population.people(rng, PERSONS)
        street = Street(shop_url.rstrip("/"), collector_url.rstrip("/"), key, people, client, haste)
        async with asyncio.TaskGroup() as group:
            watch = group.create_task(_watch(street, truth))
            visits: set[asyncio.Task[None]] = set()
            async for _ in arrivals(rng, rate_visits_per_second, stop):
                if len(visits) < MOST_AT_ONCE:
                    person = int(rng.integers(PERSONS))
                    visit = group.create_task(Shopper(street, rng.spawn(1)[0], person).shop())
                    street.seen.add(person)
                    visits.add(visit)
                    visit.add_done_callback(visits.discard)
            for task in (watch, *visits):
                task.cancel()
    if truth is not None:
        street.tally.write(truth)
    return street.tally


async def _watch(street: Street, truth: Path | None) -> None:
    """Keep the switches current, and the truth on disk."""
    written = 0.0
    while True:
        await street.look()
        if truth is not None and time.monotonic() - written > TRUTH_EVERY_S:
            street.tally.write(truth)
            written = time.monotonic()
        await asyncio.sleep(FAULTS_EVERY_S)
