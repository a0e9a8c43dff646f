"""Everything about who may sign in, opened together over one control database."""

from dataclasses import dataclass
from typing import Self

from sqlalchemy import Engine

from afterclick.accounts.administration import Administration
from afterclick.accounts.audit import Audit
from afterclick.accounts.authentication import Authentication
from afterclick.accounts.devices import Devices
from afterclick.accounts.exchange_rates import ExchangeRates
from afterclick.accounts.invitations import Invitations
from afterclick.accounts.keys import Keys
from afterclick.accounts.members import Members
from afterclick.accounts.secrets import Secrets
from afterclick.accounts.setup import SetUp
from afterclick.accounts.signins import SignIns
from afterclick.accounts.single_sign_on import SingleSignOn
from afterclick.accounts.sites import Sites
from afterclick.accounts.throttle import Throttle
from afterclick.accounts.totp import SecondFactors
from afterclick.clock import Clock, now_ms
from afterclick.settings import Settings


@dataclass(frozen=True)
class Accounts:
    """The parts; open with `Accounts.over`. Safe to use from any thread; they block."""

    members: Members
    sites: Sites
    exchange_rates: ExchangeRates
    invitations: Invitations
    sign_ins: SignIns
    second_factors: SecondFactors
    authentication: Authentication
    administration: Administration
    set_up: SetUp
    audit: Audit
    single_sign_on: SingleSignOn | None

    @classmethod
    def over(cls, engine: Engine, settings: Settings, clock: Clock = now_ms) -> Self:
        """The parts over a control database.

        Raises Misconfigured when the installation's secret key cannot be had.
        """
        members, sites, audit = Members(engine, clock), Sites(engine), Audit(engine, clock)
        sign_ins = SignIns(engine, settings.session_idle_hours, settings.session_longest_hours, clock)
        secrets = Secrets.open(settings)
        factors = SecondFactors(engine, secrets, clock)
        authentication = Authentication(
            members, sign_ins, factors, Throttle(engine, clock), Devices(secrets), audit,
            bool(settings.require_second_factor),
        )  # fmt: skip
        invitations = Invitations(engine, members, clock)
        administration = Administration(
            members, sites, Keys(engine, clock), invitations, sign_ins, factors, audit
        )
        set_up = SetUp(members, sites, audit)
        provider = SingleSignOn.over(engine, settings, members, clock)
        return cls(
            members,
            sites,
            ExchangeRates(engine, settings.retention_days, clock),
            invitations,
            sign_ins,
            factors,
            authentication,
            administration,
            set_up,
            audit,
            provider,
        )
