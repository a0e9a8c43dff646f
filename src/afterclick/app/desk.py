"""What pages are given, made from the installation's parts."""

from functools import partial

import msgspec

from afterclick.accounts import DEFAULT_SITE, Keys
from afterclick.app.installation import Installation
from afterclick.clock import now_ms
from afterclick.customers import SqlCuts
from afterclick.impact import AtRisk
from afterclick.impact.total import FELT, TOGETHER
from afterclick.resolve import Silence
from afterclick.resolve.evidence import evidence
from afterclick.resolve.silence import HEARD
from afterclick.signals import Event
from afterclick.store.control.learned import Learned
from afterclick.store.control.taken_and_dropped import Quality
from afterclick.store.drain.drain import Drain
from afterclick.store.drain.replay import replay, standing_aside
from afterclick.store.engine.query import Reader, statements
from afterclick.store.scope import Scope
from afterclick.store.spool.batch import CORRECTED_CLOCK, Batch
from afterclick.store.spool.outlet import Outlet
from afterclick.store.spool.spool import Spool
from afterclick.web import Broadcaster, Desk, Machine, by_api_key, by_session, by_socket, this_machine
from afterclick.web.intake import Intake
from afterclick.web.vitals import Operations

_SQL = statements("afterclick.app", "intake.sql")


class _Newest(msgspec.Struct):
    last: int


class _Begun(msgspec.Struct):
    n: int


class SpoolHealth:
    """Intake as the spool and the published counts tell it."""

    def __init__(self, outlet: Outlet, quality: Quality, reader: Reader) -> None:
        self._outlet = outlet
        self._quality = quality
        self._reader = reader

    def intake(self, site: str, since: int) -> Intake:
        """What came in for `site` since the UTC ms."""
        scope, until = Scope(site), now_ms() + 60_000
        depth = self._outlet.depth()
        newest = self._reader.rows(scope, _SQL["last_received"], _Newest, {"since": since})[0].last
        return Intake(
            accepted=self._quality.accepted(scope, since, until),
            doors=self._quality.last_accepted(scope, since),
            drops=tuple(self._quality.drops(scope, since, until)),
            corrected=self._quality.mended(scope, since, until).get(CORRECTED_CLOCK, 0),
            waiting=depth.rows,
            waiting_bytes=depth.disk_bytes,
            oldest_waiting=depth.oldest,
            last_received=newest or None,
            begun=bool(newest or self._reader.rows(scope, _SQL["begun"], _Begun, {})[0].n),
        )


def desk_over(
    installation: Installation,
    outlet: Outlet,
    spool: Spool,
    live: Broadcaster,
    operations: Operations,
    drain: Drain,
) -> Desk:
    """The desk over an installation; marks made on pages go into `spool`, like anyone's data."""
    settings = installation.settings
    accounts = installation.accounts
    return Desk(
        reader=installation.store,
        scope=Scope(DEFAULT_SITE),
        problems=installation.book,
        settings=settings,
        health=SpoolHealth(outlet, installation.quality, installation.store),
        live=live,
        mark=lambda event: _append(spool, event),
        key=Keys(installation.control).public,
        sites=lambda: tuple(site.id for site in installation.sites.list()),
        evidence=lambda scope, problem: evidence(installation.store, scope, problem),
        at_risk=lambda scope: _at_risk(installation.learned, scope.site),
        silence=lambda scope: _silence(installation.learned, scope.site),
        ask=installation.store.read_only,
        cuts=SqlCuts(installation.control),
        machine=Machine(
            freshness=drain.freshness,
            aside=partial(standing_aside, settings.spool),
            replay=partial(replay, settings.spool, drain.insertion, installation.store),
            frozen=installation.store.frozen,
        ),
        accounts=accounts,
        privacy=installation.privacy,
        site_privacy=installation.site_privacy,
        keyring=installation.keyring,
        recognize=(
            by_socket,
            by_api_key(installation.keyring.api_keys),
            this_machine if settings.open_on_loopback else by_session(accounts),
        ),
        operations=operations,
        routes=installation.routes.learned,
        collector=f"http://{settings.collector_host}:{settings.collector_port}",
    )


def _at_risk(learned: Learned, site: str) -> AtRisk:
    together, felt = learned.newest(site, TOGETHER), learned.newest(site, FELT)
    return AtRisk(together.value if together else None, felt.value if felt else None)


def _silence(learned: Learned, site: str) -> Silence | None:
    heard = learned.newest(site, HEARD)
    return heard.value.silence if heard else None


def _append(spool: Spool, event: Event) -> None:
    spool.write([Batch(event.site, "mark", "events", 1, msgspec.json.encode(event) + b"\n")])
