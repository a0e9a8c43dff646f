"""The second factor: one-time codes by time (RFC 6238), and recovery codes for who has lost the device."""

import secrets
from dataclasses import dataclass

from pyotp import random_base32
from pyotp.totp import TOTP
from sqlalchemy import BigInteger, Engine, ForeignKey, String, delete, func, select, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from afterclick.accounts.holding import GOES_WITH_THE_MEMBER, SIGN_IN, WHILE_A_MEMBER
from afterclick.accounts.secrets import Secrets
from afterclick.accounts.tokens import digest
from afterclick.clock import Clock, now_ms
from afterclick.errors import InvalidInput
from afterclick.store.control.database import Base
from afterclick.store.holding import Held

ISSUER = "Afterclick"
STEP_MS = 30_000
RECOVERY_CODES = 10
_PURPOSE = "second factor"
_ALPHABET = "ABCDEFGHJKMNPQRSTVWXYZ23456789"
_CODE = 16


@dataclass(frozen=True)
class Enrolment:
    """A second factor that waits for its first code: `secret` in base32, `uri` as authenticator apps read it."""

    secret: str
    uri: str


class SecondFactorRow(Base):
    """A member's second factor: the sealed secret, and the last time step whose code was used."""

    __tablename__ = "second_factors"
    held = Held(
        why=SIGN_IN,
        holds="sealed secrets of one-time codes",
        kept=WHILE_A_MEMBER,
        erased=GOES_WITH_THE_MEMBER,
    )

    member: Mapped[str] = mapped_column(
        String(32), ForeignKey("members.id", ondelete="CASCADE"), primary_key=True
    )
    secret: Mapped[str] = mapped_column(String(400))
    confirmed: Mapped[int | None] = mapped_column(BigInteger)
    last_step: Mapped[int] = mapped_column(BigInteger)


class RecoveryCodeRow(Base):
    """A recovery code's digest, and when it was used."""

    __tablename__ = "recovery_codes"
    held = Held(
        why=SIGN_IN,
        holds="hashed recovery codes",
        kept=WHILE_A_MEMBER,
        erased=GOES_WITH_THE_MEMBER,
    )

    digest: Mapped[str] = mapped_column(String(64), primary_key=True)
    member: Mapped[str] = mapped_column(String(32), ForeignKey("members.id", ondelete="CASCADE"))
    used: Mapped[int | None] = mapped_column(BigInteger)


class SecondFactors:
    """The second factors of this installation. Safe to use from any thread and process; blocks."""

    def __init__(self, engine: Engine, sealed: Secrets, clock: Clock = now_ms) -> None:
        self._engine = engine
        self._sealed = sealed
        self._clock = clock

    def has(self, member: str) -> bool:
        """Whether signing in asks this member for a code."""
        with Session(self._engine) as session:
            row = session.get(SecondFactorRow, member)
            return row is not None and row.confirmed is not None

    def who(self) -> frozenset[str]:
        """Everyone whom signing in asks for a code."""
        query = select(SecondFactorRow.member).where(SecondFactorRow.confirmed.is_not(None))
        with Session(self._engine) as session:
            return frozenset(session.scalars(query))

    def enrol(self, member: str, email: str) -> Enrolment:
        """Begin: a secret that counts once `confirm` has seen a code of it.

        The one begun before is given again, so that a page may be loaded twice. Raises InvalidInput for who has one.
        """
        with Session(self._engine) as session, session.begin():
            row = session.get(SecondFactorRow, member)
            if row is not None and row.confirmed is not None:
                raise InvalidInput("You have a second factor already; turn it off before you take another.")
            if row is None:
                secret = random_base32()
                session.add(
                    SecondFactorRow(member=member, secret=self._sealed.seal(secret, _PURPOSE), last_step=0)
                )
            else:
                secret = self._sealed.unseal(row.secret, _PURPOSE)
        return Enrolment(secret, TOTP(secret).provisioning_uri(name=email, issuer_name=ISSUER))

    def confirm(self, member: str, code: str) -> list[str]:
        """Turn the second factor on; the recovery codes, told this once. Raises InvalidInput for a wrong code."""
        if not self._take(member, code, confirmed=False):
            raise InvalidInput("This code does not fit; wait for the next one and check the device's clock.")
        return self.new_recovery_codes(member)

    def fits(self, member: str, code: str) -> bool:
        """Whether a code of the device, or a recovery code, is right; either counts once."""
        return self._take(member, code, confirmed=True) or self._recover(member, code)

    def forget(self, member: str) -> None:
        """Turn the second factor off."""
        with Session(self._engine) as session, session.begin():
            session.execute(delete(SecondFactorRow).where(SecondFactorRow.member == member))
            session.execute(delete(RecoveryCodeRow).where(RecoveryCodeRow.member == member))

    def new_recovery_codes(self, member: str) -> list[str]:
        """Ten new codes of 78 bits, told this once; the old ones end."""
        codes = [_recovery_code() for _ in range(RECOVERY_CODES)]
        with Session(self._engine) as session, session.begin():
            session.execute(delete(RecoveryCodeRow).where(RecoveryCodeRow.member == member))
            session.add_all(RecoveryCodeRow(digest=digest(_plain(code)), member=member) for code in codes)
        return codes

    def recovery_codes_left(self, member: str) -> int:
        """How many codes have not been used."""
        left = (RecoveryCodeRow.member == member) & RecoveryCodeRow.used.is_(None)
        with Session(self._engine) as session:
            return session.scalar(select(func.count()).select_from(RecoveryCodeRow).where(left)) or 0

    def _take(self, member: str, code: str, *, confirmed: bool) -> bool:
        """Use a code of the device: of this step, the one before or after, and later than any used before."""
        now = self._clock()
        with Session(self._engine) as session, session.begin():
            row = session.get(SecondFactorRow, member)
            if row is None or (row.confirmed is not None) != confirmed:
                return False
            step = _step(self._sealed.unseal(row.secret, _PURPOSE), code, now)
            if step is None:
                return False
            taken = (
                update(SecondFactorRow)
                .where(SecondFactorRow.member == member, SecondFactorRow.last_step < step)
                .values(last_step=step, confirmed=row.confirmed or now)
                .returning(SecondFactorRow.member)
            )
            return session.scalar(taken) is not None

    def _recover(self, member: str, code: str) -> bool:
        unused = (
            update(RecoveryCodeRow)
            .where(
                RecoveryCodeRow.digest == digest(_plain(code)),
                RecoveryCodeRow.member == member,
                RecoveryCodeRow.used.is_(None),
            )
            .values(used=self._clock())
            .returning(RecoveryCodeRow.digest)
        )
        with Session(self._engine) as session, session.begin():
            return session.scalar(unused) is not None


def _step(secret: str, code: str, now: int) -> int | None:
    """The time step whose code this is, None for none of the three around now."""
    plain = "".join(code.split())
    if len(plain) != 6 or not plain.isascii() or not plain.isdigit():
        return None
    device, current = TOTP(secret), now // STEP_MS
    for step in (current, current - 1, current + 1):
        if secrets.compare_digest(device.generate_otp(step), plain):
            return step
    return None


def _recovery_code() -> str:
    drawn = "".join(secrets.choice(_ALPHABET) for _ in range(_CODE))
    return "-".join(drawn[at : at + 4] for at in range(0, _CODE, 4))


def _plain(code: str) -> str:
    return "".join(character for character in code[:100].upper() if character.isalnum())
