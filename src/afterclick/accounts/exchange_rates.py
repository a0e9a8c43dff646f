"""The rates of exchange that a site states, each of a day: they convert totals, see docs/definitions.md#exchange."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from hashlib import sha256
from zoneinfo import ZoneInfo

import msgspec
from sqlalchemy import BigInteger, Engine, String, delete, func, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from afterclick.accounts.audit import Audit
from afterclick.accounts.policy import Capability
from afterclick.accounts.rate_files import Rate, a_rate, read_rates
from afterclick.accounts.sites import Site, SiteRow
from afterclick.accounts.viewer import Viewer
from afterclick.clock import Clock, now_ms
from afterclick.errors import Forbidden, InvalidInput, NotFound
from afterclick.store.control.database import Base
from afterclick.store.control.upsert import put_all
from afterclick.store.holding import Held

MOST = 300_000
"""Rates of one site."""
VALID_DAYS = 7
"""A rate holds for its day and at most so many after it, over weekends and holidays, until the next one."""
_SAID = 20
"""Wrong lines that are told one by one."""


class RatesTaken(msgspec.Struct, frozen=True, kw_only=True):
    """What became of rates that were stated: how many are `kept`; how many are of days `older` than records are kept,
    and were left out. `wrong` counts what was refused, `refused` tells the first of it, a sentence each.
    """

    kept: int
    older: int = 0
    wrong: int = 0
    refused: tuple[str, ...] = ()


class CurrencyRates(msgspec.Struct, frozen=True, kw_only=True):
    """The rates of one currency: how many, of which days, and the `newest` one, a decimal number: 1 `currency` in
    `into`, the site's own.
    """

    currency: str
    into: str
    rates: int
    since: date
    until: date
    newest: str


@dataclass(frozen=True)
class SiteRates:
    """The rates of one site into its own currency, by currency and day."""

    site: Site
    rates: tuple[Rate, ...]


class RateRow(Base):
    """A rate as stored. One into another currency than the site has now lies still."""

    __tablename__ = "exchange_rates"
    held = Held(why="rates of exchange that sites state")

    site: Mapped[str] = mapped_column(String(64), primary_key=True)
    into: Mapped[str] = mapped_column(String(3), primary_key=True)
    currency: Mapped[str] = mapped_column(String(3), primary_key=True)
    day: Mapped[str] = mapped_column(String(10), primary_key=True)
    rate: Mapped[str] = mapped_column(String(40))
    stated: Mapped[int] = mapped_column(BigInteger)


class ExchangeRates:
    """The rates of every site. Safe to use from any thread; blocks. `most_days` is how long records are kept."""

    def __init__(self, engine: Engine, most_days: int, clock: Clock = now_ms) -> None:
        self._engine = engine
        self._most_days = most_days
        self._clock = clock

    def state(self, viewer: Viewer, site: Site, currency: str, rate: str, day: str = "") -> Rate:
        """Keep a rate as it was typed, in the place of one of the same day; without a day, of today by the site's zone.

        Raises InvalidInput for what is none, Forbidden.
        """
        today = self._today(site)
        stated = a_rate(
            day.strip() or today.isoformat(), currency.strip(), rate.strip(), site.currency, today
        )
        if self._keep(viewer, site, [stated]).older:
            raise InvalidInput(
                f"{stated.day} lies before all that is kept: no order of that day is here any more."
            )
        return stated

    def take(self, viewer: Viewer, site: Site, text: str, after: int = 0) -> RatesTaken:
        """Keep the rates of a file of `rate_files`, each in the place of one of the same day and currency; of a piece
        of a file it says `after` how many lines that came.

        Raises InvalidInput for a file that is none, Forbidden.
        """
        found = read_rates(text, site.currency, self._today(site), after)
        taken = self._keep(viewer, site, found.rates)
        return msgspec.structs.replace(taken, wrong=len(found.refused), refused=found.refused[:_SAID])

    def forget(self, viewer: Viewer, site: Site, currency: str) -> None:
        """Delete the rates of a currency; raises NotFound when there is none, Forbidden."""
        _check(viewer, site)
        of = (RateRow.site == site.id, RateRow.into == site.currency, RateRow.currency == currency.upper())
        with Session(self._engine) as session, session.begin():
            if not session.scalar(select(func.count()).where(*of)):
                raise NotFound(f"{site.name} states no rate of {currency[:8]!r}.")
            session.execute(delete(RateRow).where(*of))
        self._record(viewer, "rates.forget", site, currency.upper())

    def any_of(self, site: Site) -> bool:
        """Whether the site states any rate into its currency."""
        of = select(RateRow.day).where(RateRow.site == site.id, RateRow.into == site.currency)
        with Session(self._engine) as session:
            return session.scalar(of.limit(1)) is not None

    def summed(self, site: Site) -> list[CurrencyRates]:
        """What the site states, by currency."""
        days = (func.count(), func.min(RateRow.day), func.max(RateRow.day))
        of = (RateRow.site == site.id, RateRow.into == site.currency)
        last = select(RateRow.currency, RateRow.day, RateRow.rate).where(*of)
        with Session(self._engine) as session:
            found = session.execute(
                select(RateRow.currency, *days)
                .where(*of)
                .group_by(RateRow.currency)
                .order_by(RateRow.currency)
            ).all()
            newest = {
                code: session.execute(last.where(RateRow.currency == code, RateRow.day == until)).one().rate
                for code, _, _, until in found
            }
        return [
            CurrencyRates(
                currency=code, into=site.currency, rates=count, since=date.fromisoformat(since),
                until=date.fromisoformat(until), newest=newest[code],
            )
            for code, count, since, until in found
        ]  # fmt: skip

    def stamp(self) -> str:
        """Another one whenever a rate, or the currency or the zone of a site with rates, is another; empty for none."""
        each = (RateRow.site, SiteRow.currency, SiteRow.timezone, func.count(), func.max(RateRow.stated))
        of = select(*each).join(SiteRow, SiteRow.id == RateRow.site).where(RateRow.into == SiteRow.currency)
        with Session(self._engine) as session:
            found = session.execute(of.group_by(*each[:3]).order_by(RateRow.site)).all()
        return sha256(repr([tuple(row) for row in found]).encode()).hexdigest() if found else ""

    def every(self) -> list[SiteRates]:
        """What all sites state into the currency that they have now."""
        of = select(SiteRow, RateRow.day, RateRow.currency, RateRow.rate).join(
            RateRow, SiteRow.id == RateRow.site
        )
        rates: dict[Site, list[Rate]] = {}
        with Session(self._engine) as session:
            order = (RateRow.site, RateRow.currency, RateRow.day)
            for site, day, code, rate in session.execute(
                of.where(RateRow.into == SiteRow.currency).order_by(*order)
            ):
                rates.setdefault(site.site(), []).append(Rate(date.fromisoformat(day), code, Decimal(rate)))
        return [SiteRates(site, tuple(found)) for site, found in rates.items()]

    def _keep(self, viewer: Viewer, site: Site, rates: Sequence[Rate]) -> RatesTaken:
        _check(viewer, site)
        oldest = self._today(site) - timedelta(days=self._most_days + VALID_DAYS)
        now = self._clock()
        rows = [
            {
                "site": site.id, "into": site.currency, "currency": one.currency, "day": one.day.isoformat(),
                "rate": _written(one.rate), "stated": now,
            }
            for one in rates if one.day >= oldest
        ]  # fmt: skip
        with Session(self._engine) as session, session.begin():
            session.execute(delete(RateRow).where(RateRow.site == site.id, RateRow.day < oldest.isoformat()))
            put_all(session, RateRow, rows)
            if (session.scalar(select(func.count()).where(RateRow.site == site.id)) or 0) > MOST:
                raise InvalidInput(
                    f"A site states at most {MOST:,} rates; forget those of currencies that it has no orders in."
                )
        if rows:
            codes = sorted({one.currency for one in rates})
            self._record(viewer, "rates.state", site, f"{len(rows)} of {', '.join(codes)}"[:200])
        return RatesTaken(kept=len(rows), older=len(rates) - len(rows))

    def _today(self, site: Site) -> date:
        return datetime.fromtimestamp(self._clock() / 1000, UTC).astimezone(ZoneInfo(site.timezone)).date()

    def _record(self, viewer: Viewer, action: str, site: Site, detail: str) -> None:
        Audit(self._engine, self._clock).record(viewer, action, site.name, site.id, detail)


def _check(viewer: Viewer, site: Site) -> None:
    if not viewer.may(Capability.SITE, site.id):
        raise Forbidden("Only an administrator of the site may do this.")


def _written(rate: Decimal) -> str:
    """As people write it: no zeros at the end, no exponent."""
    text = f"{rate:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text
