"""Problems and their evidence, as the pages are given them."""

import random

import msgspec
from tests.web.shopfront import DAY, HOUR, NOW

from afterclick.impact import Estimate
from afterclick.resolve import (
    Before,
    Bin,
    Breakdown,
    Cause,
    Comparison,
    Distribution,
    Evidence,
    ExampleVisit,
    Exposure,
    Problem,
    Proportion,
)
from afterclick.stats import Interval


def a_problem(site: str, now: int = NOW, **changed: object) -> Problem:
    """The open, priced problem of the seeded shop."""
    onset = now - int(1.5 * DAY)
    cause = Cause(
        kind="service",
        service="payment",
        operation="POST acquirer/authorize",
        peer="acquirer",
        explained=0.94,
        explained_low=0.9,
        explained_high=0.97,
        n=212,
        sentence="`payment → acquirer` takes 3.1 s more than usual",
        evidence=(
            Comparison(
                label="payment POST acquirer/authorize",
                unit="ms",
                affected=3412,
                unaffected=214,
                n_affected=212,
                n_unaffected=1480,
                low=2980,
                high=3320,
            ),
            Comparison(
                label="checkout POST /pay",
                unit="ms",
                affected=3520,
                unaffected=301,
                n_affected=212,
                n_unaffected=1480,
                low=3010,
                high=3350,
            ),
            Comparison(
                label="failed requests",
                unit="share",
                affected=0.004,
                unaffected=0.003,
                n_affected=212,
                n_unaffected=1480,
                low=-0.004,
                high=0.008,
            ),
        ),
        rivals=("release `web 1.4.2` came 12 h earlier and explains 4% of the excess",),
    )
    estimate = Estimate(
        status="priced",
        n_exposed=212,
        n_control=1480,
        orders_lost=Interval(74.2, 52.1, 97.8),
        revenue_lost=Interval(6300, 4350, 8400),
        naive=Interval(9100, 7200, 11000),
        currency="EUR",
        method="Doubly robust, sequential trials by arrival",
        since=onset,
        until=now,
    )
    problem = Problem(
        id="amex-payment",
        site=site,
        step="payment",
        signal="slow",
        segment={"card_network": "amex"},
        status="open",
        onset=onset,
        onset_low=onset - 20 * 60_000,
        onset_high=onset + 15 * 60_000,
        detected=onset + 60_000,
        last_seen=now - 60_000,
        arrivals=231,
        exposed_visits=212,
        expected=4.1,
        baseline=0.018,
        before=Before(9, 500),
        symptoms=(),
        estimate=estimate,
        cause=cause,
    )
    return replace_struct(problem, changed)


def replace_struct(problem: Problem, changed: dict[str, object]) -> Problem:
    """The problem with some fields changed."""
    return msgspec.structs.replace(problem, **changed)


def the_problems(site: str, now: int = NOW) -> list[Problem]:
    """One of each kind: priced, gathering, unknown, closed."""
    gathering = Estimate(
        status="gathering",
        n_exposed=18,
        n_control=64,
        currency="EUR",
        reason="18 visits met it; a price needs 30.",
    )
    unknown = Estimate(
        status="unknown", reason="No visit without the error is left to compare with.", n_exposed=88
    )
    priced = Estimate(
        status="priced",
        n_exposed=840,
        n_control=3100,
        orders_lost=Interval(31, 4, 60),
        revenue_lost=Interval(2100, -240, 4300),
        currency="EUR",
        method="Doubly robust",
        since=now - 3 * DAY,
        until=now,
    )
    page = Cause(
        kind="page",
        route="/product/:id",
        element="img.product-photo",
        explained=0.8,
        explained_low=0.7,
        explained_high=0.88,
        n=800,
        sentence="`img.product-photo` on `/product/:id` arrives 2.4 s later than usual",
    )
    service = Cause(
        kind="service",
        service="inventory",
        operation="POST /reserve",
        sentence="`inventory POST /reserve` fails in 31% of calls",
        explained=0.9,
        explained_low=0.8,
        explained_high=0.95,
        n=88,
    )
    return [
        a_problem(site, now),
        a_problem(
            site,
            now,
            id="photo",
            step="product",
            segment={},
            onset=now - 3 * DAY,
            estimate=priced,
            cause=page,
            exposed_visits=840,
            arrivals=2210,
        ),
        a_problem(
            site,
            now,
            id="reserve",
            step="checkout",
            signal="error",
            segment={},
            onset=now - 2 * HOUR,
            estimate=unknown,
            cause=service,
            exposed_visits=88,
            arrivals=280,
        ),
        a_problem(
            site,
            now,
            id="rage",
            step="cart",
            signal="struggle",
            segment={"device_class": "mobile"},
            onset=now - 20 * 60_000,
            estimate=gathering,
            cause=Cause(kind="unknown"),
            exposed_visits=18,
            arrivals=60,
        ),
        a_problem(
            site,
            now,
            id="badge",
            step="list",
            segment={},
            status="closed",
            onset=now - 9 * DAY,
            last_seen=now - 8 * DAY,
            closed=now - 8 * DAY,
        ),
    ]


def an_evidence(problem: Problem, visits: tuple[tuple[str, str], ...] = ()) -> Evidence:
    """Evidence as resolve hands it over."""
    rng = random.Random(3)
    bins = tuple(
        Bin(
            low=i * 400.0,
            high=(i + 1) * 400.0,
            affected=int(60 * 2.7 ** (-((i - 9) ** 2) / 8)),
            unaffected=int(420 * 2.7 ** (-i / 1.6)),
        )
        for i in range(16)
    )
    buckets = tuple(
        Exposure(
            time=NOW - 72 * HOUR + i * HOUR,
            width=HOUR,
            arrivals=8 + rng.randrange(6),
            exposed=rng.randrange(6, 9) if i >= 36 else int(rng.random() < 0.15),
        )
        for i in range(72)
    )
    shares = tuple(
        Proportion(
            label=value,
            hits=hits,
            n=n,
            value=hits / n if n else None,
            low=max(hits / n - 0.05, 0) if n else None,
            high=min(hits / n + 0.05, 1) if n else None,
        )
        for value, hits, n in (("amex", 212, 231), ("visa", 9, 540), ("mastercard", 6, 420), ("", 0, 0))
    )
    samples = tuple(
        ExampleVisit(
            session_id=session,
            page_view_id=page,
            time=NOW - 3 * HOUR,
            felt=3400.0 + i * 210,
            outcome=("left", "ordered")[i % 2],
            device_class="mobile",
            country="DE",
            rating=2.0 if i == 0 else None,
            trace_id="a" * 32,
        )  # pyright: ignore[reportArgumentType]
        for i, (session, page) in enumerate(visits)
    )
    return Evidence(
        step=problem.step,
        signal=problem.signal,
        distribution=Distribution(
            measure="slowest request",
            unit="ms",
            limit=3000,
            bins=bins,
            n_affected=212,
            n_unaffected=1480,
            median_affected=3610,
            median_unaffected=260,
        ),
        journey=(
            Proportion(label="affected", hits=98, n=212, value=0.462, low=0.396, high=0.529),
            Proportion(label="unaffected", hits=1243, n=1480, value=0.84, low=0.82, high=0.858),
        ),
        exposure=buckets,
        breakdowns=(Breakdown(dimension="card_network", values=shares),),
        samples=samples,
    )
