"""What each site decided about personal data: how long it is kept, what is done without consent, what is left out.

Published to collectors by the control database: they read it again every few seconds (`collect/passage/site_rules.py`).
"""

import re
from typing import Annotated, Literal

import msgspec
from msgspec import UNSET, UnsetType
from sqlalchemy import BigInteger, Engine, String, Text, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from afterclick.accounts.audit import Audit
from afterclick.accounts.viewer import Viewer
from afterclick.clock import Clock, now_ms
from afterclick.errors import InvalidInput
from afterclick.networks import network
from afterclick.store.control.database import Base
from afterclick.store.control.upsert import put
from afterclick.store.holding import Held

WithoutConsent = Literal["keep", "anonymise", "drop"]
PlaceDetail = Literal["region", "country", "none"]

_PARAMETER = re.compile(r"[\w.\-\[\]]{1,64}")
_MOST_PARAMETERS = 50
_MOST_NETWORKS = 50
_WIDEST = {4: 8, 6: 7}
"""Bits of the widest private networks, 10.0.0.0/8 and fc00::/7, by version of the protocol."""


class SiteRules(msgspec.Struct, frozen=True, kw_only=True):
    """The rules of one site; the defaults are those of a site that decided nothing.

    `retention_days` of 0 keeps as long as the installation does, which is the upper limit in any case.
    `without_consent` is for events that say nothing of consent: keep them, make them anonymous, or drop them.
    `honour_signals` makes events of browsers anonymous that send Global Privacy Control or Do Not Track and whose
    visitor was not asked. `place` is the finest place that is kept. `kept_query` are parameters of page addresses that
    are kept beside those of the installation. `internal_networks` are those of the site's own people, whose visits are
    in no figure.
    """

    retention_days: Annotated[int, msgspec.Meta(ge=0, le=9131)] = 0
    without_consent: WithoutConsent = "keep"
    honour_signals: bool = True
    place: PlaceDetail = "region"
    kept_query: tuple[str, ...] = ()
    internal_networks: tuple[str, ...] = ()

    def days(self, most: int) -> int:
        """Days that records are kept, given the installation's."""
        return min(self.retention_days, most) if self.retention_days else most


UNDECIDED = SiteRules()


class RulesWanted(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Changes of a site's rules, in the fields of SiteRules: what is left out stays as it is."""

    retention_days: Annotated[int, msgspec.Meta(ge=0, le=9131)] | UnsetType = UNSET
    without_consent: WithoutConsent | UnsetType = UNSET
    honour_signals: bool | UnsetType = UNSET
    place: PlaceDetail | UnsetType = UNSET
    kept_query: tuple[str, ...] | UnsetType = UNSET
    internal_networks: tuple[str, ...] | UnsetType = UNSET

    def over(self, rules: SiteRules) -> SiteRules:
        """The rules with these changes."""
        told = {name: getattr(self, name) for name in self.__struct_fields__}
        return msgspec.structs.replace(
            rules, **{name: value for name, value in told.items() if value is not UNSET}
        )


class _Row(Base):
    __tablename__ = "site_privacy"
    held = Held(
        why="what each site decided about personal data",
    )

    site: Mapped[str] = mapped_column(String(64), primary_key=True)
    document: Mapped[str] = mapped_column(Text)
    changed: Mapped[int] = mapped_column(BigInteger)


class SitePrivacy:
    """The rules of every site of an installation. Safe to use from any thread; blocks."""

    def __init__(self, engine: Engine, clock: Clock = now_ms) -> None:
        self._engine = engine
        self._clock = clock

    def get(self, site: str) -> SiteRules:
        """The rules of a site."""
        return self.all().get(site, UNDECIDED)

    def all(self) -> dict[str, SiteRules]:
        """The rules of the sites that decided something."""
        with Session(self._engine) as session:
            rows = session.execute(select(_Row.site, _Row.document)).all()
        return {site: msgspec.json.decode(document, type=SiteRules) for site, document in rows}

    def put(self, viewer: Viewer, site: str, rules: SiteRules) -> None:
        """Keep the rules; collectors follow within seconds, rows that are older go with the next night's run.

        Raises InvalidInput for a parameter or a network that is none.
        """
        rules = _checked(rules)
        document = msgspec.json.encode(rules).decode()
        with Session(self._engine) as session, session.begin():
            put(session, _Row(site=site, document=document, changed=self._clock()))
        Audit(self._engine, self._clock).record(viewer, "privacy.settings", site, site, document)


def _checked(rules: SiteRules) -> SiteRules:
    odd = [name for name in rules.kept_query if not _PARAMETER.fullmatch(name)]
    if odd or len(rules.kept_query) > _MOST_PARAMETERS:
        raise InvalidInput(
            f"At most {_MOST_PARAMETERS} parameters can be kept, each of letters, digits and . _ - [ ]"
            + (f"; {odd[0][:32]!r} is not." if odd else ".")
        )
    networks = tuple(_network(one) for one in rules.internal_networks)
    if len(networks) > _MOST_NETWORKS:
        raise InvalidInput(f"At most {_MOST_NETWORKS} networks can be named; name wider ones.")
    rules = msgspec.structs.replace(rules, internal_networks=networks)
    return msgspec.convert(msgspec.to_builtins(rules), SiteRules)


def _network(text: str) -> str:
    try:
        found = network(text)
    except ValueError as error:
        raise InvalidInput(
            f"{text[:64]!r} is no network; write one like 203.0.113.0/24, 203.0.113.9 or 2001:db8::/48."
        ) from error
    if found.prefixlen < _WIDEST[found.version]:
        raise InvalidInput(f"{text[:64]!r} is more than anybody's own network; name the site's.")
    return str(found)
