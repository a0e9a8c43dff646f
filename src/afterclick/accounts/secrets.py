"""Secrets at rest: what the control database keeps only sealed, and keys derived for signing.

AES-256-GCM (NIST SP 800-38D) with a random 96-bit nonce; the purpose is authenticated with the text, so a value
sealed for one purpose does not open for another. Each sealed value names its key, so keys can be rotated.
"""

import base64
import binascii
import hashlib
import os
import secrets
import stat
from collections.abc import Mapping
from pathlib import Path
from typing import Self

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from afterclick.errors import Misconfigured
from afterclick.settings import Settings
from afterclick.store.holding import Held, Holding

_BYTES = 32
_NONCE = 12
_STANDARD = str.maketrans("-_", "+/")
_REMEDY = "set AFTERCLICK_SECRET_KEY, or restore secret.key, to what it was when this was stored"


KEYS = Holding(
    "files", "secret.key", Held("the installation's keys; in a backup only sealed, with a passphrase")
)


class Secrets:
    """The installation's secret keys, newest first: the newest seals, each one opens what it sealed."""

    def __init__(self, keys: tuple[bytes, ...]) -> None:
        self._keys: Mapping[str, bytes] = {_id(key): key for key in keys}
        self._newest = _id(keys[0])

    @classmethod
    def open(cls, settings: Settings) -> Self:
        """The keys of the setting `secret_key`, else those of `secret.key` in the data folder, made when missing.

        Raises Misconfigured when a key is not 32 bytes in base64, or others than its owner may read the file.
        """
        if settings.secret_key:
            return cls(_decoded(settings.secret_key.split(","), "AFTERCLICK_SECRET_KEY"))
        file = settings.data / "secret.key"
        if not file.exists():
            _place(file, [])
        return cls(_read(file))

    @staticmethod
    def rotate(settings: Settings) -> None:
        """Put a new key before those of `secret.key`; processes that run use it when they start again.

        Raises Misconfigured when the setting holds the keys.
        """
        if settings.secret_key:
            raise Misconfigured(
                "AFTERCLICK_SECRET_KEY holds the keys: put a new one before the old, divided by a comma."
            )
        file = settings.data / "secret.key"
        old = [base64.b64encode(key).decode() for key in _read(file)] if file.exists() else []
        _place(file, old)

    @property
    def ids(self) -> tuple[str, ...]:
        """What sealed values call the keys, newest first; they tell nothing of the keys themselves."""
        return tuple(self._keys)

    def seal(self, text: str, purpose: str) -> str:
        """`text` so that only this installation can read it, for this purpose; about 1.4 times as long, and 60."""
        nonce = secrets.token_bytes(_NONCE)
        sealed = AESGCM(self._keys[self._newest]).encrypt(nonce, text.encode(), purpose.encode())
        return f"{self._newest}.{base64.urlsafe_b64encode(nonce + sealed).decode()}"

    def unseal(self, sealed: str, purpose: str) -> str:
        """What `seal` was given. Raises Misconfigured when it was sealed by a key that is gone, or altered."""
        name, _, body = sealed.partition(".")
        if name not in self._keys:
            raise Misconfigured(f"A stored secret was sealed with a key that is not here: {_REMEDY}.")
        try:
            raw = base64.urlsafe_b64decode(body)
            return AESGCM(self._keys[name]).decrypt(raw[:_NONCE], raw[_NONCE:], purpose.encode()).decode()
        except (InvalidTag, binascii.Error, ValueError) as error:
            raise Misconfigured(
                f"A stored secret was altered or sealed for something else: {_REMEDY}."
            ) from error

    def is_stale(self, sealed: str) -> bool:
        """Whether a newer key than the one that sealed it exists: seal it again, and the old key can go."""
        return not sealed.startswith(f"{self._newest}.")

    def derived(self, purpose: str) -> tuple[bytes, ...]:
        """Keys of 32 bytes for signing (HKDF, RFC 5869), newest first: sign with the first, accept each."""
        return tuple(
            HKDF(SHA256(), _BYTES, None, purpose.encode()).derive(key) for key in self._keys.values()
        )


def _id(key: bytes) -> str:
    return hashlib.sha256(b"afterclick key id" + key).hexdigest()[:8]


def _decoded(texts: list[str], where: str) -> tuple[bytes, ...]:
    try:
        keys = tuple(base64.b64decode(text.strip().translate(_STANDARD), validate=True) for text in texts)
    except (binascii.Error, ValueError):
        keys = ()
    if not keys or any(len(key) != _BYTES for key in keys):
        raise Misconfigured(
            f"{where} must be 32 random bytes in base64, such as `openssl rand -base64 32` prints."
        )
    return keys


def _read(file: Path) -> tuple[bytes, ...]:
    if stat.S_IMODE(file.stat().st_mode) & 0o077:
        raise Misconfigured(f"Others may read {file}: run `chmod 600 {file}`.")
    return _decoded(file.read_text("ascii", "replace").split(), str(file))


def _place(file: Path, old: list[str]) -> None:
    """Write a new key and the old ones behind it; a first file never replaces one that another process made."""
    file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    new = base64.b64encode(secrets.token_bytes(_BYTES)).decode()
    fresh = file.with_name(f"{file.name}.{secrets.token_hex(8)}")
    with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as out:
        out.write("\n".join([new, *old]) + "\n")
        out.flush()
        os.fsync(out.fileno())
    try:
        if old:
            fresh.replace(file)
        else:
            file.hardlink_to(fresh)
    except FileExistsError:
        pass
    finally:
        fresh.unlink(missing_ok=True)
