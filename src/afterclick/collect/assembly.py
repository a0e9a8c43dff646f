"""The collector, put together from an opened control database and spool."""

from sqlalchemy import Engine

from afterclick.accounts import Keys
from afterclick.accounts.api_keys import ApiKeys
from afterclick.accounts.site_privacy import SitePrivacy
from afterclick.clock import Clock, now_ms
from afterclick.collect.hooks.sources import HookSources
from afterclick.collect.passage.gate import Gate
from afterclick.collect.passage.geography import trusted
from afterclick.collect.passage.passage import House
from afterclick.collect.passage.place import Places
from afterclick.collect.passage.rate_limit import Limiter
from afterclick.collect.passage.seen import Seen
from afterclick.collect.passage.site_rules import RulesOfSites
from afterclick.collect.transport.app import Collector
from afterclick.collect.transport.exposition import Metrics
from afterclick.collect.transport.onlooker import Onlookers
from afterclick.settings import Settings
from afterclick.store.spool.spool import Spool


def create(settings: Settings, control: Engine, spool: Spool, clock: Clock = now_ms) -> Collector:
    """The collector over an opened control database and spool, which the caller closes after it."""
    keys = Keys(control, clock)
    gate = Gate(keys.find)
    trusted(settings.trusted_proxies)  # a mistake is told at the start, not to the first visitor
    places = Places(settings.geo_file)
    hooks = HookSources(settings.hooks_folder)
    addresses = Limiter(settings.address_rate, whom="address", burst=3.0)
    limiter = Limiter(settings.key_rate)
    rules = RulesOfSites(SitePrivacy(control).all)
    seen = Seen(taken=spool.taken())
    house = House(settings, gate, limiter, spool, Metrics(), clock, seen, places, hooks, addresses, rules)
    onlookers = Onlookers(ApiKeys(control, clock).viewer)
    return Collector(house, spool.depth, keys.touch, onlookers)
