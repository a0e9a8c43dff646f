"""Signing in by OpenID Connect: from our page to the provider and back, and which member that is here.

A member is known by issuer and subject. The first time, they are found by their verified e-mail address, or, when the
settings say so, made.
"""

import hmac
import secrets
from dataclasses import dataclass
from typing import Self
from urllib.parse import urlsplit

import msgspec
from sqlalchemy import BigInteger, Engine, ForeignKey, String
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Mapped, Session, mapped_column

from afterclick.accounts.audit import Audit
from afterclick.accounts.holding import GOES_WITH_THE_MEMBER, SIGN_IN, WHILE_A_MEMBER
from afterclick.accounts.members import Member, Members, normal_email
from afterclick.accounts.oidc_provider import Claims, Provider, SignInRefused
from afterclick.accounts.policy import Role
from afterclick.accounts.secrets import Secrets
from afterclick.accounts.viewer import EVERY_SITE, NOBODY
from afterclick.clock import Clock, now_ms
from afterclick.errors import AfterclickError, Misconfigured
from afterclick.outbound import Bounds, Reach, client
from afterclick.settings import Settings
from afterclick.store.control.database import Base
from afterclick.store.holding import Held

GOOD_MS = 10 * 60_000
"""How long signing in at the provider may take."""
SEALED = "sealed:"
SECRET_PURPOSE = "setting"  # noqa: S105 - a purpose
_STATE_PURPOSE = "oidc state"
_LONGEST = 255


class _Begun(msgspec.Struct, frozen=True):
    """What the browser keeps, sealed, while it is at the provider."""

    state: str
    nonce: str
    verifier: str
    next: str
    made: int


@dataclass(frozen=True)
class Answer:
    """What the provider sent the browser back with."""

    state: str
    code: str
    error: str = ""
    issuer: str = ""


class SubjectRow(Base):
    """A member as a provider knows them."""

    __tablename__ = "oidc_subjects"
    held = Held(
        why=SIGN_IN,
        holds="who somebody is to a sign-in provider",
        kept=WHILE_A_MEMBER,
        erased=GOES_WITH_THE_MEMBER,
    )

    issuer: Mapped[str] = mapped_column(String(255), primary_key=True)
    subject: Mapped[str] = mapped_column(String(255), primary_key=True)
    member: Mapped[str] = mapped_column(String(32), ForeignKey("members.id", ondelete="CASCADE"))
    linked: Mapped[int] = mapped_column(BigInteger)


@dataclass(frozen=True)
class Newcomers:
    """Who may come: addresses of `domains` (none: any), and with which role on every site those come who have no
    account yet (None: they may not).
    """

    domains: frozenset[str]
    role: Role | None


class SingleSignOn:
    """Signing in at one provider. Safe to use from any thread and process; blocks."""

    def __init__(
        self,
        engine: Engine,
        provider: Provider,
        newcomers: Newcomers,
        members: Members,
        sealing: Secrets,
        clock: Clock = now_ms,
    ) -> None:
        self._engine = engine
        self._provider = provider
        self._newcomers = newcomers
        self._members = members
        self._sealing = sealing
        self._audit = Audit(engine, clock)
        self._clock = clock

    @classmethod
    def over(cls, engine: Engine, settings: Settings, members: Members, clock: Clock = now_ms) -> Self | None:
        """As the settings say, None when they name no issuer.

        Raises Misconfigured when they do not fit together.
        """
        if not settings.oidc_issuer:
            return None
        sealing, reach = Secrets.open(settings), Reach(settings.outbound_allow)
        provider = Provider(
            _issuer(settings.oidc_issuer), _client_id(settings), _secret(settings.oidc_client_secret, sealing),
            lambda: client(reach, Bounds(redirects=0)),
        )  # fmt: skip
        return cls(engine, provider, _newcomers(settings), members, sealing, clock)

    def begin(self, redirect: str, next: str) -> tuple[str, str]:
        """Where the browser goes, and what it keeps meanwhile. Raises Unavailable, SignInRefused."""
        begun = _Begun(
            secrets.token_urlsafe(32),
            secrets.token_urlsafe(32),
            secrets.token_urlsafe(48),
            next,
            self._clock(),
        )
        address = self._provider.address(redirect, begun.state, begun.nonce, begun.verifier)
        return address, self._sealing.seal(msgspec.json.encode(begun).decode(), _STATE_PURPOSE)

    def ask(self) -> str:
        """Ask the provider now what it publishes; the host at which people sign in.

        Raises Unavailable, SignInRefused, and what `outbound` raises for an address that may not be reached.
        """
        return urlsplit(self._provider.published().authorization_endpoint).netloc

    def finish(self, answer: Answer, kept: str, redirect: str, address: str) -> tuple[Member, str]:
        """Who came back, and where they were going; `kept` is what `begin` gave the browser, `address` where from.

        Raises SignInRefused when it is not the same browser or took too long, when the provider or the settings do not
        let them in; Unavailable when the provider cannot be asked.
        """
        try:
            begun = self._begun(kept, answer.state)
            if answer.error or not answer.code:
                raise SignInRefused("The provider did not let you in; start again from the sign-in page.")
            if answer.issuer and answer.issuer != self._provider.issuer:
                raise SignInRefused(
                    "The answer came from another provider; start again from the sign-in page."
                )
            claims = self._provider.claims(answer.code, redirect, begun.nonce, begun.verifier)
            return self._person(claims), begun.next
        except SignInRefused as error:
            self._audit.record(NOBODY, "signin.fail", "OpenID Connect", detail=f"{error} From {address}")
            raise

    def _begun(self, kept: str, state: str) -> _Begun:
        try:
            begun = msgspec.json.decode(self._sealing.unseal(kept, _STATE_PURPOSE), type=_Begun)
        except (AfterclickError, msgspec.DecodeError) as error:
            raise _elsewhere() from error
        same = hmac.compare_digest(begun.state.encode(), state.encode("utf-8", "replace"))
        if not same or not 0 <= self._clock() - begun.made <= GOOD_MS:
            raise _elsewhere()
        return begun

    def _person(self, claims: Claims) -> Member:
        if not claims.has_verified_email:
            raise SignInRefused(
                "The provider does not say that your e-mail address is verified; verify it there."
            )
        if not 0 < len(claims.sub) <= _LONGEST:
            raise SignInRefused("The provider names no subject that can be kept.")
        email = normal_email(claims.email)
        domains = self._newcomers.domains
        if domains and email.rpartition("@")[2] not in domains:
            raise SignInRefused("Addresses of this domain may not sign in here; ask an administrator.")
        key = (self._provider.issuer, claims.sub)
        with Session(self._engine) as session:
            row = session.get(SubjectRow, key)
        if row is not None:
            return self._members.get(row.member)
        member = self._members.by_email(email) or self._made(email, claims.name)
        self._link(key, member)
        return member

    def _made(self, email: str, name: str) -> Member:
        role = self._newcomers.role
        if role is None:
            raise SignInRefused(
                "There is no account with your e-mail address here; ask an administrator for one."
            )
        member = self._members.create(email, name, None, {EVERY_SITE: role})
        self._audit.record(member.viewer, "member.join", email, detail=f"by OpenID Connect, as {role}")
        return member

    def _link(self, key: tuple[str, str], member: Member) -> None:
        row = SubjectRow(issuer=key[0], subject=key[1], member=member.id, linked=self._clock())
        try:
            with Session(self._engine) as session, session.begin():
                session.add(row)
        except IntegrityError:  # the same person came twice at once
            return
        self._audit.record(member.viewer, "signin.link", member.email, detail=f"to {key[0]}")


def _elsewhere() -> SignInRefused:
    return SignInRefused("This sign-in began elsewhere or took too long; start again from the sign-in page.")


def _issuer(raw: str) -> str:
    parts = urlsplit(raw)
    loopback = parts.hostname in ("127.0.0.1", "::1", "localhost")
    if parts.scheme != "https" and not (parts.scheme == "http" and loopback):
        raise Misconfigured("AFTERCLICK_OIDC_ISSUER must be an https address, as the provider writes it.")
    return raw


def _client_id(settings: Settings) -> str:
    if not settings.oidc_client_id or not settings.oidc_client_secret:
        raise Misconfigured(
            "AFTERCLICK_OIDC_ISSUER needs AFTERCLICK_OIDC_CLIENT_ID and AFTERCLICK_OIDC_CLIENT_SECRET."
        )
    return settings.oidc_client_id


def _secret(raw: str, sealing: Secrets) -> str:
    return sealing.unseal(raw.removeprefix(SEALED), SECRET_PURPOSE) if raw.startswith(SEALED) else raw


def _newcomers(settings: Settings) -> Newcomers:
    domains = frozenset(part.strip().lower() for part in settings.oidc_domains.split(",") if part.strip())
    if not settings.oidc_role:
        return Newcomers(domains, None)
    known = {role.value: role for role in Role if role is not Role.ADMINISTRATOR}
    if settings.oidc_role not in known:
        raise Misconfigured(f"AFTERCLICK_OIDC_ROLE must be one of {', '.join(known)}, or empty.")
    if not domains:
        raise Misconfigured(
            "AFTERCLICK_OIDC_ROLE needs AFTERCLICK_OIDC_DOMAINS: else anybody with an account there comes in."
        )
    return Newcomers(domains, known[settings.oidc_role])
