"""The sentence that the Overview begins with."""

from collections.abc import Sequence

from afterclick.journeys import LeftOut
from afterclick.pages.overview.series import Series
from afterclick.resolve import Problem, Silence
from afterclick.words import figures, wording
from afterclick.words.sentence import Sentence, did, paid, sentence, strong


def answer(
    series: Series,
    problems: Sequence[Problem],
    now: int,
    begun: bool,
    apart: LeftOut | None,
    by: wording.Basis,
    silence: Silence | None,
) -> Sentence:
    """The sentence: that visits have stopped coming, else the dearest of the open `problems`, else what the visits of
    the period brought; of a site that has not `begun`, how to begin; without a visit, whether any that do not count
    were there.
    """
    period = series.period
    total = series.total(period.edges)
    if not begun:
        return sentence(
            "No visit has been received yet; ", strong("connect your site", "/connect"), " to see the first."
        )
    if silence and silence.since < period.until:
        return wording.silent(silence, now, period.zone)
    if not total.visits:
        return wording.nobody(period.within, apart)
    if problems:
        return wording.answer(problems[0], now, period.zone, f"/problems/{problems[0].id}", by)
    orders = figures.plural(total.orders, "order")
    sums = [(total.revenue, series.currency), *((one.amount, one.currency) for one in series.apart)]
    brought = figures.moneys(sums) if series.money else orders
    return sentence(
        did(figures.plural(total.visits, "visit")), f" {period.within} brought ", paid(brought),
        "; no open problem is costing money.",
    )  # fmt: skip
