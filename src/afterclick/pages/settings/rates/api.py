"""Rates of exchange of a site, for programs."""

from afterclick.accounts.exchange_rates import CurrencyRates, RatesTaken
from afterclick.accounts.policy import Capability
from afterclick.api.records import Nothing, RateWanted
from afterclick.errors import InvalidInput
from afterclick.web.endpoint import SITE, Call, Endpoint, Parameter

AFTER = Parameter(
    "after",
    "How many lines of the file, its head aside, came in pieces before this one, so that lines are told by their own"
    " numbers; each piece begins with the head.",
)


def rates(call: Call[Nothing]) -> list[CurrencyRates]:
    """What the site states, by currency."""
    return call.desk.accounts.exchange_rates.summed(call.lens.home)


def state(call: Call[RateWanted]) -> RatesTaken:
    """Keep one."""
    wanted, lens = call.body, call.lens
    call.desk.accounts.exchange_rates.state(lens.viewer, lens.home, wanted.currency, wanted.rate, wanted.date)
    return RatesTaken(kept=1)


def take(call: Call[str]) -> RatesTaken:
    """Keep those of a file, or of a piece of one."""
    after = call.asked("after", "0")
    if not (after.isascii() and after.isdigit() and len(after) < 10):
        raise InvalidInput(f"after={after[:20]!r} is no number of lines; leave it out for a whole file.")
    return call.desk.accounts.exchange_rates.take(call.lens.viewer, call.lens.home, call.body, int(after))


def forget(call: Call[Nothing]) -> Nothing:
    """Delete those of a currency."""
    call.desk.accounts.exchange_rates.forget(call.lens.viewer, call.lens.home, call.part("currency"))
    return Nothing()


ENDPOINTS = (
    Endpoint(
        "GET",
        "/rates",
        Capability.VIEW,
        "Rates of exchange that the site states, by currency.",
        list[CurrencyRates],
        rates,
    ),
    Endpoint(
        "PUT",
        "/rates",
        Capability.SITE,
        "States a rate of exchange, in the place of one of the same day.",
        RatesTaken,
        state,
        takes=RateWanted,
    ),
    Endpoint(
        "POST",
        "/rates/file",
        Capability.SITE,
        "States the rates of a file, the body: of the European Central Bank, or lines of date,currency,rate.",
        RatesTaken,
        take,
        takes=str,
        query=(SITE, AFTER),
    ),
    Endpoint(
        "DELETE",
        "/rates/{currency}",
        Capability.SITE,
        "Deletes the rates of a currency: totals tell it apart again.",
        Nothing,
        forget,
        status=204,
    ),
)
