"""Sites: the tenants. Every record belongs to one."""

import re
from dataclasses import dataclass
from functools import cache
from zoneinfo import available_timezones

from babel.core import get_global
from publicsuffixlist import PublicSuffixList
from sqlalchemy import Engine, String, Text, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Mapped, Session, mapped_column

from afterclick.errors import InvalidInput, NotFound
from afterclick.store.control.database import Base
from afterclick.store.holding import Held

DEFAULT_SITE = "default"

_HOST = re.compile(r"(?=.{4,253}\Z)(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z][a-z0-9-]{1,62}")
_MOST_HOSTS = 50
_ID = re.compile(r"[a-z0-9][a-z0-9_-]{0,62}")


@dataclass(frozen=True)
class Site:
    """One shop or product: `currency` is ISO 4217, `timezone` an IANA name in which its days are drawn.

    From the `return_hosts`, and hosts under them, customers only come back: its own payment and login hosts, beside the
    payment providers that are known and the hosts of its own domain.
    """

    id: str
    name: str
    currency: str
    timezone: str
    return_hosts: tuple[str, ...] = ()


class SiteRow(Base):
    """A site as stored."""

    __tablename__ = "sites"
    held = Held(
        why="names, currencies and zones of sites",
    )

    id: Mapped[str] = mapped_column(String(64), primary_key=True)
    name: Mapped[str] = mapped_column(String(200))
    currency: Mapped[str] = mapped_column(String(3))
    timezone: Mapped[str] = mapped_column(String(64))
    return_hosts: Mapped[str] = mapped_column(Text, default="")

    def site(self) -> Site:
        """The row as what other rooms see."""
        return Site(self.id, self.name, self.currency, self.timezone, tuple(self.return_hosts.split()))


class Sites:
    """The sites of this installation."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def create(self, site: Site) -> Site:
        """Keep a new site.

        Raises InvalidInput for an id, currency or zone that is not one, or an id that is taken.
        """
        self.check(site)
        try:
            with Session(self._engine) as session, session.begin():
                row = SiteRow(id=site.id, name=site.name, currency=site.currency, timezone=site.timezone)
                row.return_hosts = " ".join(site.return_hosts)
                session.add(row)
        except IntegrityError as error:
            raise InvalidInput(f"A site named {site.id} exists already; choose another id.") from error
        return site

    def check(self, site: Site) -> None:
        """Raises InvalidInput for a site whose id, name, currency or zone is not one."""
        _check(site)

    def change(self, site: Site) -> None:
        """Give a site another name, currency or zone; raises InvalidInput as `check` does, NotFound."""
        self.check(site)
        with Session(self._engine) as session, session.begin():
            row = session.get(SiteRow, site.id)
            if row is None:
                raise NotFound(f"There is no site {site.id}.")
            row.name, row.currency, row.timezone = site.name, site.currency, site.timezone
            row.return_hosts = " ".join(site.return_hosts)

    def list(self) -> list[Site]:
        """All sites, by id."""
        with Session(self._engine) as session:
            return [row.site() for row in session.scalars(select(SiteRow).order_by(SiteRow.id))]

    def get(self, site: str) -> Site:
        """One site; raises NotFound."""
        with Session(self._engine) as session:
            row = session.get(SiteRow, site)
            if row is None:
                raise NotFound(f"There is no site {site}.")
            return row.site()


def _check(site: Site) -> None:
    if not _ID.fullmatch(site.id):
        raise InvalidInput("A site id is made of small letters, digits, - and _, at most 63 of them.")
    if not site.name.strip() or len(site.name) > 200 or "\0" in site.name:
        raise InvalidInput("Give the site a name of at most 200 characters.")
    if site.currency not in currencies():
        raise InvalidInput(f"{site.currency!r} is not an ISO 4217 currency such as EUR.")
    if site.timezone not in zones():
        raise InvalidInput(f"{site.timezone!r} is not a time zone such as Europe/Prague.")
    odd = next((host for host in site.return_hosts if not _names_somebody(host)), None)
    if odd is not None or len(site.return_hosts) > _MOST_HOSTS:
        raise InvalidInput(
            f"At most {_MOST_HOSTS} hosts to come back from can be named, each in small letters such as pay.example.com"
            + (f"; {odd[:64]!r} is none." if odd is not None else ".")
        )


def _names_somebody(host: str) -> bool:
    """Whether it is a host of one owner; `co.uk`, with all under it, would be everybody's."""
    return _HOST.fullmatch(host) is not None and not _suffixes().is_public(host)


@cache
def _suffixes() -> PublicSuffixList:
    return PublicSuffixList()


@cache
def currencies() -> frozenset[str]:
    """The currencies (ISO 4217) that are money somewhere today, by CLDR."""
    used = (one for told in get_global("territory_currencies").values() for one in told)
    return frozenset(code for code, _, ended, tender in used if tender and ended is None)


@cache
def zones() -> frozenset[str]:
    """The time zones of places (IANA), and UTC; not offsets and abbreviations, which know no summer time."""
    places = (one for one in available_timezones() if "/" in one and not one.startswith("Etc/"))
    return frozenset({*places, "UTC", "Etc/UTC"})
