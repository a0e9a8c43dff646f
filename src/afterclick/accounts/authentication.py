"""Signing in: e-mail and password, then a code for who has a second factor. Every answer to a wrong one is the same."""

from dataclasses import dataclass

from afterclick.accounts.audit import Audit
from afterclick.accounts.devices import Devices
from afterclick.accounts.members import Members, folded_email
from afterclick.accounts.signins import SignIn, SignIns
from afterclick.accounts.throttle import Limit, Throttle, limits
from afterclick.accounts.totp import SecondFactors
from afterclick.accounts.viewer import NOBODY, Viewer
from afterclick.errors import AfterclickError, Unauthorized

WRONG = "E-mail and password do not fit together."
WRONG_CODE = "This code does not fit, or was used already."


@dataclass(frozen=True)
class Started:
    """A session begun: its token, whether it still owes the second factor, and by what its browser is recognised
    later; empty where that stays as it is.
    """

    token: str
    pending: bool = False
    device: str = ""


@dataclass(frozen=True)
class Origin:
    """Where a request comes from: the address it came by, what the browser calls itself, and what an earlier sign-in
    left there to recognise it by.
    """

    address: str
    agent: str = ""
    device: str = ""


@dataclass(frozen=True)
class Authentication:
    """Who may begin a session. Safe to use from any thread; blocks, and takes about 50 ms for each password."""

    members: Members
    sign_ins: SignIns
    second_factors: SecondFactors
    throttle: Throttle
    devices: Devices
    audit: Audit
    factor_required: bool

    def sign_in(self, email: str, password: str, origin: Origin) -> Started:
        """Begin a session; a pending one for who has a second factor.

        Raises Unauthorized, in the same words and time for an unknown e-mail as for a wrong password; TooMany while
        who guesses is held back.
        """
        held = self._held(folded_email(email), origin)
        self.throttle.begin(held)
        member = self.members.with_password(email, password)
        if member is None:
            self.audit.record(NOBODY, "signin.fail", email.strip()[:254], detail=f"from {origin.address}")
            raise Unauthorized(WRONG)
        self.throttle.succeeded(held)
        return self.begin(member.id, origin)

    def begin(self, member: str, origin: Origin) -> Started:
        """A session of a member who has shown one thing by which they are known; pending when they owe a second."""
        if self.second_factors.has(member):
            return Started(
                self.sign_ins.start(member, origin.address, origin.agent, pending=True), pending=True
            )
        return self.admit(member, origin)

    def with_code(self, token: str, code: str, origin: Origin) -> Started:
        """The whole session for the token of a pending one; raises Unauthorized, TooMany."""
        pending = self.sign_ins.find(token)
        if pending is None or not pending.pending:
            raise Unauthorized("Sign in with e-mail and password first.")
        held = limits(f"code of {pending.member}", origin.address)
        self.throttle.begin(held)
        if not self.second_factors.fits(pending.member, code):
            name = self.members.get(pending.member).email
            self.audit.record(NOBODY, "signin.fail", name, detail=f"wrong code, from {origin.address}")
            raise Unauthorized(WRONG_CODE)
        self.throttle.succeeded(held)
        self.sign_ins.end(pending.member, pending.id)
        return self.admit(pending.member, origin)

    def admit(self, member: str, origin: Origin) -> Started:
        """A new session of a member who has shown who they are, in whichever way."""
        token = self.sign_ins.start(member, origin.address, origin.agent)
        known = self.members.get(member)
        self.audit.record(known.viewer, "signin.done", known.viewer.name, detail=f"from {origin.address}")
        return Started(token, device=self.devices.remember(known.email))

    def renewed(self, sign_in: SignIn, origin: Origin) -> Started:
        """A new session instead of every one that the member has: after a change of what they sign in with."""
        self.sign_ins.end_all(sign_in.member)
        return Started(self.sign_ins.start(sign_in.member, origin.address, origin.agent))

    def sign_out(self, token: str) -> None:
        """End the session of a token; nothing happens when it has ended already."""
        if (found := self.sign_ins.find(token)) is None:
            return
        self.sign_ins.end(found.member, found.id)
        viewer = self.members.get(found.member).viewer
        self.audit.record(viewer, "signin.end", viewer.name)

    def proves(self, member: str, password: str, origin: Origin) -> None:
        """See that a signed-in member knows their password, before a change of how they sign in.

        Raises InvalidPassword for a wrong one, TooMany.
        """
        known = self.members.get(member)
        held = self._held(known.email, origin)
        self.throttle.begin(held)
        if self.members.with_password(known.email, password) is None:
            raise InvalidPassword("This is not your password.")
        self.throttle.succeeded(held)

    def owes_factor(self, viewer: Viewer) -> bool:
        """Whether a member has to take a second factor first: where it is required, everyone with a password."""
        if not self.factor_required or viewer.kind != "member" or self.second_factors.has(viewer.id):
            return False
        return self.members.get(viewer.id).has_password

    def _held(self, email: str, origin: Origin) -> tuple[Limit, ...]:
        return limits(email, origin.address, self.devices.number(origin.device, email))


class InvalidPassword(AfterclickError):
    """A signed-in member gave another password than theirs."""

    status = 400
